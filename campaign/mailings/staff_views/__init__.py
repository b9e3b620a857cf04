"""Screens of mailings."""
