"""A selection policy that fits the simulated volume."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["policy_toml"]


def policy_toml(start: date) -> str:
    """Return a policy in the form that tidegate.selection reads; capacities are shares, so they fit any volume."""
    return f"""title = "Simulated import selection, {start.year}"
tolerance = 0.1

[default]
random_rate = 0.01
random_channel = "red"
exploration_share = 0.1
trusted_factor = 0.25

[default.capacity]
red = "5%"
yellow = "12%"
blue = "2%"

[default.model]
red = 0.0
yellow = 0.1

# Parcels: many, small, and looked at by hand.
[office.01DD]
capacity.red = "3%"

[office.02DS]
capacity.red = "3%"

# The border gates have one scanner each.
[office.15BB]
random_rate = 0.02
capacity.red = "6%"

[office.20BB]
random_rate = 0.02
capacity.red = "6%"

[[exempt]]
trusted = true
procedure = "E31"
reason = "Authorised manufacturers for export: audited once a year on the spot"
expires = {(start + timedelta(days=730)).isoformat()}
"""
