"""Forms of activities, and the words for what is shown."""
