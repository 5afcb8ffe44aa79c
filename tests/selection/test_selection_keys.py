"""Keys, commitments and tickets, against vectors and the standard library."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
import stat
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_cases import DAY

from tidegate.errors import InputError
from tidegate.selection import DayKeys, RevealedKeys
from tidegate.selection.keys import commitment, start, tickets

# RFC 4231, test cases 1, 2 and 4: key, data, HMAC-SHA-256.
VECTORS = [
    (b"\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
]


@pytest.mark.parametrize(("key", "text", "digest"), VECTORS)
def test_rfc_4231(key: bytes, text: str, digest: str) -> None:
    ticket, point = tickets(key, [text])
    assert ticket[0] == (int(digest[:16], 16) >> 11) / 2**53
    assert point[:, 0].tolist() == [int(digest[16 + 8 * k : 24 + 8 * k], 16) for k in range(3)]


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32), st.lists(st.text()))
def test_tickets_are_the_hmac_of_the_id(key: bytes, ids: list[str]) -> None:
    ticket, point = tickets(key, ids)
    for n, text in enumerate(ids):
        digest = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        assert ticket[n] == (int.from_bytes(digest[:8], "big") >> 11) / 2**53
        assert point[2, n] == int.from_bytes(digest[16:20], "big")
        assert 0 <= ticket[n] < 1


def test_tickets_are_uniform() -> None:
    ticket, point = tickets(DayKeys.demo(1).key(DAY), (f"26VN{n}" for n in range(20_000)))
    for share in (ticket, *(point / 2**32)):
        count = np.histogram(share, bins=20, range=(0, 1))[0]
        assert ((count - 1000) ** 2 / 1000).sum() < 43.8  # chi-square, 19 degrees of freedom, 1 in 1000


def test_the_day_key_and_its_commitment_are_what_the_docs_say() -> None:
    master = bytes(range(32))
    keys = DayKeys(master)
    key = hmac.new(master, b"tidegate day key 1|2026-03-02", hashlib.sha256).digest()
    assert keys.key(DAY) == key
    assert keys.commitment(DAY) == hashlib.sha256(b"tidegate commitment 1|2026-03-02|" + key).hexdigest()
    assert keys.commitment(date(2026, 3, 3)) != keys.commitment(DAY)
    told = hmac.new(key, b"\0start|red|02CI", hashlib.sha256).digest()
    assert start(key, "red", "02CI") == int.from_bytes(told[:4], "big")
    assert len({start(key, "red", None), start(key, "red", ""), start(key, "blue", None)}) == 3


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    made = DayKeys.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DayKeys.load(path).key(DAY) == made.key(DAY)
    assert DayKeys.create(tmp_path / "other.key").key(DAY) != made.key(DAY)
    with pytest.raises(InputError, match="a master key is here already"):
        DayKeys.create(path)
    with pytest.raises(InputError, match="cannot be written"):
        DayKeys.create(tmp_path / "no" / "master.key")
    path.chmod(0o640)
    with pytest.raises(InputError, match="others may read the master key"):
        DayKeys.load(path)


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(InputError, match="no master key can be read"):
        DayKeys.load(path)
    path.touch(0o600)
    path.write_text("secret, but not hex")
    with pytest.raises(InputError, match="is not a master key of 32 bytes") as caught:
        DayKeys.load(path)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__, "the text of a bad key is not shown by way of a traceback either"
    path.write_text("abcd")
    with pytest.raises(InputError, match="is not a master key of 32 bytes"):
        DayKeys.load(path)


def test_a_master_key_does_not_leak() -> None:
    keys = DayKeys.demo(7)
    assert repr(keys) == str(keys) == "DayKeys(secret)"
    with pytest.raises(TypeError):
        pickle.dumps(keys)
    with pytest.raises(TypeError):
        copy.deepcopy(keys)
    assert not hasattr(keys, "__dict__")


def test_demo_keys_follow_their_seed() -> None:
    assert DayKeys.demo(7).key(DAY) == DayKeys.demo(7).key(DAY) != DayKeys.demo(8).key(DAY)


def test_revealed_keys() -> None:
    keys = DayKeys.demo(7)
    told = RevealedKeys(keys.reveal([DAY]))
    assert told.key(DAY) == keys.key(DAY)
    assert commitment(DAY, told.key(DAY)) == keys.commitment(DAY)
    with pytest.raises(InputError, match="2026-03-03: no key was revealed"):
        told.key(date(2026, 3, 3))
    for nonsense in ("xyz", "abcd", ""):
        with pytest.raises(InputError, match="2026-03-02: is not a day key"):
            RevealedKeys({DAY: nonsense})
