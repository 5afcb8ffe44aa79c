"""History: what the register holds of decisions and findings, as the tables that the yardstick reads."""

from __future__ import annotations

import io
from collections.abc import Mapping

import polars as pl
from django.db import connection
from django.db.models import QuerySet

from tidegate.console.register.models import Decision, Finding

__all__ = ["decisions", "findings", "lists_hit", "told"]

APART = "\x1f"  # between the texts of a list, in what is copied out

DECISIONS: Mapping[str, tuple[str, pl.DataType]] = {
    "declaration_id": ("d.number", pl.String()),
    "lodged_on": ("c.lodged_on", pl.Date()),
    "office": ("nullif(c.office, '')", pl.String()),
    "channel": ("c.channel", pl.String()),
    "targeted_by": ("nullif(c.targeted_by, '')", pl.String()),
    "probability": ("c.probability", pl.Float64()),
    "score": ("c.score", pl.Float64()),
    "hits": ("array_to_string(c.hits, E'\\x1f')", pl.String()),
}
RECORD = {"trusted": pl.Boolean(), "procedure": pl.String(), "commitment": pl.String()}  # the rest are numbers


def decisions(chosen: QuerySet[Decision], *record: str) -> pl.DataFrame:
    """The engine's decisions among `chosen`, one row a declaration: columns of DECISIONS, then those of `record`.

    Of several versions of a declaration the one that was likeliest to be selected stands for all: they share the point
    of the draw, so that it was drawn if any of them was. Cancelled declarations are left out.
    """
    ids = chosen.filter(officer=None, declaration__cancelled=False).order_by().values("pk")
    named = {**DECISIONS, **{name: (f"c.record->>'{name}'", RECORD.get(name, pl.Float64())) for name in record}}
    columns = ", ".join(f"{source} AS {name}" for name, (source, _) in named.items())
    sql, parameters = ids.query.sql_with_params()
    table = told(
        f"SELECT DISTINCT ON (d.number) {columns} FROM register_decision c"
        f" JOIN register_declaration d ON d.id = c.declaration_id WHERE c.id IN ({sql})"
        " ORDER BY d.number, c.probability DESC, c.id DESC",
        parameters,
        {name: dtype for name, (_, dtype) in named.items()},
    )
    return table.with_columns(pl.col("hits").fill_null("").str.split(APART).list.filter(pl.element() != ""))


def lists_hit(chosen: QuerySet[Decision]) -> pl.DataFrame:
    """The lists on which each declaration may have something: declaration_id, lists (names, each once)."""
    sql, parameters = chosen.filter(officer=None).order_by().values("pk").query.sql_with_params()
    found = told(
        "SELECT d.number, r->>'code' FROM register_decision c JOIN register_declaration d ON d.id = c.declaration_id"
        f" CROSS JOIN jsonb_array_elements(c.reasons) r WHERE c.id IN ({sql})"
        " AND r->>'source' = 'list' AND strpos(r->>'code', '/') > 0",
        parameters,
        {"declaration_id": pl.String(), "code": pl.String()},
    )
    name = pl.col("code").str.split("/").list.first().alias("lists")
    return found.select("declaration_id", name).group_by("declaration_id").agg(pl.col("lists").unique().sort())


def findings(chosen: QuerySet[Finding], decided: pl.DataFrame) -> pl.DataFrame:
    """Findings as `yardstick.outcomes` reads them, with the officer who made them (null: reported by a system).

    `decided`: of `decisions`; its probability is that of the selection. What the engine did not select has none: an
    officer's own choice, in no estimate.
    """
    sql, parameters = chosen.order_by().values("pk").query.sql_with_params()
    table = told(
        "SELECT d.number, f.item_number, f.found_on, f.illicit, f.revenue, f.officer_id, nullif(f.office, ''), f.id,"
        " extract(epoch FROM f.made_at)"
        " FROM register_finding f JOIN register_declaration d ON d.id = f.declaration_id"
        f" WHERE f.id IN ({sql}) ORDER BY f.id",
        parameters,
        {
            "declaration_id": pl.String(),
            "item_number": pl.Int32(),
            "found_on": pl.Date(),
            "illicit": pl.Boolean(),
            "revenue": pl.Float64(),
            "officer": pl.Int64(),
            "office": pl.String(),
            "number": pl.Int64(),
            "made": pl.Float64(),
        },
    )
    selected = decided.filter(pl.col("channel") != "green").select(
        "declaration_id", "probability", pl.col("targeted_by").alias("selected_by")
    )
    return table.join(selected, on="declaration_id", how="left", maintain_order="left")


def told(sql: str, parameters: tuple[object, ...], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What a query answers, as a table of `schema`, by PostgreSQL's COPY: a million rows in seconds."""
    out = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)", parameters) as rows:
        for part in rows:
            out.write(part)
    out.seek(0)
    # With a header, so that no value stands first: Polars would unpack what begins like a packed file.
    raw = pl.read_csv(out, new_columns=list(schema), infer_schema=False)
    return raw.select(_read(name, dtype) for name, dtype in schema.items())


def _read(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean():
        return pl.col(name).is_in(["t", "true"]).alias(name)
    if dtype == pl.Date():
        return pl.col(name).str.to_date()
    return pl.col(name) if dtype == pl.String() else pl.col(name).cast(dtype)
