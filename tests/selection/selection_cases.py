"""Cases for the tests of this room: seeded at random, or any that hypothesis can think of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import numpy as np
import polars as pl

from tidegate.selection import CASE_SCHEMA, Capacity, Policy, Rules

DAY = date(2026, 3, 2)


def case(ident: str = "26VN1", **changes: Any) -> dict[str, Any]:
    plain = {
        "declaration_id": ident,
        "lodged_on": DAY,
        "office": "02CI",
        "trusted": False,
        "score": None,
        "uncertainty": None,
        "demand_red": 0.0,
        "demand_yellow": 0.0,
        "demand_blue": 0.0,
    }
    return plain | changes


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CASE_SCHEMA)


def some(n: int, *, seed: int = 1, days: int = 1, offices: int = 2) -> pl.DataFrame:
    """n lifelike cases; scores with many ties, as a calibrated model gives them."""
    chance = np.random.default_rng(seed)
    rate = [0.1, 0.3, 1.0]
    return pl.DataFrame(
        {
            "declaration_id": [f"26VN{seed:03d}{i:06d}" for i in range(n)],
            "lodged_on": [DAY + timedelta(days=int(d)) for d in chance.integers(0, days, n)],
            "office": [f"O{k}" for k in chance.integers(0, offices, n)],
            "trusted": chance.random(n) < 0.15,
            "score": np.round(chance.beta(1, 20, n), 2),
            "uncertainty": chance.random(n),
            "demand_red": np.where(chance.random(n) < 0.05, chance.choice(rate, n), 0.0),
            "demand_yellow": np.where(chance.random(n) < 0.10, chance.choice(rate, n), 0.0),
            "demand_blue": np.where(chance.random(n) < 0.05, chance.choice(rate, n), 0.0),
        },
        schema=CASE_SCHEMA,
    )


unit = st.one_of(st.sampled_from([0.0, 1e-12, 0.25, 0.5, 1.0]), st.floats(0, 1))


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Up to 60 cases in up to four cells, one of them without an office."""
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "lodged_on": st.sampled_from([DAY, DAY + timedelta(days=1)]),
                    "office": st.sampled_from(["A", None]),
                    "trusted": st.one_of(st.none(), st.booleans()),
                    "score": st.one_of(st.none(), unit),
                    "uncertainty": st.one_of(st.none(), unit, st.floats(0, 1e300)),
                    "demand_red": st.one_of(st.just(0.0), unit),
                    "demand_yellow": st.one_of(st.just(0.0), unit),
                    "demand_blue": st.one_of(st.just(0.0), st.none(), unit),
                }
            ),
            max_size=60,
        )
    )
    return table(*({"declaration_id": f"D{n}", **row} for n, row in enumerate(rows)))


room = st.one_of(st.builds(Capacity, number=st.integers(0, 80)), st.builds(lambda s: Capacity(share=s), unit))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy whose random draw has room for at least a thousandth of a declaration."""
    channel = draw(st.sampled_from(["red", "yellow", "blue"]))
    capacity = {c: draw(room) for c in ("red", "yellow", "blue")}
    if capacity[channel].of(1) < 0.001:
        capacity[channel] = Capacity(number=1)
    return Policy(
        default=Rules(
            random_rate=draw(st.floats(1e-6, 1)),
            random_channel=channel,
            exploration_share=draw(unit),
            trusted_factor=draw(unit),
            capacity=capacity,
            model=draw(st.dictionaries(st.sampled_from(["red", "yellow", "blue"]), unit)),
        ),
        tolerance=draw(st.sampled_from([0.0, 0.1, 1.0])),
    )
