"""Being accountable: closed months, the public monthly report, internal reports and the dashboard of a treasurer."""
