"""Draw a PDF from standard input as JPEGs, each behind its length: run alone by pdf_pages.py, knowing nothing of us."""

import resource
import sys
from io import BytesIO

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
WRITTEN = 96 * 1024 * 1024
DPI, LONGEST_SIDE = 150, 2400
TOO_MANY = 3


def bound() -> None:
    """Take from this process what it does not need, for good: a hard limit is never raised again."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0),
    ):  # fmt: skip
        resource.setrlimit(kind, (most, most))


def draw(raw: bytes, most: int) -> int:
    """Write the pages; gives the exit status."""
    # Loaded here, since the limits come first.
    import pypdfium2
    from PIL import Image

    Image.preinit()
    pypdfium2.PdfBitmap.new_native(1, 1, 4).to_pil()
    # Nothing can be opened any more: what is needed has been loaded, and the file is in memory.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    document = pypdfium2.PdfDocument(raw)
    if len(document) > most:
        return TOO_MANY
    for page in document:
        scale = min(DPI / 72, LONGEST_SIDE / max(*page.get_size(), 1))
        target = BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(target, "JPEG", quality=90)
        content = target.getvalue()
        sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    bound()
    sys.exit(draw(sys.stdin.buffer.read(), int(sys.argv[1])))
