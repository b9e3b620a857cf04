"""What can go wrong while starting, in words for the person at the terminal."""


class ServersDidNotStart(Exception):
    """The embedded servers could not be had; the message is one line that says why and what to do."""


class CannotRun(Exception):
    """The platform could not start or had to stop; the message is one line that says why."""
