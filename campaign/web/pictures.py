"""Pictures of ours as answers."""

from flask import Response, request

FOR_A_YEAR = "public, max-age=31536000, immutable"
# Of a person: gone within a minute of a withdrawal, whoever kept it, so shorter than that and never stale. Without the
# word "public", by which the page cache knows what it may hold: thousands of pictures would fill its memory.
FOR_A_MOMENT = "max-age=30, must-revalidate"


def picture_response(content: bytes) -> Response:
    """A WebP picture that no browser takes for anything else."""
    response = Response(content, mimetype="image/webp")
    response.headers["Content-Disposition"] = "inline"
    return response


def lasting_picture(content: bytes, digest: str) -> Response:
    """A public picture; caches keep it for a year where its address names the content (`?v=<digest>`)."""
    response = picture_response(content)
    response.set_etag(digest)
    if request.args.get("v") == digest:
        response.headers["Cache-Control"] = FOR_A_YEAR
    response.make_conditional(request)
    return response


def passing_picture(content: bytes, digest: str) -> Response:
    """A picture of a person: kept for half a minute, then asked for anew."""
    response = picture_response(content)
    response.set_etag(digest)
    response.headers["Cache-Control"] = FOR_A_MOMENT
    response.make_conditional(request)
    return response
