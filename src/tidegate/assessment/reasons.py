"""Why a declaration was decided as it was: one row a reason, on the very line and field, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.assessment.cases import Declarations, standing
from tidegate.intake import FLAGS
from tidegate.models import Contribution
from tidegate.profiles import Hits, Matcher, Place, Profile

__all__ = [
    "BY_LOT",
    "RANKED",
    "REASON",
    "data_reasons",
    "draw_reasons",
    "gather",
    "match_reasons",
    "model_reasons",
    "profile_reasons",
    "score_reasons",
]

REASON = pl.Struct(
    {
        "source": pl.String,  # profile, model, list, draw, data
        "code": pl.String,  # profile id, feature, flag
        "item_number": pl.Int32,  # null: the declaration as a whole
        "field": pl.String,
        "text": pl.String,
        "text_vi": pl.String,
        "weight": pl.Float64,  # rate of a profile, log-odds of a feature, probability of a draw
        "value": pl.String,
        "usual": pl.String,
    }
)
MATCHES_TOLD = 3  # matches with lists that are reasons of a declaration; all stand in matches.parquet
AT_MOST = 8  # reasons shown per declaration: the strongest of each source come first
ORDER = {"profile": 0, "list": 0, "model": 1, "draw": 2, "data": 3}
SCHEMA: dict[str, Any] = {"declaration": pl.Int64, **{field.name: field.dtype for field in REASON.fields}}


RESTRICTED = ("a restricted profile", "một hồ sơ rủi ro hạn chế phổ biến")
"""All that is said of a restricted profile: whoever sees a decision may not know what it looks for."""


def titles(profile: Profile) -> tuple[str, str]:
    """What a profile is called in English and Vietnamese, wherever its hits are shown."""
    return RESTRICTED if profile.restricted else (profile.title, profile.title_vi or profile.title)


def looked_at(profile: Profile, place: Place) -> str | None:
    """The field that a profile looks at first; None where that would give a restricted one away."""
    return place.columns[0] if place.columns and not profile.restricted else None


def profile_reasons(table: pl.DataFrame, declarations: Declarations, hits: Hits, matcher: Matcher) -> pl.DataFrame:
    """One reason for each (declaration, profile) that fired, on the first line that it fired on."""
    if not hits.line.size:
        return pl.DataFrame(schema=SCHEMA)
    profiles = matcher.profiles
    rank = np.array([standing(profile) for profile in profiles])
    fired = (
        pl.DataFrame({"declaration": declarations.of_line[hits.line], "line": hits.line, "profile": hits.profile})
        .unique(["declaration", "profile"], keep="first", maintain_order=True)
        .with_columns(pl.lit(rank).gather(pl.col("profile")).alias("rank"))
        .sort("declaration", "rank", "profile")
        .filter(pl.int_range(pl.len()).over("declaration") < AT_MOST)
    )
    facts = pl.DataFrame(
        {
            "profile": np.arange(len(profiles), dtype=np.int32),
            "source": ["list" if place.lists else "profile" for place in matcher.places],
            "code": [profile.id for profile in profiles],
            "field": [looked_at(profile, place) for profile, place in zip(profiles, matcher.places, strict=True)],
            "text": [titles(profile)[0] for profile in profiles],
            "text_vi": [titles(profile)[1] for profile in profiles],
            "weight": [profile.rate for profile in profiles],
        },
        schema_overrides={"profile": pl.Int32, "field": pl.String},
    )
    fired = fired.join(facts, on="profile", how="left", maintain_order="left")
    item = table.get_column("item_number").gather(fired.get_column("line"))
    return fired.with_columns(item, _shown(table, fired), pl.lit(None, pl.String).alias("usual")).select(*SCHEMA)


def match_reasons(items: pl.Series, of_line: NDArray[np.int64], matches: pl.DataFrame) -> pl.DataFrame:
    """The likeliest few (field, entry of a list) of MATCH for each declaration, on the first line that has it.

    `items`: item number of each line; `of_line`: number of the declaration of each.
    """
    line = matches["line"].to_numpy()
    found = (
        matches.with_columns(
            pl.Series("declaration", of_line[line], pl.Int64),
            pl.Series("item_number", items.gather(line), pl.Int32),
            pl.col("probability").fill_null(0.0).alias("weight"),
        )
        .unique(["declaration", "field", "list", "source_id"], keep="first", maintain_order=True)
        .sort("declaration", "weight", descending=[False, True], maintain_order=True)
        .filter(pl.int_range(pl.len()).over("declaration") < MATCHES_TOLD)
    )
    return found.select(
        "declaration",
        pl.lit("list").alias("source"),
        pl.format("{}/{}", "list", "source_id").alias("code"),
        "item_number",
        "field",
        "text",
        "text_vi",
        "weight",
        pl.col("declared").alias("value"),
        pl.col("listed").alias("usual"),
    )


def _shown(table: pl.DataFrame, fired: pl.DataFrame) -> pl.Series:
    """What stands in the field that each profile looks at first, as text."""
    line = fired.get_column("line").to_numpy()
    field = fired.get_column("field")
    value = pl.Series("value", [None], pl.String).new_from_index(0, fired.height)
    for name in field.drop_nulls().unique().sort():
        at = (field == name).fill_null(value=False).arg_true()
        column = table.get_column(name).gather(line[at.to_numpy()])
        value = value.scatter(at, _text(column))
    return value


def _text(column: pl.Series) -> pl.Series:
    """Values as an officer reads them: floats without a tail of digits."""
    if column.dtype.is_float():
        return pl.Series([written(value) for value in column], dtype=pl.String)
    return column.cast(pl.String)


def model_reasons(
    table: pl.DataFrame, lead: NDArray[np.int64], told: Mapping[int, Sequence[Contribution]]
) -> pl.DataFrame:
    """What speaks for opening each declaration, from the contributions of its leading line (`lead`, row numbers)."""
    items = table.get_column("item_number").gather(lead).to_list()
    return pl.DataFrame(
        [
            (row, "model", c.feature, item, c.feature, c.text, c.text_vi, c.weight, written(c.value), span(c.usual))
            for row, (line, item) in enumerate(zip(lead.tolist(), items, strict=True))
            for c in told.get(line, ())
        ],
        schema=SCHEMA,
        orient="row",
    )


def written(value: object) -> str | None:
    """A value as an officer reads it: floats without a tail of digits."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


