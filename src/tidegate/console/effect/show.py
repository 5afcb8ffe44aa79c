"""What each page shows of the figures: rows in order, with their plots, labels and sentences."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tidegate.console.access import Asked
from tidegate.console.effect.verdicts import ADVICE, odds
from tidegate.console.plots import Point, calibration, course, range_bar, spark
from tidegate.console.register.models import Clearance, InForce, User
from tidegate.profiles import Book, Profile
from tidegate.yardstick import VERDICTS, rate_interval

__all__ = ["draw", "lists", "model", "officers", "overview", "period", "profile", "profiles", "tabs"]

Figures = Mapping[str, Any]
SOURCES = {
    "profile": gettext_lazy("Profiles"),
    "model": gettext_lazy("Model"),
    "exploration": gettext_lazy("Exploration"),
    "draw": gettext_lazy("Random draw"),
}
SORTS = ("found", "rate", "opened", "declarations", "only", "revenue", "profile", "verdict")
ROWS = 50  # a page
RISING = ("profile", "verdict")


def tabs() -> list[tuple[str, Any]]:
    """Pages of the screen: name of the address, label."""
    return [
        ("index", _("Overview")),
        ("profiles", _("Profiles")),
        ("lists", _("Lists")),
        ("model", _("Model")),
        ("draw", _("Random draw")),
        ("officers", _("Officers and offices")),
    ]


def period(days: int) -> str:
    """A period in words."""
    return _("Last %(days)s days") % {"days": days} if days else _("All that is kept")


def _month(text: str) -> str:
    return date_format(date.fromisoformat(str(text)[:10]), "m/Y")


def _points(rows: Iterable[Mapping[str, Any]], value: str = "rate", month: str = "month") -> list[Point]:
    return [Point(_month(row[month]), row[value], row["low"], row["high"]) for row in rows]


def overview(figures: Figures, request: Asked) -> dict[str, Any]:
    """The rate of all trade, what is missed, and each source side by side."""
    base = figures["base"]
    rates = figures["rate_by_month"]
    top = max([row["estimate"] or 0.0 for row in figures["rate_by_office"]] + [base or 0.01]) * 2
    return {
        "rate": figures["rate"][0],
        "missed": figures["missed"][0],
        "by_hand": figures["by_hand"][0],
        "counts": figures["counts"],
        "plot": course(
            _points(rates, "estimate"), _("Estimated share of all declarations that are unlawful, by month"), base=base
        ),
        "panels": [_source(figures, row["source"]) for row in figures["sources"]],
        "months": [{**row, "name": _month(row["month"]), **_lost(figures, row["month"])} for row in rates],
        "by_office": [
            {**row, "bar": range_bar(row["estimate"], row["low"], row["high"], top, base)}
            for row in figures["rate_by_office"]
        ],
        "currency": figures["currency"],
    }


def _lost(figures: Figures, month: str) -> dict[str, Any]:
    row = next((one for one in figures["missed_by_month"] if one["month"] == month), {})
    return {f"missed_{name}": row.get(name) for name in ("number", "number_low", "number_high")}


def profiles(figures: Figures, request: Asked) -> dict[str, Any]:
    """A row a profile, in the order that the address says."""
    known, judged = _book(), {row["profile"]: row for row in figures["verdicts"]}
    base = figures["base"] or 0.0
    top = max([row["rate"] or 0.0 for row in figures["profiles"]] + [base]) * 1.15 or 0.1
    rows = []
    for row in figures["profiles"]:
        verdict = judged.get(row["profile"], {})
        rows.append(
            {
                **row,
                "title": title(known.get(row["profile"]), request.user),
                "verdict": _verdict(verdict.get("verdict", "")),
                "retire": verdict.get("retire"),
                "bar": range_bar(row["rate"], row["low"], row["high"], top, base),
                "spark": _spark(figures["trend"], row["profile"]),
            }
        )
    order = request.GET.get("sort", "found")
    order = order if order in SORTS else "found"

    def rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
        value = row[order]
        return value is None, value if order in RISING else -(value or 0), row["profile"]

    rows.sort(key=rank)
    part = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return {"rows": part.object_list, "part": part, "sort": order, "base": base, "currency": figures["currency"]}


def profile(figures: Figures, request: Asked, name: str) -> dict[str, Any]:
    """One profile. Http404 where it is neither among the figures nor in the book in force."""
    known = _book()
    row = next((one for one in figures["profiles"] if one["profile"] == name), None)
    if row is None and name not in known:
        raise Http404
    trend = [one for one in figures["trend"] if one["profile"] == name]
    verdict = next((one for one in figures["verdicts"] if one["profile"] == name), None)
    base = figures["base"]
    return {
        "name": name,
        "title": title(known.get(name), request.user),
        "in_force": name in known,
        "row": row,
        "verdict": verdict and {**verdict, "label": _verdict(verdict["verdict"]), "why": _side(verdict, "reason")},
        "advice": verdict and ADVICE[verdict["verdict"]],
        "plot": course(_points(trend), _("Rate of finds by month, %(source)s") % {"source": name}, base=base),
        "trend": [{**one, "name": _month(one["month"])} for one in trend],
        "overlap": [
            {**one, "title": title(known.get(one["other"]), request.user)}
            for one in figures["overlap"]
            if one["profile"] == name
        ],
        "base": base,
        "currency": figures["currency"],
    }


def lists(figures: Figures, request: Asked) -> dict[str, Any]:
    """A row a list."""
    top = max([row["high"] for row in figures["lists"] if row["opened"]] + [0.1])
    return {
        "rows": [
            {
                **row,
                "bar": range_bar(row["rate"], row["low"], row["high"], top, figures["base"]),
                "spark": _spark(figures["lists_trend"], row["profile"]),
            }
            for row in figures["lists"]
        ],
        "currency": figures["currency"],
    }


def _spark(trend: Iterable[Mapping[str, Any]], name: str) -> Any:
    return spark([one["rate"] for one in trend if one["profile"] == name], _("Rate by month"))


def _source(figures: Figures, name: str) -> dict[str, Any]:
    row = next(one for one in figures["sources"] if one["source"] == name)
    months = [
        {**one, "month": month, "name": _month(month)}
        for month, part in figures["months"].items()
        for one in part
        if one["source"] == name
    ]
    said = _("Rate of finds by month, %(source)s") % {"source": SOURCES[name]}
    plot = course(_points(months), said, base=figures["base"])
    return {**row, "label": SOURCES[name], "months": months, "plot": plot}


def model(figures: Figures, request: Asked) -> dict[str, Any]:
    """What the model selected, and how often its scores came true among what was opened."""
    bands = figures["scores"]
    seen = [(row["expected"], row["rate"], row["low"], row["high"]) for row in bands if row["opened"]]
    return {
        "source": _source(figures, "model"),
        "bands": bands,
        "plot": calibration(seen, _("Score against what was found, by band of the score")),
        "currency": figures["currency"],
    }


def draw(figures: Figures, request: Asked) -> dict[str, Any]:
    """The draw and exploration."""
    return {
        "sources": [_source(figures, "draw"), _source(figures, "exploration")],
        "rate": figures["rate"][0],
        "counts": figures["counts"],
        "currency": figures["currency"],
    }


def officers(figures: Figures, request: Asked) -> dict[str, Any]:
    """Officers' figures; without the right to know names, by office."""
    named = request.user.may("see_audit") or request.user.may("assign")
    people = {one.pk: _who(one) for one in User.objects.all()} if named else {}
    acts = figures["overrides"] if named else _by_office(figures["overrides"])
    return {
        "named": named,
        "released": [{**row, "who": people.get(row["officer"])} for row in acts if row["kind"] == "released"],
        "sent": [{**row, "who": people.get(row["officer"])} for row in acts if row["kind"] == "sent"],
        "streaks": [
            {**row, "who": people.get(row["officer"]), "said": odds(row["chance"], row["all_chance"])}
            for row in figures["streaks"]
            if named
        ],
        "inspectors": len(figures["streaks"]),
        "unusual": sum(row["all_chance"] <= 0.05 for row in figures["streaks"]),
        "pairs": [{**row, "who": people.get(row["officer"])} for row in figures["pairs"] if named],
        "pairs_found": len(figures["pairs"]),
        "pairs_judged": figures["pairs_judged"],
        "let_go": figures["released"],
    }


