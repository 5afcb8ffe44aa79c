"""The policy file: what it means, and how it is refused."""

from __future__ import annotations

import textwrap
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from selection_cases import policies

import tidegate.selection.policy as module
from tidegate.errors import PolicyError
from tidegate.selection import Capacity, Policy, Rules


def example() -> str:
    doc = module.__doc__ or ""
    return textwrap.dedent(doc.split("::\n", 1)[1].split("\nWhere a file")[0])


def test_the_example_in_the_docstring_is_a_policy() -> None:
    policy = Policy.parse(example())
    assert policy.default.capacity["blue"] == Capacity(number=20)
    assert policy.default.capacity["red"] == Capacity(share=0.05)
    own = policy.rules("03CC")
    assert (own.random_rate, own.capacity["red"], own.capacity["yellow"]) == (0.02, Capacity(60), Capacity(share=0.15))
    assert own.model == {"red": 0.02}, "a model table replaces the one above it"
    assert policy.rules("elsewhere") == policy.rules(None) == policy.default
    assert policy.exempt[0].expires == date(2026, 12, 31)


def test_an_empty_file_is_the_default_policy(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("\ufeff# nothing\n", encoding="utf-8")
    assert Policy.load(path) == Policy()
    assert Policy.load(path).version == Policy().version


@settings(deadline=None)
@given(policies())
def test_what_is_written_is_read(policy: Policy) -> None:
    again = Policy.parse(policy.toml())
    assert again.version == policy.version
    assert again.default.model == policy.default.model


def test_a_whole_number_is_the_same_rate() -> None:
    policy = Policy(default=Rules(random_rate=1, trusted_factor=0, model={"red": 0}), tolerance=1)
    assert Policy.parse(policy.toml()).version == policy.version


def test_the_version_covers_every_rule() -> None:
    """Each rule changed alone changes the version: a field that is added to Rules cannot be forgotten."""
    other = {"random_rate": 0.5, "random_channel": "blue", "exploration_share": 0.5, "trusted_factor": 0.5, "model": {}}
    other["capacity"] = dict.fromkeys(("red", "yellow", "blue"), Capacity(3))
    assert set(other) == {f.name for f in fields(Rules)}
    versions = {Policy(default=replace(Rules(), **{name: value})).version for name, value in other.items()}
    assert len(versions | {Policy().version}) == len(other) + 1


def test_the_example_is_written_and_read() -> None:
    policy = Policy.parse(example())
    assert Policy.parse(policy.toml()) == policy


def test_the_version_is_of_what_decides() -> None:
    text = example()
    version = Policy.parse(text).version
    assert len(version) == 64
    assert Policy.parse(text.replace("Import selection, 2026", "Other")).version == version
    assert Policy.parse("# a remark\n" + text.replace("0.10 ", "0.1  ")).version == version
    for old, new in (
        ('"5%"', '"5.1%"'),
        ("tolerance = 0.0", "tolerance = 0.1"),
        ("2026-12-31", "2026-12-30"),
        ("= 60", "= 61"),
    ):
        assert Policy.parse(text.replace(old, new)).version != version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tolerence = 0.1", r"policy\.toml: tolerence: is not a key of a policy\. Did you mean tolerance\?"),
        ("[default]\nrandom_chanel = 'red'", r"\[default\] random_chanel: .* Did you mean random_channel\?"),
        ("[office.A]\nmodel.rde = 0.1", r"\[office\.A\.model\] rde: .* Did you mean red\?"),
        (
            "[default]\nrandom_rate = 0",
            r"\[default\] random_rate: must lie between 1e-06 and 1.*write an \[\[exempt\]\]",
        ),
        ("[default]\nrandom_rate = 5", "random_rate: must lie between"),
        ("[default]\nrandom_rate = nan", "random_rate: must be a number from 0 to 1"),
        ("[default]\nrandom_rate = true", "random_rate: must be a number"),
        ("[default]\nrandom_channel = 'green'", "'green' is not a channel. Choose red, yellow, blue"),
        ("tolerance = '10%'", "tolerance: must be a number"),
        ("[default.capacity]\nred = 0.05", r"0\.05 is not a capacity\. Write a whole number .* \(\"5%\"\)"),
        ("[default.capacity]\nred = '2,5%'", "is not a capacity"),
        ("[default.capacity]\nred = '150%'", "is not a capacity"),
        ("[default.capacity]\nred = -1", "is not a capacity"),
        ("[default.capacity]\nred = true", "is not a capacity"),
        (
            "[default.capacity]\nred = 0",
            r"policy\.toml: \[default\] capacity\.red: a capacity of 0 in red leaves no room",
        ),
        ("[office.A]\ncapacity.red = '0%'", r"\[office\.A\] capacity\.red: a capacity of 0"),
        ("default = 1", r"default: must be a table\. Write \[default\]"),
        ("[office]\nA = 1", r"\[office\] A: must be a table\. Write \[office\.A\]"),
        ("[exempt]\ntrusted = true", "exempt: must be a list"),
        ("exempt = [1]", "exempt 1: must be a table"),
        ("[[exempt]]\ntrusted = true\nexpires = 2026-01-01", r"\[exempt 1\] reason: an exemption needs a reason"),
        ("[[exempt]]\ntrusted = true\nreason = ' '\nexpires = 2026-01-01", "needs a reason"),
        ("[[exempt]]\ntrusted = true\nreason = 'x'", r"\[exempt 1\] expires: an exemption needs its last day"),
        ("[[exempt]]\ntrusted = true\nreason = 'x'\nexpires = '2026-01-01'", "no quotes"),
        ("[[exempt]]\nreason = 'x'\nexpires = 2026-01-01", "exempt 1: says not who is exempt"),
        ("[[exempt]]\ntrusted = false\nreason = 'x'\nexpires = 2026-01-01", "trusted: must be true"),
        ("[[exempt]]\noffice = 3\nreason = 'x'\nexpires = 2026-01-01", "office: must be a text"),
        ("title = 3", "title: must be a text"),
        ("[default", "is not TOML"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        Policy.parse(text, where="policy.toml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read: No such file"):
        Policy.load(tmp_path / "nowhere.toml")
    (tmp_path / "policy.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(PolicyError, match=r"policy\.toml: is not UTF-8 text"):
        Policy.load(tmp_path / "policy.toml")


def test_a_closed_office_needs_its_exemption() -> None:
    text = "[office.A]\ncapacity.red = 0\n"
    with pytest.raises(PolicyError, match="leaves no room for the random rate"):
        Policy.parse(text)
    exempt = "[[exempt]]\noffice = 'A'\nreason = 'closed for works'\nexpires = 2026-12-31\n"
    assert Policy.parse(text + exempt).rules("A").capacity["red"].of(100) == 0
    assert Policy.parse(text + "random_channel = 'yellow'\n").rules("A").random_channel == "yellow"


def test_rules_name_every_channel() -> None:
    with pytest.raises(PolicyError, match="a capacity is missing"):
        Rules(capacity={"red": Capacity(1)})
    for wrong in (0.0, 1.1, float("nan")):
        with pytest.raises(PolicyError, match=r"Rules\.random_rate: must lie between 1e-06 and 1"):
            Rules(random_rate=wrong)
