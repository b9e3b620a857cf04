"""What prisoners and their families need, from the report to the day it is fulfilled, and who may send a parcel when.

Owns needs with their second look, and the slots for parcels that a regime allows. Knows no money that has moved.
"""
