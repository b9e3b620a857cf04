"""Statements of account: files read once, lines matched with gifts and payments, and the rest kept in sight.

Owns files and lines, sealed and erased after a time; what a line can stand for is told by the features above
(campaign/kernel/registry_money.py).
"""
