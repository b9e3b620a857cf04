"""Forms of pledges and gifts."""
