"""The officers of a simulated trade: they open what was selected, and notice what such an inspection would notice."""

from __future__ import annotations

import numpy as np
import polars as pl

from tidegate.errors import InputError
from tidegate.simulator.inspections import LONGEST_DELAY, notices
from tidegate.simulator.offences import SCHEME_INDEX
from tidegate.trade import FINDING_SCHEMA

__all__ = ["open_selected"]


def open_selected(decisions: pl.DataFrame, truth: pl.DataFrame, *, seed: int = 7) -> pl.DataFrame:
    """Findings (FINDING_SCHEMA, one row a line) of everything in `decisions` that did not stay green.

    Red is opened physically, yellow and blue are checks of papers; each notices an offence with its scheme's own
    probability. `truth` is what `simulate` wrote. Raises InputError when the two do not belong together.
    """
    selected = decisions.filter(pl.col("channel") != "green").select(
        "declaration_id", "lodged_on", "channel", "targeted_by", "probability"
    )
    lines = selected.join(truth, on="declaration_id", how="inner", maintain_order="left_right")
    if lines["declaration_id"].n_unique() != selected.height:
        raise InputError(
            "a selected declaration is not in the truth.",
            where="truth",
            hint="Name the truth.parquet of the same trade.",
        )
    rng = np.random.default_rng(seed)
    scheme = lines["scheme"].replace_strict(SCHEME_INDEX, default=-1, return_dtype=pl.Int64).to_numpy()
    physical = (lines["channel"] == "red").to_numpy()
    seen = notices(scheme, physical, rng.random(lines.height)) & lines["illicit"].to_numpy()
    delays = pl.DataFrame(
        {
            "declaration_id": selected["declaration_id"],
            "delay": np.minimum(rng.geometric(0.35, selected.height) - 1, LONGEST_DELAY),
        }
    )
    return (
        lines.join(delays, on="declaration_id", how="left", maintain_order="left")
        .with_columns(pl.Series("seen", seen))
        .select(
            "declaration_id",
            "item_number",
            (pl.col("lodged_on") + pl.duration(days=pl.col("delay"))).alias("found_on"),
            pl.col("seen").alias("illicit"),
            pl.when("seen").then("offence").alias("offence"),
            pl.when("seen").then("revenue").otherwise(0.0).alias("revenue"),
            pl.col("targeted_by").alias("selected_by"),
            "probability",
        )
        .cast(pl.Schema(FINDING_SCHEMA))
    )
