"""What history is kept about: the importer, the product from an origin, the route; and the stable hashes of these."""
# ruff: noqa: E501 - the table of keys is read down its columns

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = [
    "KEYS",
    "Hashes",
    "Key",
    "KeySet",
    "as_written",
    "declaration_keys",
    "digest",
    "digests",
    "line_keys",
    "present_in",
]

Hashes = NDArray[np.uint64]

FEW = 64  # below this many rows a loop in Python is quicker than a group-by
WHOLE_DECLARATION = 1 << 40  # stands where an item number would, beyond any Int32
TAG_SHIFT = np.uint64(58)
# Odd constants (first 64-bit outputs of splitmix64 from seed 0, made odd): one a position within a key.
WEIGHTS = np.array(
    [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F5, 0x06C45D188009454F, 0xF88BB8A8724C81ED, 0x1B39896A51A8749B], np.uint64
)


@dataclass(frozen=True, slots=True)
class Key:
    """What a counter counts. `parts` are hashed fields that must be known; of `either`, one at least.

    A line whose key is not known has no history under it: never a group of nulls.
    """

    name: str
    parts: tuple[str, ...]
    label: str
    label_vi: str
    noun: str
    noun_vi: str
    either: tuple[str, ...] = ()


# The texts of a line that keys are made of; the exporter is the supplier's number or else name, the sender that of the
# message or else the declarant.
TEXTS = (
    "importer", "address", "declarant", "exporter", "carrier", "office", "origin",
    "dispatch", "transit", "loading", "unloading", "hs4", "hs6", "sender",
)  # fmt: skip

# fmt: off
_KEYS = (
    Key("importer", ("importer",), "Importer", "Người nhập khẩu", "importer {importer_id}", "người nhập khẩu {importer_id}"),
    Key("address", ("address",), "Address", "Địa chỉ", "the address {importer_address}", "địa chỉ {importer_address}"),
    Key("declarant", ("declarant",), "Declarant", "Đại lý hải quan", "declarant {declarant_id}", "đại lý hải quan {declarant_id}"),
    Key("exporter", ("exporter",), "Supplier", "Người xuất khẩu", "supplier {exporter}", "người xuất khẩu {exporter}"),
    Key("carrier", ("carrier",), "Carrier", "Hãng vận chuyển", "carrier {carrier_id}", "hãng vận chuyển {carrier_id}"),
    Key("office", ("office",), "Office", "Chi cục hải quan", "office {office}", "chi cục hải quan {office}"),
    Key("origin", ("origin",), "Origin", "Nước xuất xứ", "goods from {origin_country}", "hàng xuất xứ {origin_country}"),
    Key("hs4", ("hs4",), "Heading", "Nhóm HS", "heading {hs4}", "nhóm {hs4}"),
    Key("hs6", ("hs6",), "Subheading", "Phân nhóm HS", "{hs6}", "phân nhóm {hs6}"),
    Key("hs6_origin", ("hs6", "origin"), "Subheading and origin", "Phân nhóm HS và xuất xứ", "{hs6} from {origin_country}", "phân nhóm {hs6} xuất xứ {origin_country}"),
    Key("importer_hs4", ("importer", "hs4"), "Importer and heading", "Người nhập khẩu và nhóm HS", "heading {hs4} by importer {importer_id}", "nhóm {hs4} của người nhập khẩu {importer_id}"),
    Key("importer_hs6", ("importer", "hs6"), "Importer and subheading", "Người nhập khẩu và phân nhóm HS", "{hs6} by importer {importer_id}", "phân nhóm {hs6} của người nhập khẩu {importer_id}"),
    Key("importer_exporter", ("importer", "exporter"), "Importer and supplier", "Người nhập khẩu và người xuất khẩu", "importer {importer_id} from supplier {exporter}", "người nhập khẩu {importer_id} từ người xuất khẩu {exporter}"),
    Key("importer_origin", ("importer", "origin"), "Importer and origin", "Người nhập khẩu và xuất xứ", "importer {importer_id} from {origin_country}", "người nhập khẩu {importer_id} hàng xuất xứ {origin_country}"),
    Key("importer_declarant", ("importer", "declarant"), "Importer and declarant", "Người nhập khẩu và đại lý", "importer {importer_id} through declarant {declarant_id}", "người nhập khẩu {importer_id} qua đại lý {declarant_id}"),
    Key("importer_route", ("importer",), "Importer and route", "Người nhập khẩu và tuyến", "importer {importer_id} by the route {route}", "người nhập khẩu {importer_id} theo tuyến {route}", either=("dispatch", "transit", "loading", "unloading")),
    Key("exporter_hs6", ("exporter", "hs6"), "Supplier and subheading", "Người xuất khẩu và phân nhóm HS", "{hs6} by supplier {exporter}", "phân nhóm {hs6} của người xuất khẩu {exporter}"),
    Key("exporter_origin", ("exporter", "origin"), "Supplier and origin", "Người xuất khẩu và xuất xứ", "supplier {exporter} with goods from {origin_country}", "người xuất khẩu {exporter} với hàng xuất xứ {origin_country}"),
    Key("declarant_office", ("declarant", "office"), "Declarant and office", "Đại lý và chi cục", "declarant {declarant_id} at office {office}", "đại lý {declarant_id} tại chi cục {office}"),
    Key("route", (), "Route", "Tuyến vận chuyển", "the route {route}", "tuyến {route}", either=("dispatch", "transit", "loading", "unloading")),
    Key("passage", ("origin",), "Origin and passage", "Xuất xứ và đường đi", "goods from {origin_country} by way of {passage}", "hàng xuất xứ {origin_country} đi qua {passage}", either=("dispatch", "transit")),
    Key("sender", ("sender",), "Sender", "Bên gửi", "sender {sender}", "bên gửi {sender}"),
    Key("overall", (), "All trade", "Toàn bộ hàng nhập khẩu", "all trade", "toàn bộ hàng nhập khẩu"),
)
# fmt: on

