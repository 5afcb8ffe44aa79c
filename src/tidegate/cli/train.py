"""tidegate train: learn from findings."""

from __future__ import annotations

from pathlib import Path

from tidegate.assessment import labelled
from tidegate.cli.progress import Bars
from tidegate.cli.sources import day, read_lines, read_results
from tidegate.errors import InputError
from tidegate.indicators import Counters, compute
from tidegate.models import Model

__all__ = ["train"]


def train(
    *lines: Path,
    out: Path,
    findings: list[Path] | None = None,
    mapping: Path | None = None,
    until: str | None = None,
    seed: int = 0,
) -> None:
    """Learn from findings; write a model folder with its card.

    Parameters
    ----------
    lines:
        Files, folders or patterns with declarations (CSV, Parquet, Arrow, NDJSON).
    out:
        Folder for the model.
    findings:
        Files with what was found; may be named several times. Not needed where the mapping names a [finding].
    mapping:
        Mapping file (TOML) that maps other column names onto the line table.
    until:
        Learn only from what was lodged and known by the end of this day, as 2025-09-30.
    seed:
        Same lines, findings and seed: same model.
    """
    last = day(until, "--until") if until else None
    if out.exists() and any(out.iterdir() if out.is_dir() else [out]) and not (out / "card.json").exists():
        raise InputError("is there already and is no model.", where=str(out), hint="Choose another --out.")
    with Bars() as bars:
        with bars.stage("Reading lines") as tell:
            intake = read_lines(lines, mapping, tell)
        with bars.stage("Reading findings") as tell:
            results = read_results(findings or [], tell, intake.findings).table
        with bars.stage("Indicators"):
            known = labelled(intake.lines, results, last)
            counters = Counters()
            counters.add(intake.lines, results)
            opened = intake.lines.filter(
                intake.lines["declaration_id"].is_in(known["declaration_id"].unique().implode())
            )
            history = opened.select("declaration_id", "item_number").hstack(compute(opened, counters))
            table = known.join(history, on=["declaration_id", "item_number"], how="left", maintain_order="left")
        with bars.stage("Learning") as tell:
            model = Model.train(
                table.drop("illicit", "recovered"),
                known["illicit"].to_numpy(),
                known["lodged_on"].to_numpy(),
                revenue=known["recovered"].to_numpy(),
                seed=seed,
                progress=lambda step, share: tell(share),
            )
    model.save(out)
    share = known["illicit"].sum() / known.height
    print(f"Learned from {known.height:,} lines, {share:.1%} of them illicit. Model {model.version[:12]} is in {out}")
    print(f"Its card: {out / 'card.md'}")
