"""What is left of a photo when only what one sees is kept? Runs inside the cage.

The pixels are decoded, turned upright, made smaller, laid on a new sheet and written again. Where it was
taken, by which phone and when, the small preview, comments and colour profile are not copied.
"""

import base64
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from hongyan.documents.refusals import Refusal, Why, refuse

# Enough for a phone held close, little enough for a slow network.
LONGEST = 1280
LEAST = 200
PIXELS = 60_000_000
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
# Loaded here, because behind the bars nothing can be loaded any more.
PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
Image.preinit()
# A file that is a picture for one program and something else for another.
_OTHER = re.compile(rb"<script|<html|<svg[\s>]|<!doctype|<iframe|<\?php|%PDF-|javascript:", re.IGNORECASE)
_HEIC = re.compile(rb"^....ftyp(heic|heix|heim|heis|hevc|mif1|msf1|avif)", re.DOTALL)


def read(content: bytes) -> Iterable[dict[str, Any]]:
    """Read one photo and answer with the clean one, or with a refusal."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        found = _suspect(content) or _cleaned(content)
    except MemoryError:
        found = refuse(Why.OVERWHELMING)
    if isinstance(found, Refusal):
        return [{"refused": found.why, "facts": found.facts}]
    jpeg, (width, height) = found
    return [{"jpeg": base64.b64encode(jpeg).decode("ascii"), "width": width, "height": height}]


def _suspect(content: bytes) -> Refusal | None:
    if _HEIC.match(content):
        return refuse(Why.PHONE_FORMAT)
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        return refuse(Why.NOT_A_PHOTO)
    if _OTHER.search(content) or zipfile.is_zipfile(io.BytesIO(content)):
        return refuse(Why.TWO_FACED)
    return None


def _cleaned(content: bytes) -> Refusal | tuple[bytes, tuple[int, int]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
        if min(image.size) < 1 or max(image.size) < LEAST:
            return refuse(Why.TOO_SMALL, width=image.width, height=image.height, least=LEAST)
        # A large JPEG is decoded at the next smaller size that is still large enough.
        image.draft("RGB", (LONGEST, LONGEST))
        image.load()
        return _written(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return refuse(Why.TOO_MANY_PIXELS, limit=PIXELS // 10_000)
    except (
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        IndexError,
        KeyError,
        EOFError,
        OverflowError,
        ArithmeticError,
        struct.error,
        zlib.error,
    ):
        # Each plugin has its own way of saying that the bytes are no picture.
        return refuse(Why.NOT_A_PHOTO)


def _written(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """Write the pixels alone."""
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image)
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue(), clean.size
