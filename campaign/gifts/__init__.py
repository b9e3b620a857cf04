"""What is pledged and given: donors, pledges with their instalments, gifts and what they are for.

Owns what is known of donors, sealed and with an end, and posts gifts that have settled into the ledger of funds. Donors
and those who are helped are never joined in clear.
"""
