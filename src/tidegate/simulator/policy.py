"""A selection policy that fits the simulated volume."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tidegate.simulator.places import Office

__all__ = ["policy_toml"]


# Shares of an office's declarations that it can open a day, by channel; audits are planned as a share.
SHARES = {"red": 0.06, "yellow": 0.12}


def policy_toml(start: date, offices: Sequence[Office], declarations_a_day: float) -> str:
    """Return a policy in the form that tidegate.selection reads, with each office's capacity in whole declarations.

    Whole numbers, and at least one a day in red and yellow: a share of a handful of declarations would be less
    than one, and then not even the worst of them could be opened with certainty.
    """
    total = sum(office.weight for office in offices)
    rooms = "".join(capacity(office, declarations_a_day * office.weight / total) for office in offices)
    return f"""title = "Simulated import selection, {start.year}"
tolerance = 0.1

[default]
random_rate = 0.01
random_channel = "red"
exploration_share = 0.1
trusted_factor = 0.25

[default.capacity]
red = 1
yellow = 1
blue = "2%"

[default.model]
red = 0.05
yellow = 0.1
{rooms}
[[exempt]]
trusted = true
procedure = "E31"
reason = "Authorised manufacturers for export: audited once a year on the spot"
expires = {(start + timedelta(days=730)).isoformat()}
"""


def capacity(office: Office, usual: float) -> str:
    """The table of one office, from the declarations that it usually receives a day."""
    red, yellow = (max(1, round(share * usual)) for share in SHARES.values())
    border = "random_rate = 0.02\n" if office.modes == "3" else ""
    return f"""
[office.{office.code}]
{border}capacity.red = {red}
capacity.yellow = {yellow}
"""
