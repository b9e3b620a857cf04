"""What can be done with donors, pledges and gifts."""
