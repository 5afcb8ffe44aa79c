"""The page of the room names every setting, unit, reason and flag, as the lists have them."""

from __future__ import annotations

from pathlib import Path

from tidegate import intake
from tidegate.intake.amendments import FAULTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "intake.md").read_text(encoding="utf-8").splitlines()


def test_every_setting_is_documented() -> None:
    for entry in intake.SETTINGS:
        section = f"`[{entry.section}]`" if entry.section else ""
        assert f"| {section} | `{entry.key}` | {entry.value} | {entry.meaning} |" in PAGE


def test_every_unit_is_documented() -> None:
    for unit, names in intake.UNITS.items():
        listed = ", ".join(f"`{name}` {factor:g}" for name, factor in names.items())
        assert f"| {unit} | {listed} |" in PAGE


def test_every_reason_and_flag_is_documented_in_both_languages() -> None:
    for entry in (*intake.REJECTIONS, *intake.FLAGS, *intake.CARGO_KINDS, *FAULTS):
        assert f"| `{entry.code}` | {entry.text} | {entry.text_vi} |" in PAGE


def test_the_mapping_shown_is_a_mapping() -> None:
    text = "\n".join(PAGE)
    shown = intake.Mapping.parse(text.split("```toml\n")[1].split("```")[0])
    assert shown.units == {"gross_mass_kg": 1000.0}
    assert shown.finding is not None


def test_the_public_names() -> None:
    text = "\n".join(PAGE)
    for name in (
        *(
            "read",
            "batches",
            "read_findings",
            "write_rejected",
            "Mapping",
            "across",
            "amended_after",
            "inspect",
            "joined",
        ),
        *("meet", "settle", "Tolerance"),
    ):
        assert name in intake.__all__
        assert name in text
