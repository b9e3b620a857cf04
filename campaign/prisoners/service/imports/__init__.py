"""People from a table: read into staging, looked at by somebody, applied by a job, and taken back as a whole.

Nothing becomes public here. What a row would change of a published person waits for a second person.
"""
