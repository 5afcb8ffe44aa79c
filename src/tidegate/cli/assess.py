"""tidegate assess: from lines to decisions, with reasons and a report."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping as Table
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from tidegate import __version__
from tidegate.assessment import Assessment, Engine, InForce, open_lists, titles, with_extras, write_record
from tidegate.cli.announced import announcements
from tidegate.cli.progress import Bars
from tidegate.cli.shipments import Shipments
from tidegate.cli.sources import day, in_language, open_keys, read_intake, read_results, some_lines
from tidegate.cli.tables import decided
from tidegate.cli.wording import counted
from tidegate.errors import InputError
from tidegate.indicators import INDICATORS, Counters
from tidegate.intake import (
    FLAGS,
    REJECTIONS,
    Intake,
    Tolerance,
    across,
    amended_after,
    late_withdrawals,
    renamed,
    withdrawn_after,
    write_amendments,
    write_cargo,
    write_quality,
    write_rejected,
)
from tidegate.intake.amendments import FAULTS
from tidegate.models import DERIVED, Model
from tidegate.profiles import Book
from tidegate.report import write_report
from tidegate.selection import Policy

__all__ = ["assess"]

STAGES = {
    "Reading rules": "Đọc bộ tiêu chí, mô hình và chính sách",
    "Reading lines": "Đọc dòng hàng",
    "Reading history": "Đọc dữ liệu lịch sử",
    "Counting": "Đếm",
    "Indicators": "Tính chỉ số rủi ro",
    "Screening": "Đối chiếu danh sách theo dõi",
    "Profiles": "Đối chiếu hồ sơ rủi ro",
    "Model": "Chấm điểm bằng mô hình",
    "Selection": "Phân luồng và lựa chọn ngẫu nhiên",
    "Reasons": "Tập hợp lý do",
}


def assess(
    *lines: Path,
    out: Path,
    mapping: Path | None = None,
    history: list[Path] | None = None,
    findings: list[Path] | None = None,
    counters: Path | None = None,
    book: list[Path] | None = None,
    lists: Path | None = None,
    lists_cache: Path | None = None,
    cleared: Path | None = None,
    model: Path | None = None,
    policy: Path | None = None,
    keys: Path | None = None,
    since: str | None = None,
    received: str | None = None,
    announced: list[Path] | None = None,
    tolerance_percent: float = 2.0,
    tolerance_kg: float = 50.0,
    title: str = "",
    language: str = "en",
    replace: bool = False,
) -> None:
    """Decide for every declaration, with reasons; write the report.

    Parameters
    ----------
    lines:
        Files, folders or patterns with declarations: tables (CSV, Parquet, Arrow, NDJSON) and messages of any format,
        mixed; manifests among them are held against the declarations.
    out:
        Folder for decisions.parquet, lines.parquet, rejected.csv, quality.csv, summary.json, report.html and the
        record; amendments.csv where amendments say only what changes, cargo.csv where there are manifests,
        earlier.parquet where there are superseded or cancelled lines.
    mapping:
        Mapping file (TOML) for lines and history.
    history:
        Files with earlier declarations: they are counted, not decided. Of a declaration that is in both in another
        version the latest counts.
    findings:
        Files with what was found in the past.
    counters:
        Counters file with what is known already (see `tidegate counters update`).
    book:
        Book of profiles (TOML); may be named several times.
    lists:
        Folder of lists: every party, container, means of transport and description is held against them, and
        on_list(...) looks there.
    lists_cache:
        Folder that keeps each list as it was last read whole: it serves on where today's is damaged.
    cleared:
        File with what officers found to be not the same (see `tidegate screen clear`).
    model:
        Folder that `tidegate train` wrote.
    policy:
        Selection policy (TOML); a sensible default without it.
    keys:
        File with the secret behind the draw; made beside OUT where there is none.
    since:
        Decide only what was lodged from this day on; earlier lines are history.
    received:
        Day on which messages count as lodged that do not say so, as 2026-01-31; today without it.
    announced:
        Folders of earlier assessments, or files with declaration_id and announced_at: what they had opened is known
        to the declarant. An amendment sent after that is marked (amended_after_announcement); a withdrawal after that
        counts against later lines of the importer, or of the declarant where no importer is named (late_withdrawals).
    tolerance_percent, tolerance_kg:
        How much declared and manifested mass may differ: what is within either of them agrees.
    title:
        Name of the administration, for the report.
    language:
        Language in which the report opens: en or vi. It holds both.
    replace:
        Write over an earlier assessment in OUT.
    """
    first = day(since, "--since") if since else None
    in_language(language)
    tolerance = Tolerance(tolerance_percent / 100.0, tolerance_kg)
    opened = announcements(announced or [])
    if out.exists() and not replace:
        raise InputError("this folder exists already.", where=str(out), hint="Choose another --out, or pass --replace.")
    with Bars() as bars:
        with bars.stage("Reading rules"):
            held = open_lists(lists, cleared=cleared, cache=lists_cache, now=datetime.now(UTC)) if lists else None
            engine = Engine(
                policy=Policy.load(policy) if policy else Policy(),
                keys=open_keys(keys, out, create=True),
                book=Book.join(Book.load(path) for path in book or []),
                lists=held.watch if held else None,
                model=Model.load(model) if model else None,
                screener=held.screener if held else None,
            )
        with bars.stage("Reading lines") as tell:
            intake = read_intake(lines, mapping, tell, received)
            own = intake.lines.height
        with bars.stage("Reading history") as tell:
            known = Counters.load(counters) if counters else Counters()
            past = read_intake(history, mapping, tell, received) if history else None
            if past is not None:
                past, intake = across(past, intake)
            if not own:
                some_lines(intake, lines)
            results = read_results(findings or [], tell, intake.findings, past.findings if past else None)
            results = dataclasses.replace(results, table=renamed(results.table, intake.references))
        cargo = Shipments.of(intake, past, tolerance)
        current = cargo.lines
        withdrawn = None
        if opened is not None:
            opened = renamed(opened, intake.references)
            gone = pl.concat([came.earlier for came in (past, intake) if came is not None], how="diagonal_relaxed")
            withdrawn = withdrawn_after(gone, opened)
            current = current.with_columns(
                amended_after(current, intake.earlier, opened), late_withdrawals(current, withdrawn)
            )
        current = with_extras(current, engine.book)
        if not current.height:
            raise InputError(
                "every declaration was superseded or cancelled by what is in the history.",
                where="--history",
                hint="Leave out what was received after these files.",
            )
        current = current if first is None else current.filter(pl.col("lodged_on") >= first)
        if not current.height:
            raise InputError("no line was lodged on or after this day.", where="--since", hint="Name an earlier day.")
        with bars.stage("Counting"):
            if past is not None:
                known.add(past.lines, earlier=past.earlier)
            known.add(intake.lines, results.table, intake.earlier)
        assessment = engine.assess(current, known, bars.stage)
        with bars.stage("Writing"):
            summary = summarise(intake, current, assessment, engine, title, bars.seconds)
            write_record(
                out,
                engine,
                known,
                current.columns,
                assessment,
                books=book or [],
                lists=lists,
                replace=replace,
                also={
                    "rejected.csv": lambda path: write_rejected(
                        pl.concat([intake.rejected, *([past.rejected] if past else []), results.rejected]),
                        path,
                        language,
                    ),
                    "summary.json": lambda path: write_summary(path, summary),
                    "quality.csv": lambda path: write_quality(intake.quality, path, language),
                    **({"cargo.csv": lambda path: write_cargo(cargo.report, path, language)} if cargo.any else {}),
                    **({"bills.parquet": cargo.bills.write_parquet} if cargo.bills.height else {}),
                    **(
                        {"amendments.csv": lambda path: write_amendments(intake.amendments, path, language)}
                        if intake.amendments.height
                        else {}
                    ),
                    **({"earlier.parquet": intake.earlier.write_parquet} if intake.earlier.height else {}),
                    "report.html": lambda path: write_report(
                        path, assessment.decisions, assessment.lines, summary, lang=language, title=title
                    ),
                },
            )
    console = Console(highlight=False)
    console.print(decided(assessment.decisions))
    counts = intake.counts
    console.print(
        f"{counted(counts['read'], 'row')} read, {counts['kept']:,} kept, {counts['rejected']:,} rejected, "
        f"{counts['flagged']:,} flagged.",
        markup=False,
    )
    for text in [*told(intake, cargo, current, withdrawn), *listed(held, assessment.matches)]:
        console.print(text, markup=False)
    console.print(f"Report: {out / 'report.html'}", markup=False, soft_wrap=True)


def told(intake: Intake, cargo: Shipments, current: pl.DataFrame, withdrawn: pl.DataFrame | None) -> list[str]:
    """What else came besides lines, a sentence each."""
    counts = intake.counts
    said = [
        f"{counted(counts[why], 'row')} {why} by a later message."
        for why in ("superseded", "cancelled")
        if why in counts
    ]
    if intake.answers.height:
        said.append(f"{counted(intake.answers.height, 'answer')} of others read; answers decide nothing.")
    if "amended_after_announcement" in current.columns and current["amended_after_announcement"].any():
        late = current.filter("amended_after_announcement")["declaration_id"].n_unique()
        said.append(f"{counted(late, 'declaration')} amended after an inspection was announced.")
    if withdrawn is not None and withdrawn.height:
        said.append(f"{counted(withdrawn.height, 'declaration')} withdrawn after an inspection was announced.")
    asked = intake.amendments
    if asked.height:
        whole = asked["faults"].null_count()
        said.append(f"{counted(asked.height, 'amendment')} by pointers: {whole:,} applied in whole.")
    if asked.height and whole < asked.height:
        first = asked.filter(pl.col("faults").is_not_null()).row(0, named=True)
        why = "; ".join(fault.text for fault in FAULTS if fault.code in first["faults"].split())
        said.append(f"The first that is not: {first['file']}, row {first['row']}, {first['declaration_id']}: {why}.")
    return said + cargo.told()


def listed(held: InForce | None, matches: pl.DataFrame) -> list[str]:
    """What the lists said, a sentence each, and which of them are not as they stand in their folder."""
    if held is None or held.screener is None:
        return []
    entries, lists = len(held.screener.entries), len(held.screener.lists.by_name)
    declarations = counted(matches["declaration_id"].n_unique(), "declaration")
    said = [
        f"Held against {counted(entries, 'entry', 'entries')} of {counted(lists, 'list')}: {declarations} with a "
        "possible match, to be confirmed with the owners."
    ]
    states = held.renewal.states if held.renewal else ()
    return said + [f"List {one.told()}" for one in states if one.state == "stale"]


def summarise(
    intake: Intake,
    current: pl.DataFrame,
    assessment: Assessment,
    engine: Engine,
    title: str,
    seconds: Table[str, float],
) -> dict[str, Any]:
    """What summary.json says of a run, and what the report needs to know besides the tables."""
    decisions = assessment.decisions
    by_channel = decisions.group_by("channel").agg(
        pl.len().alias("declarations"), pl.col("customs_value").sum().round(2), pl.col("duty_at_stake").sum().round(2)
    )
    flags = current.get_column("flags").drop_nulls().str.split(" ").explode().value_counts(sort=True)
    rejections = intake.rejected.get_column("reason").value_counts(sort=True)
    return {
        "administration": title,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "window": {"from": str(decisions["lodged_on"].min()), "to": str(decisions["lodged_on"].max())},
        "counts": {**intake.counts, "assessed": current.height, "declarations": decisions.height},
        "channels": {row["channel"]: row for row in by_channel.sort("channel").to_dicts()},
        "rejections": dict(rejections.iter_rows()),
        "flags": dict(flags.iter_rows()),
        "files": dict(intake.files),
        "versions": {
            **{name.removesuffix("_version"): version or "" for name, version in engine.versions.items()},
            "tidegate": __version__,
        },
        "commitments": {
            str(lodged): seal
            for lodged, seal in decisions.select("lodged_on", "commitment").unique().sort("lodged_on").iter_rows()
        },
        "model": engine.model.card.data if engine.model else {},
        "timings": dict(seconds),
        "labels": labels(engine),
    }


def labels(engine: Engine) -> dict[str, dict[str, str]]:
    """What everything that the report may name is called in both languages."""
    return {
        **{name: {"en": name, "vi": vietnamese} for name, vietnamese in STAGES.items()},
        **{name: {"en": english, "vi": vietnamese} for name, (english, vietnamese, _) in DERIVED.items()},
        **{item.code: {"en": item.text, "vi": item.text_vi} for item in (*REJECTIONS, *FLAGS)},
        **{item.name: {"en": item.label, "vi": item.label_vi} for item in INDICATORS},
        **{item.id: dict(zip(("en", "vi"), titles(item), strict=True)) for item in engine.book.profiles},
        "score": {"en": "Risk score", "vi": "Điểm rủi ro"},
        "draw": {"en": "Random draw", "vi": "Lựa chọn ngẫu nhiên"},
        "exploration": {"en": "Exploration", "vi": "Lựa chọn thăm dò"},
    }


def write_summary(path: Path, summary: Table[str, Any]) -> None:
    """Write summary.json."""
    path.write_text(json.dumps(summary, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
