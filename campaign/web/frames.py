"""Pages of ours in frames of other sites: who may show them, and what those sites paste."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import g
from markupsafe import Markup

from campaign.web.settings import settings

HEIGHT = 900
"""Of a frame as it is pasted, in pixels; what does not fit is scrolled."""
IN_A_FRAME_OF_OURS = "'self'"


def let_frame(origins: Sequence[str]) -> None:
    """Let just these sites show the answer at hand in a frame (CSP frame-ancestors; SAFETY.md 23); none: nobody."""
    g.frame_ancestors = " ".join(origins) or "'none'"


def frame_markup(address: str, title: str, *, width: int | None = None, height: int = HEIGHT) -> str:
    """The frame alone: no script, and no word to us on which page it stands.

    `width`: in pixels; None: all there is.
    """
    size = f'width="{width or "100%"}" height="{height}"'
    around = '<iframe src="{}" title="{}" ' + size + ' loading="lazy" referrerpolicy="no-referrer" frameborder="0">'
    return str(Markup(around + "</iframe>").format(address, title))  # noqa: S704 - what is around are numbers of ours


def growing_markup(address: str, title: str) -> str:
    """The frame, and a few lines that give it the height which the page in it asks for (static/js/frame.js).

    Where the other site's rules forbid such a script, the frame keeps the height it has.
    """
    parts = urlsplit(settings().public_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return f"""{frame_markup(address, title)}
<script>
addEventListener("message", (message) => {{
  if (message.origin !== "{origin}" || !(message.data?.unforgottenHeight > 0)) return;
  for (const frame of document.querySelectorAll("iframe"))
    if (frame.contentWindow === message.source) frame.height = Math.min(message.data.unforgottenHeight, 4000);
}});
</script>"""