def _who(user: User) -> str:
    """Name and account: two people may share a name."""
    name = user.get_full_name()
    return f"{name} ({user.username})" if name else user.username


def _by_office(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Overrides by office and kind; limits are worked out anew from the sums."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        one = sums.setdefault(
            (row["kind"], row["office"] or ""),
            {"kind": row["kind"], "office": row["office"], "officer": None, "number": 0, "checked": 0, "found": 0},
        )
        for name in ("number", "checked", "found"):
            one[name] += row[name]
    for one in sums.values():
        one["low"], one["high"] = rate_interval(one["found"], one["checked"])
        one["rate"] = one["found"] / one["checked"] if one["checked"] else None
    return [sums[key] for key in sorted(sums)]


def title(profile: Profile | None, user: User) -> str:
    """What a profile looks for, for those who may know it."""
    if profile is None:
        return _("no longer in force")
    if profile.restricted and user.clearance < Clearance.RESTRICTED:
        return _("a restricted profile")
    return (profile.title_vi if get_language() == "vi" else "") or profile.title


def _verdict(name: str) -> str:
    return VERDICTS[name][get_language() == "vi"] if name else "–"


def _side(row: Mapping[str, Any], name: str) -> str:
    return str((row[f"{name}_vi"] if get_language() == "vi" else None) or row[name])


def _book() -> dict[str, Profile]:
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    return _profiles(held.edition_id, held.edition.book) if held else {}


@functools.lru_cache(maxsize=2)
def _profiles(number: int, book: str) -> dict[str, Profile]:
    return {one.id: one for one in Book.from_toml(book).profiles}