BY_LOT = {
    "draw": (
        "chosen by lot: any declaration here is opened with probability {}%",
        "chọn ngẫu nhiên: mọi tờ khai tại đây đều được kiểm tra với xác suất {}%",
    ),
    "exploration": (
        "chosen by lot among what the model is least sure of, with probability {}%",
        "chọn ngẫu nhiên trong số tờ khai mà mô hình ít chắc chắn nhất, xác suất {}%",
    ),
}
"""What is said of a declaration that only chance, or the wish to learn, selected."""


def span(usual: tuple[float, float] | None) -> str | None:
    """What is usual, as the report reads it: "low to high"."""
    return None if usual is None else " to ".join(f"{x:.0f}" if abs(x) >= 1000 else f"{x:.4g}" for x in usual)


RANKED = (
    "risk score {}: among the highest of this office and day",
    "điểm rủi ro {}: thuộc nhóm cao nhất của chi cục trong ngày",
)
"""What is said of a declaration that the model selected, before what moved its score."""


def score_reasons(decided: pl.DataFrame) -> pl.DataFrame:
    """For each declaration that was selected mainly for its score: that score."""
    score = pl.col("score").round(3).cast(pl.String)
    return (
        decided.with_row_index("declaration")
        .filter((pl.col("channel") != "green") & (pl.col("targeted_by") == "model"))
        .select(
            pl.col("declaration").cast(pl.Int64),
            pl.lit("model").alias("source"),
            pl.lit("score").alias("code"),
            pl.lit(None, pl.Int32).alias("item_number"),
            pl.lit("score").alias("field"),
            pl.format(RANKED[0], score).alias("text"),
            pl.format(RANKED[1], score.str.replace(".", ",", literal=True)).alias("text_vi"),
            pl.col("p_model").alias("weight"),
            score.alias("value"),
            pl.lit(None, pl.String).alias("usual"),
        )
    )


