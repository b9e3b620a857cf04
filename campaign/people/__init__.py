"""Owns the people we may write to: who they are (sealed), what they agreed to, what they do with us, and no more.

A record exists because a person asked for something that needs one, helps, or was written down by staff on a stated
ground; it goes with that reason. An address is found by its blind index alone, a name by an index in memory.
"""
