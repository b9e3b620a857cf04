"""Owns what people do together on a day: events. Promises that an event says when and where and nothing of who came."""
