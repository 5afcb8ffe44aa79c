"""The watch lists of the simulated administration: what was known before the first day, some of it out of date."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date, timedelta

import numpy as np

from tidegate.simulator.offences import SCHEME_INDEX
from tidegate.simulator.rings import Rings

__all__ = ["abroad", "watch_lists"]

COLUMNS = ("value", "kind", "owner", "reason", "expires")
# Share of the offenders at work on the first day that somebody had a tip about.
TIPPED = 0.25


def watch_lists(rings: Rings, containers: list[str], start: date, rng: np.random.Generator) -> dict[str, str]:
    """Return the text of each list by its name: importers, addresses, suppliers and containers to look out for.

    Half of each list is what intelligence got right, half is honest: tips go wrong, and lists are not tidied.
    """
    traders = rings.traders
    tips = [ring for ring in rings.all if ring.starts == 0 and rng.random() < TIPPED]
    lanes = traders.lanes[[ring.lane for ring in tips]]
    phoenix = [ring.lane for ring in rings.all if ring.scheme == SCHEME_INDEX["phoenix"] and ring.starts == 0]
    ids, homes = traders.importer_texts["importer_id"], traders.importer_texts["importer_address"]
    suppliers = traders.supplier_texts["exporter_id"]

    names, names_abroad = traders.importer_texts["importer_name"], traders.supplier_texts["exporter_name"]
    # A generator of its own: what else is drawn does not change for it.
    notices = rng.spawn(1)[0]

    def honest(names: list[str], count: int) -> list[str]:
        return [
            names[place] for place in rng.choice(rings.first_importer, min(count, rings.first_importer), replace=False)
        ]

    found = {
        "vn-watch": ("company", [ids[place] for place in lanes["importer"].tolist()], honest(ids, len(tips) + 2)),
        "vn-watch-addresses": (
            "address",
            [homes[traders.lanes[lane]["importer"]] for lane in phoenix],
            honest(homes, len(phoenix) + 1),
        ),
        "vn-watch-suppliers": (
            "company",
            [suppliers[place] for place in lanes["supplier"].tolist()[: len(tips) // 2]],
            honest(suppliers, len(tips) // 2 + 1),
        ),
        "vn-watch-containers": (
            "container",
            [],
            [containers[n] for n in rng.integers(0, len(containers), 20).tolist()],
        ),
        # Another administration's warning: it knows names as papers abroad write them, and no numbers.
        "partner-notices": (
            "company",
            [abroad(names[place]) for place in lanes["importer"].tolist()[::2]]
            + [names_abroad[place] for place in lanes["supplier"].tolist()[1::2]],
            [abroad(names[place]) for place in notices.choice(rings.first_importer, 3, replace=False).tolist()],
        ),
    }
    lists = {}
    for name, (kind, right, wrong) in found.items():
        values = sorted({*right, *wrong})
        owner = "partner" if name == "partner-notices" else "hq.risk"
        terms = (notices if name == "partner-notices" else rng).integers(-60, 500, len(values)).tolist()
        rows = [
            (
                value,
                kind,
                owner,
                "information received",
                (start + timedelta(days=term)).isoformat(),
            )
            for value, term in zip(values, terms, strict=True)
        ]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])
        lists[name] = out.getvalue()
    return lists


def abroad(name: str) -> str:
    """A Vietnamese name as papers abroad write it: in capitals, without marks."""
    letters = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).upper()
