"""Content types of what can be sent here: one each format that intake reads as a message, and lines of JSON."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from tidegate.console.api.problems import Problem
from tidegate.intake.known import BY_NAME

__all__ = ["CARRIED", "JSON", "MESSAGES", "Carried", "check_body", "form_of"]


@dataclass(frozen=True, slots=True)
class Carried:
    """A content type, and the format (a name of intake) that it stands for."""

    media_type: str
    form: str
    label: str


CARRIED = (
    Carried("application/x-ndjson", "ndjson", "a line of JSON for each line of a declaration, with its fields"),
    Carried("application/xml", "wco", BY_NAME["wco"].label),
    Carried("application/vnd.tidegate.parcels+json", "parcels", BY_NAME["parcels"].label),
    Carried("application/vnd.asycuda.sad+xml", "asycuda", BY_NAME["asycuda"].label),
    Carried("application/vnd.asycuda.manifest+xml", "awmds", BY_NAME["awmds"].label),
    Carried("application/edifact", "edifact", BY_NAME["edifact"].label),
)  # fmt: skip
MESSAGES = tuple(one.media_type for one in CARRIED)
JSON = ("application/json",)
_BY_TYPE = {one.media_type: one.form for one in CARRIED}


def form_of(request: HttpRequest) -> str:
    """The format of the message that a request carries, once its body was checked."""
    return _BY_TYPE[(request.content_type or "").lower()]


def check_body(request: HttpRequest, taken: tuple[str, ...]) -> None:
    """Whether a body can be read, before it is. Raises Problem (400, 411, 413, 415)."""
    if request.headers.get("Transfer-Encoding"):
        raise Problem("length", "Send Content-Length; a body in chunks is not taken.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("media-type", "Send the body as it is, without Content-Encoding.")
    if (request.content_type or "").lower() not in taken:
        listed = ", ".join(taken)
        raise Problem("media-type", f"Name one of these in Content-Type: {listed}.", headers={"Accept-Post": listed})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise Problem("malformed", "Content-Length is no number.")
    if int(length[:20]) > (most := settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        raise Problem("too-large", f"The body may have {most} bytes. Send the declarations in several calls.")
