"""Identity numbers with valid check digits: Vietnamese tax codes, containers (ISO 6346), ships (IMO)."""

from __future__ import annotations

import numpy as np

from tidegate.trade.taxcode import check_digit

__all__ = ["containers", "ships", "tax_codes"]

# ISO 6346: letters count from 10 upwards and skip the multiples of 11.
LETTERS = dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (number for number in range(10, 39) if number % 11), strict=True),
)
OWNERS = ("TDGU", "VSMU", "XQNU", "QZLU", "ZVTU", "WXSU", "YQHU", "JXZU")


def tax_codes(provinces: list[str], taken: set[str], rng: np.random.Generator) -> list[str]:
    """Return one ten-digit tax code (mã số thuế) for each two-digit province prefix, none of them `taken` before.

    Stems that have no check digit are passed over, as the tax office does. The new codes join `taken`.
    """
    codes = []
    for province, base in zip(provinces, rng.integers(1_000_000, 10_000_000, len(provinces)).tolist(), strict=True):
        stem = int(base)
        while (digit := check_digit(f"{province}{stem}")) is None or f"{province}{stem}{digit}" in taken:
            stem = 1_000_000 + (stem + 1) % 9_000_000
        code = f"{province}{stem}{digit}"
        taken.add(code)
        codes.append(code)
    return codes


def containers(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` container numbers with their ISO 6346 check digit; the owner codes are made up."""
    owners = rng.integers(0, len(OWNERS), count)
    serials = rng.integers(100_000, 1_000_000, count)
    prefix = np.array([sum(LETTERS[letter] << place for place, letter in enumerate(owner)) for owner in OWNERS])
    digits = serials[:, None] // 10 ** np.arange(5, -1, -1) % 10
    check = (prefix[owners] + digits @ (1 << np.arange(4, 10))) % 11 % 10
    return [f"{OWNERS[o]}{s}{c}" for o, s, c in zip(owners.tolist(), serials.tolist(), check.tolist(), strict=True)]


def ships(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` IMO ship numbers: the last digit is that of the sum of the first six, weighted 7 to 2."""
    bases = rng.integers(910_000, 1_000_000, count)
    digits = bases[:, None] // 10 ** np.arange(5, -1, -1) % 10
    check = digits @ np.arange(7, 1, -1) % 10
    return [f"IMO{base}{digit}" for base, digit in zip(bases.tolist(), check.tolist(), strict=True)]
