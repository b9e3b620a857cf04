"""Pictures of ours as answers."""

from flask import Response, request

FOR_A_YEAR = "public, max-age=31536000, immutable"


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
