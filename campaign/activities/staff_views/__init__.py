"""Pages of activities for staff."""
