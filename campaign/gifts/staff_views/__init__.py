"""Staff pages of pledges and gifts."""
