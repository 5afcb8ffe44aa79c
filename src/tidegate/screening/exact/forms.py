"""The normal form of each type of number: what is left when the ways of writing it are taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tidegate.screening.exact.checks import imo_valid, vin_valid
from tidegate.screening.exact.phones import KEY, international
from tidegate.trade import containers, taxcode

__all__ = ["FORMS", "Form", "normal", "normal_one"]

# Texts are read up to here: no number is longer.
_LONGEST = 60


def _bare(value: pl.Expr) -> pl.Expr:
    """Letters and digits only, in capitals; full-width ones as the plain ones that they stand for."""
    return value.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def _digits(value: pl.Expr) -> pl.Expr:
    """O and I as the digits they are read for, where no letter may stand."""
    return value.str.replace_many(["O", "I"], ["0", "1"])


def _container(value: pl.Expr) -> pl.Expr:
    bare = _bare(value)
    letters = bare.str.slice(0, 4).str.replace_many(["0", "1"], ["O", "I"])
    return pl.when(bare.str.len_chars() == 11).then(letters + _digits(bare.str.slice(4))).otherwise(bare)


def _imo(value: pl.Expr) -> pl.Expr:
    return _digits(_bare(value).str.replace(r"^IMO(NO|NUMBER)?", ""))


def _mmsi(value: pl.Expr) -> pl.Expr:
    return _digits(_bare(value).str.replace(r"^MMSI", ""))


def _vin(value: pl.Expr) -> pl.Expr:
    # I, O and Q stand in no VIN.
    return _bare(value).str.replace_many(["I", "O", "Q"], ["1", "0", "0"])


def _email(value: pl.Expr) -> pl.Expr:
    return value.str.normalize("NFKC").str.strip_chars().str.to_lowercase().str.replace(r"^mailto:", "")


@dataclass(frozen=True, slots=True)
class Form:
    """How numbers of a type are compared.

    `normal` makes the normal form of column `value` (`country` may help); `pattern` is what a normal form has to be;
    `valid` says where a check digit is right (None: there is none); `key` is what numbers that are the same have in
    common (None: all of it); `held_against`: which types of listed numbers one is compared with; `national`: whether
    numbers of two countries are two numbers; `transposed`, `one_character`, `look_alike`: near hits that are offered.
    """

    type: str
    label: str
    label_vi: str
    normal: Callable[[pl.Expr], pl.Expr]
    pattern: str
    valid: Callable[[pl.Series], pl.Series] | None = None
    key: pl.Expr | None = None
    held_against: tuple[str, ...] = ()
    national: bool = False
    transposed: bool = False
    one_character: bool = False
    look_alike: bool = False


_FREE = r"^.*\p{N}.*$"
# Marks of aircraft may be five letters.
_PLATE = r"^(.*\p{N}.*|[A-Z]{5})$"
_PAPERS = ("passport", "identity_card", "tax", "registration", "other")
FORMS: dict[str, Form] = {
    form.type: form
    for form in (
        Form("container", "container", "số công-te-nơ", _container, r"^[A-Z]{4}[0-9]{7}$", containers.valid,
             transposed=True, one_character=True),
        Form("imo", "IMO number", "số IMO", _imo, r"^[0-9]{7}$", imo_valid, transposed=True, one_character=True),
        Form("mmsi", "MMSI", "số MMSI", _mmsi, r"^[0-9]{9}$", transposed=True),
        Form("call_sign", "call sign", "hô hiệu", _bare, r"^[A-Z0-9]{3,8}$", transposed=True),
        Form("vin", "VIN", "số khung (VIN)", _vin, r"^[A-HJ-NPR-Z0-9]{17}$", vin_valid,
             transposed=True, one_character=True),
        Form("plate", "number plate", "biển số xe", _bare, _PLATE, national=True, transposed=True),
        Form("passport", "passport", "hộ chiếu", _bare, _FREE, None, None, ("passport", "other"),
             national=True, transposed=True, look_alike=True),
        Form("identity_card", "identity card", "thẻ căn cước", _bare, _FREE, None, None,
             ("identity_card", "tax", "other"), national=True, transposed=True, look_alike=True),
        Form("tax", "tax code", "mã số thuế", _bare, _FREE, taxcode.valid, None,
             ("tax", "identity_card", "registration", "other"), national=True, transposed=True, one_character=True),
        Form("registration", "registration number", "số đăng ký doanh nghiệp", _bare, _FREE, None, None,
             ("registration", "tax", "other"), national=True, transposed=True, look_alike=True),
        Form("phone", "telephone", "điện thoại", international, r"^\+?[0-9]{8,15}$", None, KEY),
        Form("email", "e-mail", "thư điện tử", _email, r"^[^@\s]+@[^@\s]+$"),
        Form("other", "number", "số khác", _bare, _FREE, None, None, _PAPERS,
             national=True, transposed=True, look_alike=True),
    )
}  # fmt: skip


def normal(numbers: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the numbers of columns value and country in their normal form, with `key` and `valid`.

    Value is null where it cannot be a number of this type; `valid` is false where there is no check digit.
    """
    form = FORMS[kind]
    made = numbers.with_columns(value=form.normal(pl.col("value").str.head(_LONGEST)))
    made = made.with_columns(value=pl.when(pl.col("value").str.contains(form.pattern)).then(pl.col("value")))
    valid = form.valid(made["value"]) if form.valid is not None else pl.repeat(False, made.height, eager=True)
    key = form.key if form.key is not None else pl.col("value")
    return made.with_columns(key.alias("key"), valid.fill_null(False).alias("valid"))


