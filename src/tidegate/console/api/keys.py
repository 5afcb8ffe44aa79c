"""Keys: made once, shown once, kept as a hash, found again at every call."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from tidegate.console.api.models import Key
from tidegate.console.clock import now
from tidegate.console.register import trail
from tidegate.console.register.models import User

__all__ = ["FRESH", "find", "forget", "make", "revoke"]

FRESH = 3.0  # seconds for which a process believes what it knows of a key; so long a revoked one may still work
MOST = 10_000  # keys and wrong keys that a process remembers
BEGIN = "tide_"

_known: dict[str, tuple[float, Key | None]] = {}
_lock = threading.Lock()


def make(
    system: str,
    scopes: Iterable[str],
    by: User | None,
    *,
    offices: Iterable[str] = (),
    everywhere: bool = False,
    expires_at: datetime,
    rate: int = 200,
) -> tuple[Key, str]:
    """Make a key; returns it and what the system has to send, which nobody can look up later."""
    prefix = secrets.token_hex(5)
    token = f"{BEGIN}{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        key = Key.objects.create(
            system=system,
            prefix=prefix,
            hash=_hash(token),
            scopes=sorted(set(scopes)),
            offices=sorted(set(offices)),
            everywhere=everywhere,
            rate=rate,
            made_at=now(),
            made_by=by,
            expires_at=expires_at,
        )
        trail.write(
            "key.make",
            f"key:{prefix}",
            by or "node",
            system=system,
            scopes=key.scopes,
            offices=key.offices,
            everywhere=everywhere,
            rate=rate,
            expires_at=expires_at.isoformat(),
        )
    return key, token


def revoke(key: Key, by: User | None) -> None:
    """End a key; other processes hear of it within FRESH seconds."""
    with transaction.atomic():
        if Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
            trail.write("key.revoke", f"key:{key.prefix}", by or "node", system=key.system)
    forget(key.prefix)


def forget(prefix: str) -> None:
    """Ask the database again at the next call."""
    with _lock:
        _known.pop(prefix, None)


def find(token: str) -> Key | None:
    """The key that this token is, where it is good now."""
    prefix, _, chance = token.removeprefix(BEGIN).partition("_")
    if not chance or not token.startswith(BEGIN) or len(token) > 100 or not token.isascii():
        return None
    key = _held(prefix)
    if key is None or not hmac.compare_digest(bytes(key.hash), _hash(token)):
        return None
    return key if key.revoked_at is None and key.expires_at > now() else None


def _held(prefix: str) -> Key | None:
    held = _known.get(prefix)
    moment = time.monotonic()
    if held is not None and held[0] > moment:
        return held[1]
    key = Key.objects.filter(prefix=prefix).first()
    if key is not None and (key.used_at is None or now() - key.used_at > timedelta(minutes=1)):
        Key.objects.filter(pk=key.pk).update(used_at=now())
    with _lock:
        if len(_known) >= MOST:
            _known.clear()
        _known[prefix] = (moment + FRESH, key)
    return key


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
