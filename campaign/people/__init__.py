"""Owns the people we may write to: who they are (sealed), what they agreed to, and nothing they did not.

A record exists only because a person asked for something that needs one. An address is found by its blind index alone.
"""
