"""Automations: saved, tried without consequences, turned on and off, run, and taken back."""
