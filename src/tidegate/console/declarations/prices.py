"""The price of a line against its peers: the same goods, and the same goods of the same origin, in the year before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log

import polars as pl
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tidegate.console.declarations.dossier import country, unit_price
from tidegate.console.declarations.known import archive
from tidegate.console.register.models import Declaration, Line

__all__ = ["DAYS", "Dot", "Plot", "Strip", "plot"]

DAYS = 365  # before the line's own day
DOTS = 400  # at most, of a strip; of more every so many-th in the order of prices is drawn
FEWEST = 5  # peers of which a median is told
EDGE = 3.0  # per cent of the width that is kept free on both sides


@dataclass(frozen=True, slots=True)
class Dot:
    """A peer: per cent of the width, and of the height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One group of peers. `low`, `middle`, `high`: quartiles as places, None where the peers are too few."""

    title: str
    said: str
    dots: Sequence[Dot]
    low: float | None = None
    middle: float | None = None
    high: float | None = None

    @property
    def width(self) -> float:
        return (self.high or 0) - (self.low or 0)


@dataclass(frozen=True, slots=True)
class Plot:
    """`here`: the place of this line; `ticks`: (place, price)."""

    item: int
    price: float
    unit: str
    here: float
    strips: Sequence[Strip]
    ticks: Sequence[tuple[float, str]]


def plot(declaration: Declaration, lines: Sequence[Line], item: int | None) -> Plot | None:
    """The plot of a line (the first that has a price, where none is named); None where it has none, or there is no
    archive."""
    priced = {line.item_number: price for line in lines if (price := unit_price(line.fields))}
    chosen = item if item in priced else next(iter(priced), None)
    past = archive()
    if chosen is None or past is None:
        return None
    line = next(one for one in lines if one.item_number == chosen)
    hs6, origin = line.hs_code[:6], line.origin_country
    peers = (
        past.filter(
            pl.col("hs_code").str.starts_with(hs6),
            pl.col("lodged_on") < declaration.lodged_on,
            pl.col("lodged_on") >= declaration.lodged_on - timedelta(days=DAYS),
            pl.col("customs_value") > 0,
            pl.col("net_mass_kg") > 0,
            pl.col("currency").eq_missing(pl.lit(line.fields.get("currency"), pl.String)),
        )
        .select((pl.col("customs_value") / pl.col("net_mass_kg")).alias("price"), "origin_country")
        .collect()
        .sort("price")
    )
    groups = [
        (_("HS %(code)s") % {"code": hs6}, peers["price"].to_list()),
        (
            _("HS %(code)s from %(origin)s") % {"code": hs6, "origin": country(origin) or "–"},
            peers.filter(pl.col("origin_country") == origin)["price"].to_list(),
        ),
    ]
    price = priced[chosen]
    everything = [price, *peers["price"].to_list()]
    # The hundredth parts at both ends are drawn at the edge: one slip of the keyboard would press all others together.
    shown = sorted(everything)
    least = min(price, shown[len(shown) // 100])
    most = max(price, shown[-1 - len(shown) // 100])
    scale = _Scale(least, most)
    return Plot(
        item=chosen,
        price=price,
        unit=f"{line.fields.get('currency') or ''}/kg".lstrip("/"),
        here=scale.place(price),
        strips=[_strip(title, prices, price, scale) for title, prices in groups],
        ticks=scale.ticks(),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Prices on a logarithmic scale, as per cent of the width."""

    least: float
    most: float

    def place(self, price: float) -> float:
        if self.most <= self.least:
            return 50.0
        share = (log(price) - log(self.least)) / (log(self.most) - log(self.least))
        return round(EDGE + (100 - 2 * EDGE) * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> list[tuple[float, str]]:
        """1, 2 and 5 times powers of ten within the scale, five at most; where these are too few, steps between."""
        for leads in ((1, 2, 5), (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)):
            steps = [lead * 10.0**power for power in range(-4, 10) for lead in leads]
            within = [step for step in steps if self.least <= step <= self.most]
            if len(within) > 2:
                break
        kept = within[:: max(1, (len(within) + 4) // 5)] or [self.least, self.most]
        return [(self.place(step), _figure(step)) for step in kept]


def _strip(title: str, prices: Sequence[float], price: float, scale: _Scale) -> Strip:
    count = len(prices)
    if not count:
        return Strip(title, _("%(title)s: no other line in the year before.") % {"title": title}, ())
    step = max(1, -(-count // DOTS))
    dots = [Dot(scale.place(one), _height(number, one)) for number, one in enumerate(prices[::step])]
    if count < FEWEST:
        return Strip(
            title, _("%(title)s: only %(count)d lines in the year before.") % {"title": title, "count": count}, dots
        )
    low, middle, high = (prices[round((count - 1) * share)] for share in (0.25, 0.5, 0.75))
    below = sum(one < price for one in prices)
    said = _(
        "%(title)s: %(count)s lines in the year before, median %(middle)s, middle half %(low)s to %(high)s. "
        "%(below)s%% of them were cheaper."
    ) % {
        "title": title,
        "count": number_format(count, force_grouping=True),
        "middle": _figure(middle),
        "low": _figure(low),
        "high": _figure(high),
        "below": round(100 * below / count),
    }
    return Strip(title, said, dots, scale.place(low), scale.place(middle), scale.place(high))


def _height(number: int, price: float) -> float:
    """Where a dot stands between top and bottom: the same each time, and no two beside one another alike."""
    return 14 + 72 * (hashlib.blake2b(f"{number} {price}".encode(), digest_size=1).digest()[0] / 255)


def _figure(price: float) -> str:
    digits = 0 if price >= 1000 else 1 if price >= 100 else 2 if price >= 0.1 else 4
    return str(number_format(round(price, digits), digits, force_grouping=True))
