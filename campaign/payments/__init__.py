"""What is paid out to families: payees, sealed, and payments that take several persons.

Owns payees with the look at whether they may be paid, and payments from the draft to the confirmed receipt.
"""
