"""The staff side of appeals: writing, reviewing, running; officials; answers."""