KEYS: dict[str, Key] = {key.name: key for key in _KEYS}
_TAGS = {name: np.uint64(tag) << TAG_SHIFT for tag, name in enumerate(KEYS, start=1)}


@lru_cache(1 << 16)
def digest(text: str) -> int:
    """The hash of one text; never 0, which stands for null."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1


def as_written(text: str) -> str:
    return text


def digests(texts: pl.Series, spell: Callable[[str], str] = as_written) -> Hashes:
    """64-bit BLAKE2b hashes of a String column, 0 for null or empty: the same on every machine and version.

    `spell` brings two spellings of one thing together beforehand.
    """
    if len(texts) <= FEW:
        spelt = [spell(text) if text else "" for text in texts.to_list()]
        return np.array([digest(text) if text else 0 for text in spelt], np.uint64)
    distinct = texts.drop_nulls().unique()
    spelt = [spell(text) for text in distinct.to_list()]
    joined = b"".join([blake2b(text.encode(), digest_size=8).digest() for text in spelt])
    hashes = np.maximum(np.frombuffer(joined, "<u8"), 1)
    hashes[[not text for text in spelt]] = 0
    result: Hashes = texts.replace_strict(distinct, pl.Series(hashes), default=0, return_dtype=pl.UInt64).to_numpy()
    return result


def present_in(texts: Hashes) -> NDArray[np.uint16]:
    """Which texts are known on each line: bit i for TEXTS[i]."""
    low, high = np.packbits(texts != 0, axis=0, bitorder="little").astype(np.uint16)
    present: NDArray[np.uint16] = low | high << np.uint16(8)
    return present


class KeySet:
    """Some of the keys, to be hashed together on a table of lines."""

    def __init__(self, names: Sequence[str]) -> None:
        keys = [KEYS[name] for name in names]
        self.tags = np.array([[_TAGS[name]] for name in names], np.uint64)
        self.needed = np.array([[sum(1 << TEXTS.index(part) for part in key.parts)] for key in keys], np.uint16)
        self.either = np.array([[sum(1 << TEXTS.index(part) for part in key.either)] for key in keys], np.uint16)
        # For the first, second, ... part of a key: which keys have one, which text it is, and its weight.
        parts = [[TEXTS.index(part) for part in (*key.parts, *key.either)] for key in keys]
        self.steps = []
        for position, weight in enumerate(WEIGHTS):
            rows = [row for row, mine in enumerate(parts) if len(mine) > position]
            if rows:
                self.steps.append((np.array(rows), np.array([parts[row][position] for row in rows]), weight))

    def hashes(self, texts: Hashes, present: NDArray[np.uint16]) -> tuple[Hashes, NDArray[np.bool_]]:
        """(hash, whether it is known) of each key on each line, shape (keys, lines).

        `texts`: hashed texts, shape (TEXTS, lines); `present`: what `present_in` tells of them.

        The top 6 bits tell the key, so that all keys fit one sorted array. Multilinear hashing: each part is a
        uniform 64-bit hash already, so a sum with odd weights spreads as well.
        """
        total = np.full((len(self.tags), texts.shape[1]), 1 << 6, np.uint64)
        for rows, parts, weight in self.steps:
            total[rows] += texts[parts] * weight
        known = (present & self.needed) == self.needed
        known &= ((present & self.either) != 0) | (self.either == 0)
        return (total >> np.uint64(6)) | self.tags, known


def line_keys(declarations: Hashes, items: NDArray[np.int64]) -> Hashes:
    """Hash of (declaration, item number): how a finding that comes later knows its line."""
    keys: Hashes = declarations * WEIGHTS[0] + items.astype(np.uint64) * WEIGHTS[1]
    return keys


def declaration_keys(declarations: Hashes) -> Hashes:
    """The hash under which a finding about the whole declaration is kept."""
    return line_keys(declarations, np.full(len(declarations), WHOLE_DECLARATION, np.int64))
