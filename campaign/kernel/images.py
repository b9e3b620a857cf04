"""Pictures from outside, decoded and written anew, so that nothing of the file they came in survives (SAFETY.md 26)."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from campaign.kernel.errors import N_, DomainError

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
SMALLEST_SIDE = 100
# SVG, PDF, TIFF and whatever else Pillow reads are refused: each is a parser that an attacker would like to meet.
FORMATS = ("JPEG", "PNG", "WEBP")


class BadPicture(DomainError):
    """The file is no picture that can be taken."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as WebP."""

    content: bytes
    width: int
    height: int


def check_file_size(raw: bytes) -> None:
    """Raise BadPicture for a file that is larger than any that is taken."""
    if len(raw) > LARGEST_FILE:
        raise BadPicture(N_("The file is larger than 10 MB. Make the picture smaller first."))


def read_picture(raw: bytes) -> Image.Image:
    """Decode `raw` upright and without colour profile, metadata, transparency or further frames.

    Raises BadPicture. The size is checked before anything is decoded, so a small file that would unfold into
    gigabytes costs nothing.
    """
    check_file_size(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(BytesIO(raw), formats=FORMATS)
            _check_size(picture)
            # A JPEG is decoded at a fraction of its size at once, which bounds the memory for large photographs.
            picture.draft("RGB", (2400, 2400))
            picture.load()
            return _flat(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as problem:
        raise BadPicture(
            N_("This is no JPEG, PNG or WebP picture. Other kinds, SVG among them, are refused.")
        ) from problem
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as problem:
        raise BadPicture(N_("The picture is damaged or of an unusual kind. Save it anew as JPEG or PNG.")) from problem


def encode(picture: Image.Image, *, longest_side: int, most_bytes: int) -> Encoded:
    """Write `picture` as WebP, scaled down to fit; quality falls before size does, until it is small enough."""
    side = longest_side
    while True:
        scaled = picture.copy()
        scaled.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in (82, 70, 55, 40):
            target = BytesIO()
            scaled.save(target, "WEBP", quality=quality, method=4)
            if target.tell() <= most_bytes:
                return Encoded(target.getvalue(), scaled.width, scaled.height)
        side = side * 3 // 4


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise BadPicture(N_("The picture has more than 40 megapixels. Make it smaller first."))
    if min(picture.size) < SMALLEST_SIDE:
        raise BadPicture(N_("The picture is smaller than 100 pixels on one side."))


def _flat(picture: Image.Image) -> Image.Image:
    """Plain RGB on white in a new image: what the old one carried beside its pixels stays behind."""
    layer = picture.convert("RGBA")
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer.getchannel("A"))
    return flat
