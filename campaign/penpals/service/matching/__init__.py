"""Runs of the matching: asked for, done by a job, looked at, decided on line by line, accepted.

Nothing is given to anybody before somebody accepts it, and what changed meanwhile stops a line and not the others.
"""
