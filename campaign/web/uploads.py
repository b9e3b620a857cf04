"""Files that somebody sends stay in memory: a scan or a picture in a temporary file could be read off a seized disk."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

from flask import Request


class InMemoryRequest(Request):
    """A request whose files touch no disk, as Werkzeug's do from half a megabyte on.

    MAX_CONTENT_LENGTH bounds them, and the body they come in is in memory already (front.py). A view that takes larger
    files sets `file_stream` before it looks at the form, and gets each file as it comes.
    """

    file_stream: Callable[[], IO[bytes]] | None = None

    def _get_file_stream(self, *_facts: Any, **_named: Any) -> IO[bytes]:
        return self.file_stream() if self.file_stream is not None else BytesIO()
