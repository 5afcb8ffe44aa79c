"""What assess and inspect say of manifests."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tidegate.intake import CARGO_KINDS, Intake, Tolerance, meeting

__all__ = ["Shipments"]

# Kinds of consignments as they stand behind a number, whatever that is.
_IN_SHORT = {
    **{kind.code: kind.code.replace("_", " ") for kind in CARGO_KINDS},
    "agrees": "in agreement",
}


@dataclass(frozen=True, slots=True)
class Shipments:
    """Declarations held against manifests: the `lines` with what was found, the report of intake.meet, and what became
    of the `bills` that came now (intake.Meeting)."""

    lines: pl.DataFrame
    report: pl.DataFrame
    bills: pl.DataFrame

    @property
    def any(self) -> bool:
        """Whether a manifest was given."""
        return bool(self.report.height)

    @classmethod
    def of(cls, now: Intake, past: Intake | None, tolerance: Tolerance) -> Shipments:
        """Hold all lines against all bills, those of the history too: cargo comes before its declaration, or after.

        Without any bill the lines stay as they are.
        """
        bills = pl.concat([*([past.bills] if past is not None else []), now.bills])
        if not bills.height:
            met = meeting(now.lines, bills)
            return cls(now.lines, met.report, met.bills)
        before = past.lines if past is not None else now.lines.clear()
        needed = [name for name in now.lines.columns if name in before.columns]
        lines = pl.concat([before.select(needed), now.lines], how="diagonal_relaxed")
        met = meeting(lines, bills, tolerance)
        found = met.lines.tail(now.lines.height).select("cargo_found", "cargo_mass_ratio")
        # What was declared in the past had its manifests in the past.
        gone = pl.Series(before["declaration_id"].unique(), dtype=pl.String)
        report = met.report.filter(
            (pl.col("kind") != "without_cargo") | ~pl.col("declaration_ids").is_in(gone.implode())
        )
        of_message = ["message_format", "manifest_id", "message_id"]
        came = met.bills.join(now.bills.select(of_message).unique(), on=of_message, how="semi", nulls_equal=True)
        return cls(now.lines.with_columns(found), report, came)

    def told(self) -> list[str]:
        """How many consignments there are of each kind, in a sentence; nothing without a manifest."""
        counts = dict(self.report["kind"].value_counts().iter_rows())
        said = [f"{counts[kind.code]:,} {_IN_SHORT[kind.code]}" for kind in CARGO_KINDS if kind.code in counts]
        return [f"Manifests and declarations: {', '.join(said)}."] if said else []
