"""The oracle: every indicator in plain Python, one line at a time, straight from its definition."""

from __future__ import annotations

from datetime import date
from itertools import chain
from math import isfinite, log
from typing import Any

Row = dict[str, Any]


def _text(value: str | None) -> str | None:
    return value or None


def _spelt(value: str | None) -> str | None:
    return " ".join(value.casefold().split()) or None if value else None


def _number(value: float | None, most: float) -> float | None:
    return float(value) if value is not None and isfinite(value) and 0 <= value <= most else None


def parts(row: Row) -> dict[str, Any]:
    """The values that keys are made of."""
    way = tuple(_text(row[name]) for name in ("dispatch_country", "transit_country", "loading_port", "unloading_port"))
    code = row["hs_code"] or ""
    name = _spelt(row["exporter_name"])
    found: dict[str, Any] = {
        "importer": _text(row["importer_id"]),
        "address": _spelt(row["importer_address"]),
        "declarant": _text(row["declarant_id"]),
        "exporter": _text(row["exporter_id"]) or (name and ("name", name)),
        "carrier": _text(row["carrier_id"]),
        "office": _text(row["office"]),
        "origin": _text(row["origin_country"]),
        "hs4": code[:4] if len(code) >= 4 else None,
        "hs6": code[:6] if len(code) >= 6 else None,
        "route": way if any(way) else None,
        "passage_way": way[:2] if any(way[:2]) else None,
        "overall": "all",
        "sender": _text(row.get("message_sender")) or _text(row["declarant_id"]),
    }
    pairs = {
        "hs6_origin": ("hs6", "origin"),
        "importer_hs4": ("importer", "hs4"),
        "importer_hs6": ("importer", "hs6"),
        "importer_exporter": ("importer", "exporter"),
        "importer_origin": ("importer", "origin"),
        "importer_declarant": ("importer", "declarant"),
        "importer_route": ("importer", "route"),
        "exporter_hs6": ("exporter", "hs6"),
        "exporter_origin": ("exporter", "origin"),
        "declarant_office": ("declarant", "office"),
        "passage": ("origin", "passage_way"),
    }
    for pair, (one, other) in pairs.items():
        found[pair] = None if found[one] is None or found[other] is None else (found[one], found[other])
    return found


def price_of(row: Row) -> float | None:
    """Value per kg."""
    value, net = _number(row["customs_value"], 1e13), _number(row["net_mass_kg"], 1e10)
    return value / net if value and net else None


