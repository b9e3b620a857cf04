"""A file that somebody sends touches no disk."""

from io import BytesIO

from flask import request

from campaign.web.uploads import InMemoryRequest

SCAN = b"x" * 3_000_000
# Written out, since the tool that would make it of a file uses a temporary one itself.
BODY = b'--b\r\nContent-Disposition: form-data; name="scan"; filename="scan.jpg"\r\n\r\n' + SCAN + b"\r\n--b--\r\n"


def test_a_file_of_any_size_stays_in_memory(app):
    assert app.request_class is InMemoryRequest
    sent = {"content_type": "multipart/form-data; boundary=b", "content_length": len(BODY)}
    with app.test_request_context("/", method="POST", input_stream=BytesIO(BODY), **sent):
        file = request.files["scan"]
        assert type(file.stream) is BytesIO
        assert file.stream.read() == SCAN
