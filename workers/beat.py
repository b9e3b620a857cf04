"""Beat's own notes of what it sent last, which no crash may turn against it."""

from contextlib import suppress

from celery.beat import PersistentScheduler


class ForgivingScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's scheduler with its file, begun anew when the file is broken.

    A machine that lost its power, or a wipe under a running beat, leaves half a file; Celery finds that out only while
    it reads the entries, and ends. Nothing is lost with the file: when a line ran last stands in the database
    (kernel/schedule.py), so a tick too many does nothing.
    """

    def setup_schedule(self) -> None:
        """Read the file; a broken one is put away and begun anew."""
        try:
            super().setup_schedule()
        except Exception as problem:
            # Closed first: collected later, the broken one would write its list of entries over the new file.
            with suppress(Exception):
                self._store.close()
            self._destroy_open_corrupted_schedule(problem).close()
            super().setup_schedule()
