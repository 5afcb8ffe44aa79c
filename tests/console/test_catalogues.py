"""Every text that an officer sees is there in Vietnamese, and what it leaves room for is left room for."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError, read_po

from tidegate.console import catalogues

FOLDER = Path(catalogues.__file__).parent
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Ours, and what the sign-in library says to users.
SIGN_IN = (
    *("Username", "Password", "Code", "Authenticator code", "Current Password", "New Password", "New Password (again)"),
    *("Incorrect code.", "Incorrect password.", "Please type your current password."),
    "The username and/or password you specified are not correct.",
    "Too many failed login attempts. Try again later.",
    "You must type the same password each time.",
)


def catalogue() -> dict[str, tuple[str, ...]]:
    told = {}
    for source in sorted(FOLDER.rglob("locale/vi/LC_MESSAGES/*.po")):
        for message in read_po(io.BytesIO(source.read_bytes()), locale="vi", abort_invalid=True):
            if message.id:
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                given = message.string if isinstance(message.string, tuple) else (message.string,)
                told["\0".join(ids)] = given
    return told


def test_no_text_lacks_its_vietnamese() -> None:
    assert catalogues.missing() == {}


def test_texts_of_the_sign_in_library_are_in_vietnamese() -> None:
    assert [text for text in SIGN_IN if text not in catalogue()] == []


def test_a_translation_has_the_places_of_its_text() -> None:
    wrong = {}
    for ids, given in catalogue().items():
        wanted = set(PLACES.findall(ids))
        for text in given:
            if set(PLACES.findall(text)) - wanted or not set(PLACES.findall(ids.split("\0")[-1])) <= set(
                PLACES.findall(text)
            ):
                wrong[ids] = text
    assert wrong == {}


def test_a_text_means_one_thing_in_all_catalogues() -> None:
    told: dict[str, tuple[str, str]] = {}
    clashes = []
    for source in sorted(FOLDER.rglob("locale/vi/LC_MESSAGES/*.po")):
        for message in read_po(io.BytesIO(source.read_bytes()), locale="vi"):
            if not message.id or message.context:
                continue
            text, place = str(message.string), source.parts[-5]
            if (known := told.setdefault(str(message.id), (text, place)))[0] != text:
                clashes.append((message.id, known, (text, place)))
    assert clashes == []


def test_a_damaged_catalogue_is_refused_and_a_newer_one_is_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "locale/vi/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "Queue"\nmsgstr "Hàng chờ"\n', encoding="utf-8")
    assert catalogues.compile_all(tmp_path) == [folder / "django.mo"]
    assert catalogues.compile_all(tmp_path) == []
    (folder / "django.po").write_text('msgid "Queue\n', encoding="utf-8")
    (folder / "django.mo").unlink()
    with pytest.raises(PoFileError):
        catalogues.compile_all(tmp_path)
