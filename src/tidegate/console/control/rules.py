"""Rules of one office, from what was typed: validated by the library, refused beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.formats import get_format

from tidegate.errors import PolicyError
from tidegate.selection import CHANNELS, Policy, Rules
from tidegate.selection.policy_file import PolicyFile

__all__ = ["DEFAULT", "KEYS", "differences", "typed", "with_rules"]

DEFAULT = "default"
RATES = ("random_rate", "exploration_share", "trusted_factor")
MODEL = {f"model_{channel}": channel for channel in CHANNELS}  # the least score that it may select by; empty: none
KEYS = (*CHANNELS, *RATES, *MODEL)


def typed(rules: Rules) -> dict[str, str]:
    """The rules as they stand in the form: capacities as in the file, rates in percent; numbers as the reader's
    language writes them."""
    said = {
        **{name: str(rules.capacity[name].text) for name in CHANNELS},
        **{name: f"{getattr(rules, name) * 100:.6g}" for name in RATES},
        **{name: f"{rules.model[channel]:.6g}" if channel in rules.model else "" for name, channel in MODEL.items()},
    }
    point = get_format("DECIMAL_SEPARATOR")
    return {name: text.replace(".", point) for name, text in said.items()}


def with_rules(policy: Policy, office: str, said: Mapping[str, str]) -> tuple[Policy | None, dict[str, str]]:
    """The policy with what was typed for an office (DEFAULT: for those without rules of their own), or what is wrong,
    by field."""
    current = policy.default if office == DEFAULT else policy.rules(office)
    place = DEFAULT if office == DEFAULT else f"office.{office}"
    file, wrong, rules = PolicyFile("policy"), {}, current
    for name in KEYS:
        try:
            rules = file.rules(_table(name, said.get(name, "").strip(), rules), place, rules)
        except PolicyError as error:
            wrong[name] = f"{error.what} {error.hint}"
    if wrong:
        return None, wrong
    try:
        if office == DEFAULT:
            return replace(policy, default=rules), {}
        return replace(policy, office={**policy.office, office: rules}), {}
    except PolicyError as error:
        return None, {error.where.rsplit(".", 1)[-1]: f"{error.what} {error.hint}"}


def differences(before: Policy, after: Policy, office: str) -> list[tuple[str, str, str]]:
    """What changes in an office: key, as it is, as it would be."""
    old, new = (typed(one.default if not office or office == DEFAULT else one.rules(office)) for one in (before, after))
    return [(name, old[name], new[name]) for name in KEYS if old[name] != new[name]]


def _table(name: str, text: str, rules: Rules) -> dict[str, Any]:
    """What was typed, as a policy file would have it."""
    if name in CHANNELS:
        return {"capacity": {name: _value(name, text)}}
    if name not in MODEL:
        return {name: _value(name, text)}
    others = {channel: least for channel, least in rules.model.items() if channel != MODEL[name]}
    return {"model": others | ({MODEL[name]: _value(name, text)} if text else {})}


def _value(name: str, text: str) -> int | float | str:
    """What a policy file would have: whole numbers and shares of the day for capacities, shares for percentages, scores
    as they are."""
    if name in CHANNELS:
        return int(text) if text.isdecimal() else text.replace(",", ".")
    try:
        return float(text.rstrip("% ").replace(",", ".")) / 100 if name in RATES else float(text.replace(",", "."))
    except ValueError:
        return text