def draw_reasons(decided: pl.DataFrame) -> pl.DataFrame:
    """For each declaration that only chance or the wish to learn selected: with what probability."""
    percent = (pl.col("probability") * 100).round(2).cast(pl.String)
    explored = pl.col("targeted_by") == "exploration"
    english, vietnamese = (
        pl.when(explored)
        .then(pl.format(BY_LOT["exploration"][at], said))
        .otherwise(pl.format(BY_LOT["draw"][at], said))
        for at, said in enumerate((percent, percent.str.replace(".", ",", literal=True)))
    )
    return (
        decided.with_row_index("declaration")
        .filter((pl.col("channel") != "green") & pl.col("targeted_by").is_in(list(BY_LOT)))
        .select(
            pl.col("declaration").cast(pl.Int64),
            pl.lit("draw").alias("source"),
            pl.col("targeted_by").alias("code"),
            pl.lit(None, pl.Int32).alias("item_number"),
            pl.lit(None, pl.String).alias("field"),
            english.alias("text"),
            vietnamese.alias("text_vi"),
            pl.col("probability").alias("weight"),
            pl.lit(None, pl.String).alias("value"),
            pl.lit(None, pl.String).alias("usual"),
        )
    )


def data_reasons(table: pl.DataFrame, declarations: Declarations) -> pl.DataFrame:
    """What intake found odd in a line, kept beside the other reasons with no weight of its own."""
    odd = (
        table.select("item_number", "flags")
        .with_columns(pl.Series("declaration", declarations.of_line))
        .filter(pl.col("flags").is_not_null())
        .with_columns(pl.col("flags").str.split(" ").alias("code"))
        .explode("code")
        .unique(["declaration", "code"], keep="first", maintain_order=True)
    )
    facts = pl.DataFrame(
        {
            "code": [flag.code for flag in FLAGS],
            "text": [flag.text for flag in FLAGS],
            "text_vi": [flag.text_vi for flag in FLAGS],
        }
    )
    return (
        odd.join(facts, on="code", how="inner", maintain_order="left")
        .with_columns(
            pl.lit("data").alias("source"),
            pl.lit(None, pl.String).alias("field"),
            pl.lit(0.0).alias("weight"),
            pl.lit(None, pl.String).alias("value"),
            pl.lit(None, pl.String).alias("usual"),
        )
        .select(*SCHEMA)
    )


def gather(count: int, parts: Sequence[pl.DataFrame]) -> pl.Series:
    """Put the reasons of all sources together: a list for each of `count` declarations, strongest first."""
    every = pl.concat(parts).with_columns(pl.col("source").replace_strict(ORDER, return_dtype=pl.Int8).alias("_order"))
    lists = (
        every.sort("declaration", "_order", maintain_order=True)
        .group_by("declaration", maintain_order=True)
        .agg(pl.struct(list(SCHEMA)[1:]).head(AT_MOST).alias("reasons"))
    )
    return (
        pl.DataFrame({"declaration": np.arange(count, dtype=np.int64)})
        .join(lists, on="declaration", how="left", maintain_order="left")
        .get_column("reasons")
        .fill_null(pl.Series([[]], dtype=pl.List(REASON)))
    )


CONTRIBUTION = pl.Struct(
    {"feature": pl.String, "value": pl.String, "weight": pl.Float64, "text": pl.String, "text_vi": pl.String}
)


def contribution_lists(height: int, told: Mapping[int, Sequence[Contribution]]) -> pl.Series:
    """Contributions by line: List[Struct] of `height` rows, null where they were not worked out."""
    rows = pl.DataFrame(
        {
            "row": list(told),
            "found": [
                [(c.feature, written(c.value), c.weight, c.text, c.text_vi) for c in found] for found in told.values()
            ],
        },
        schema={"row": pl.Int64, "found": pl.List(CONTRIBUTION)},
    )
    return (
        pl.DataFrame({"row": np.arange(height, dtype=np.int64)})
        .join(rows, on="row", how="left", maintain_order="left")
        .get_column("found")
    )
