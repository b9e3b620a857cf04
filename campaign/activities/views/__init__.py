"""Pages of activities for the public and for those who signed up."""
