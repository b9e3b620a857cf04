"""Files that somebody sends stay in memory: a scan or a picture in a temporary file could be read off a seized disk."""

from io import BytesIO
from typing import IO, Any

from flask import Request


class InMemoryRequest(Request):
    """A request whose files touch no disk, as Werkzeug's do from half a megabyte on.

    MAX_CONTENT_LENGTH bounds them, and the body they come in is in memory already (front.py).
    """

    def _get_file_stream(self, *_facts: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()
