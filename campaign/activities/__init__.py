"""Owns what people do together: events on a day, and tasks that one of them takes on.

Promises that an event says when and where and nothing of who came, and that a task lies with nobody for ever.
"""
