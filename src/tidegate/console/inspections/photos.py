"""Photos: decoded to their pixels and written anew, so that nothing else of what was sent is kept.

They lie under MEDIA_ROOT by the hash of what is kept, are never replaced nor deleted, and only a view serves them.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

__all__ = ["EDGE", "LARGEST", "MOST", "NotAPhotoError", "Shot", "keep", "place", "read"]

# What some phones take, a JPEG with others behind it, is read as its first.
FORMATS = tuple(
    reader.format
    for reader in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)
)
SENT = 25 * 1024 * 1024  # bytes of one photo as sent
PIXELS = 60_000_000  # of one photo as sent, looked at before it is decoded
EDGE = 2048  # longer side of what is kept
LARGEST = 1_500_000  # bytes of what is kept
MOST = 60  # photos of one inspection
QUALITIES = (85, 75, 60, 45)


class NotAPhotoError(ValueError):
    """The bytes are no photo of a format that is taken, or too large to be one."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo ready to be kept: `body` is a JPEG of pixels and nothing else."""

    sha256: str
    sent_sha256: str
    width: int
    height: int
    body: bytes = field(repr=False)


def read(sent: bytes) -> Shot:
    """Decode what was sent, turn it upright, make it small enough, and write it anew without metadata.

    Raises NotAPhotoError for what is no photo, is damaged, or has too many bytes or pixels.
    """
    if not sent or len(sent) > SENT:
        raise NotAPhotoError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # PIXELS is the stricter bound
            image = Image.open(io.BytesIO(sent), formats=FORMATS)
        if image.width * image.height > PIXELS:
            raise NotAPhotoError
        image.draft("RGB", (EDGE, EDGE))  # a JPEG is decoded at no more than it needs
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((EDGE, EDGE))
        pixels = _on_white(upright)
    except NotAPhotoError:
        raise
    except Exception as error:  # decoders raise errors of many kinds for damaged files
        raise NotAPhotoError from error
    body = _written(pixels)
    return Shot(
        sha256=hashlib.sha256(body).hexdigest(),
        sent_sha256=hashlib.sha256(sent).hexdigest(),
        width=pixels.width,
        height=pixels.height,
        body=body,
    )


def keep(shot: Shot) -> Path:
    """Write the file, whole or not at all; one that is there already is the same."""
    path = place(shot.sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "wb") as out:
            out.write(shot.body)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    return path


def place(sha256: str) -> Path:
    """Where the photo of this hash lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / f"{sha256}.jpg"


def _on_white(image: Image.Image) -> Image.Image:
    """The pixels alone, in a new image: what hangs on the old one (comments, profiles) stays behind."""
    whole = image.convert("RGBA")
    ground = Image.new("RGB", whole.size, "white")
    ground.paste(whole, mask=whole)
    return ground


def _written(image: Image.Image) -> bytes:
    body = b""
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        body = out.getvalue()
        if len(body) <= LARGEST:
            break
    return body