def naive(row: Row, lines: list[Row], findings: list[Row], settings: Row) -> Row:
    """All indicators of `row`, which is one of a table whose whole history is `lines` and `findings`."""
    today: date = row["lodged_on"]
    mine = parts(row)
    results: list[tuple[Any, Row, Any, Any]] = []
    for line in lines:
        about = [
            finding
            for finding in findings
            if finding["declaration_id"] == line["declaration_id"]
            and finding["item_number"] in (None, line["item_number"])
        ]
        opened = min((max(finding["found_on"], line["lodged_on"]) for finding in about), default=None)
        unlawful = min(
            (max(finding["found_on"], line["lodged_on"]) for finding in about if finding["illicit"]), default=None
        )
        results.append((line, parts(line), opened, unlawful))
        if unlawful is not None and opened < unlawful:
            results.append((None, parts(line), unlawful, None))  # opened a second time

    def past(key: str, days: int | None = None) -> list[Row]:
        return [
            line
            for line, its, _, _ in results
            if mine[key] is not None
            and its[key] == mine[key]
            and line is not None
            and line["lodged_on"] < today
            and (days is None or (today - line["lodged_on"]).days <= days)
        ]

    def known(key: str, which: int, days: int | None = None) -> list[date]:
        return [
            entry[which]
            for entry in results
            if mine[key] is not None
            and entry[1][key] == mine[key]
            and entry[which] is not None
            and entry[which] < today
            and (days is None or (today - entry[which]).days <= days)
        ]

    out: Row = {}

    def volume(name: str, key: str, value: float) -> None:
        out[name] = None if mine[key] is None else float(value)

    def total(key: str, days: int, field: str, most: float, places: int) -> float:
        return sum(round((_number(line[field], most) or 0.0) * 10**places) for line in past(key, days)) / 10**places

    for key, days in chain(
        *(
            [(key, days) for days in windows]
            for key, windows in {
                "importer": (7, 30, 180, 365),
                "address": (7, 30, 365),
                "declarant": (30, 365),
                "exporter": (30, 365),
                "carrier": (365,),
                "office": (30,),
                "hs6_origin": (30, 180),
                "importer_hs4": (365,),
                "importer_hs6": (365,),
                "exporter_hs6": (365,),
                "route": (365,),
            }.items()
        )
    ):
        volume(f"{key}_lines_{days}d", key, len(past(key, days)))
    for key, days in (("importer", 7), ("importer", 30), ("importer", 365), ("address", 7)):
        distinct = {(line["declaration_id"], line["lodged_on"]) for line in past(key, days)}
        volume(f"{key}_declarations_{days}d", key, len(distinct))
        volume(f"{key}_value_{days}d", key, total(key, days, "customs_value", 1e13, 2))
    volume("importer_mass_kg_365d", "importer", total("importer", 365, "net_mass_kg", 1e10, 3))
    for key in ("importer", "declarant", "exporter", "hs6_origin"):
        volume(f"{key}_opened_365d", key, len(known(key, 2, 365)))
    volume("importer_found_365d", "importer", len(known("importer", 3, 365)))
    month, year = out["importer_lines_30d"], out["importer_lines_365d"]
    out["importer_surge_30d"] = month / (year * 30 / 365) if year else None

    everywhere, weight = known("overall", 2, 365), settings["prior_openings"]
    for key in (
        *("importer", "address", "declarant", "exporter", "carrier", "office", "origin", "hs4", "hs6", "hs6_origin"),
        *("importer_hs4", "importer_origin", "exporter_origin", "declarant_office", "route"),
    ):
        rate = None
        if mine[key] is not None and everywhere:
            prior = len(known("overall", 3, 365)) / len(everywhere)
            rate = (len(known(key, 3, 365)) + weight * prior) / (len(known(key, 2, 365)) + weight)
        out[f"{key}_hit_rate_365d"] = rate
    latest = max((*known("importer", 2), *known("importer", 3)), default=None)
    out["importer_last_result_days"] = None if latest is None else (today - latest).days

    def since(key: str, choose: Any) -> int | None:
        day = choose((line["lodged_on"] for line in past(key)), default=None)
        return None if day is None else (today - day).days

    for key in ("address", "declarant", "exporter"):
        out[f"{key}_first_seen_days"] = None if mine[key] is None else since(key, min) or 0
    for key in ("importer", "exporter", "importer_hs4"):
        out[f"{key}_last_seen_days"] = since(key, max)
    registered = row["importer_registered_on"]
    if registered is not None and registered <= today:
        out["importer_age_days"] = (today - registered).days
    else:
        out["importer_age_days"] = None if mine["importer"] is None else since("importer", min) or 0
    volume("importer_days_seen", "importer", len({line["lodged_on"] for line in past("importer")}))

    for name, key in {
        "importer_new": "importer",
        "importer_new_hs4": "importer_hs4",
        "importer_new_hs6": "importer_hs6",
        "importer_new_supplier": "importer_exporter",
        "importer_new_origin": "importer_origin",
        "importer_new_declarant": "importer_declarant",
        "importer_new_route": "importer_route",
        "supplier_new": "exporter",
        "supplier_new_hs6": "exporter_hs6",
        "supplier_new_origin": "exporter_origin",
        "route_new": "route",
        "passage_new": "passage",
        "hs6_origin_new": "hs6_origin",
    }.items():
        out[name] = None if mine[key] is None else not past(key)
    news = (
        "importer_new_hs4",
        "importer_new_supplier",
        "importer_new_origin",
        "importer_new_declarant",
        "importer_new_route",
    )
    volume("importer_novelties", "importer", sum(out[name] is True for name in news))

    for name, (key, whole) in {
        "importer_hs4_share": ("importer_hs4", "importer"),
        "importer_origin_share": ("importer_origin", "importer"),
        "importer_supplier_share": ("importer_exporter", "importer"),
        "importer_declarant_share": ("importer_declarant", "importer"),
        "importer_route_share": ("importer_route", "importer"),
        "declarant_importer_share": ("importer_declarant", "declarant"),
        "supplier_importer_share": ("importer_exporter", "exporter"),
        "origin_passage_share": ("passage", "origin"),
    }.items():
        among = past(whole, 365)
        out[f"{name}_365d"] = len(past(key, 365)) / len(among) if among and mine[key] is not None else None

    value, net = _number(row["customs_value"], 1e13), _number(row["net_mass_kg"], 1e10)
    gross, packages = _number(row["gross_mass_kg"], 1e10), row["packages"]
    rate = _number(row["duty_rate"], 1e4)
    out["unit_price"] = value / net if value is not None and net else None
    prices = [price_of(line) for line in past("hs6_origin", 180)]
    volume("hs6_origin_prices_180d", "hs6_origin", sum(price is not None for price in prices))
    for key, days in (("hs6_origin", 180), ("hs6", 180), ("importer_hs6", 365)):
        usual = sorted(price for line in past(key, days) if (price := price_of(line)) is not None)
        z = ratio = None
        price = price_of(row)
        if price is not None and len(usual) >= settings["least_prices"]:
            low, median, high = (usual[(len(usual) - 1) * quarter // 4] for quarter in (1, 2, 3))
            spread = max((log(high) - log(low)) * 0.7413, settings["least_spread"])
            z, ratio = (log(price) - log(median)) / spread, price / median
        out[f"unit_price_z_{key}_{days}d"], out[f"unit_price_ratio_{key}_{days}d"] = z, ratio
    boxes = packages if packages is not None and packages > 0 else None
    out["value_per_package"] = value / boxes if boxes and value is not None else None
    cents = round((value or 0) * 100)
    out["value_trailing_zeros"] = None
    if cents > 0:
        digits = str(cents)
        out["value_trailing_zeros"] = max(0, min(13, len(digits) - len(digits.rstrip("0")) - 2))
    out["duty_at_stake"] = None if value is None or rate is None else value * rate / 100
    rates = [rated for line in past("hs4", 365) if (rated := _number(line["duty_rate"], 1e4)) is not None]
    out["duty_rate_gap_hs4_365d"] = sum(rates) / len(rates) - rate if rates and rate is not None else None
    mass = net if gross is None else gross
    out["mass_per_package_kg"] = mass / boxes if boxes and mass is not None else None
    out["net_to_gross"] = net / gross if gross and net is not None else None
    origin, dispatch, transit = (_text(row[f"{name}_country"]) for name in ("origin", "dispatch", "transit"))
    both = origin is not None and dispatch is not None
    out["origin_differs_dispatch"] = origin != dispatch if both else None
    out["transit_third_country"] = transit is not None and transit not in (origin, dispatch) if both else None

    siblings = row["siblings"]
    out["declaration_lines"] = len(siblings)
    values = [_number(line["customs_value"], 1e13) for line in siblings]
    worth = None if None in values else sum(round(each * 100) for each in values if each is not None) / 100
    out["declaration_value"] = worth
    limit = settings["de_minimis"].get(row["currency"])
    close = worth is not None and limit is not None and 0 < worth <= limit
    out["de_minimis_gap"] = (limit - worth) / limit if close else None
    for key in ("importer", "address"):
        week = out[f"{key}_value_7d"]
        able = None not in (week, worth, limit)
        out[f"{key}_de_minimis_week"] = (week + worth) / limit if able else None

    sent, everyone, prior = past("sender", 30), past("overall", 30), settings["prior_lines"]
    out["sender_error_rate_30d"] = None
    if everyone and mine["sender"] is not None:
        usual = sum(bool(line.get("flags")) for line in everyone) / len(everyone)
        bad = sum(bool(line.get("flags")) for line in sent)
        out["sender_error_rate_30d"] = (bad + prior * usual) / (len(sent) + prior)
    return out
