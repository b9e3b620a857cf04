"""Mailings: one text to many people, each once."""
