"""Segments: built step by step, counted in the background, explained for one person, frozen when they are used."""