def normal_one(value: str, kind: str) -> tuple[str | None, bool] | None:
    """The normal form of one number, and `valid`, as `normal` has them; None: only `normal` knows."""
    known = _ONE.get(kind)
    if known is None or not value.isascii():
        return None
    tidy, pattern, valid = known
    made = tidy(re.sub("[^A-Z0-9]", "", value[:_LONGEST].upper()))
    return (made, valid(made)) if pattern.search(made) else (None, False)


def _container_one(bare: str) -> str:
    if len(bare) != 11:
        return bare
    return bare[:4].translate(str.maketrans("01", "OI")) + bare[4:].translate(_TO_DIGITS)


def _imo_one(bare: str) -> str:
    return re.sub("^IMO(NO|NUMBER)?", "", bare).translate(_TO_DIGITS)


def _tax_one(number: str) -> bool:
    if not number.isdecimal() or len(number) not in (10, 13):
        return False
    issued = number[2:9] != "0000000" and number[10:] != "000"
    return issued and taxcode.check_digit(number[:9]) == int(number[9])


def _imo_valid_one(number: str) -> bool:
    return sum(int(digit) * (7 - place) for place, digit in enumerate(number[:6])) % 10 == int(number[6])


_TO_DIGITS = str.maketrans("OI", "01")
# How letters, digits and check digits of the commonest types are read without a table. Two regular expressions differ
# from those of Polars in "$", which here stands before a line end too: there is none in what is looked at.
_ONE: dict[str, tuple[Callable[[str], str], re.Pattern[str], Callable[[str], bool]]] = {
    "container": (_container_one, re.compile(r"^[A-Z]{4}[0-9]{7}$"), lambda number: not containers.fault(number)),
    "imo": (_imo_one, re.compile(r"^[0-9]{7}$"), _imo_valid_one),
    "tax": (str, re.compile("[0-9]"), _tax_one),
    "plate": (str, re.compile("[0-9]|^[A-Z]{5}$"), lambda _: False),
    "call_sign": (str, re.compile(r"^[A-Z0-9]{3,8}$"), lambda _: False),
    **{
        kind: (str, re.compile("[0-9]"), lambda _: False)
        for kind in ("passport", "identity_card", "registration", "other")
    },
}
