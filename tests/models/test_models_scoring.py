"""Scoring: one line or many, odd values, wrong tables, reasons that add up, folders that keep what they hold."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from tidegate.errors import ModelError
from tidegate.models import Model
from tidegate.trade import LINE_FIELDS

ROOT = Path(__file__).resolve().parents[2]
START = date(2026, 1, 1)
ORIGINS = ["CN", "VN", "KR", "Ý", "", None]


def lines(n: int, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Lines with every kind of column and every kind of hole; some records repeat with their label."""
    rng = np.random.default_rng(seed)
    record = rng.integers(0, n // 2, n)
    pick = np.random.default_rng(99)
    heading, mass = pick.integers(0, 12, n // 2)[record], np.round(pick.lognormal(4, 2, n // 2), 1)[record]
    illicit = (pick.random(n // 2) < 0.3)[record] | (rng.random(n) < 0.02 * heading)
    day = np.sort(rng.integers(0, 120, n))
    table = pl.DataFrame(
        {
            "declaration_id": [f"TK{i}" for i in range(n)],
            "item_number": np.ones(n, np.int32),
            "lodged_on": [START + timedelta(days=int(d)) for d in day],
            "office": rng.choice(["01A", "02B", "03Đ"], n),
            "importer_id": [f"M{i}" for i in rng.integers(0, 80, n)],
            "importer_name": ["x"] * n,
            "importer_registered_on": [
                None if r < 0.3 else START - timedelta(days=int(5000 * r)) for r in rng.random(n)
            ],
            "importer_trusted": [None if r < 0.1 else bool(r > 0.8) for r in rng.random(n)],
            "hs_code": [None if h == 3 else f"64{h:02d}9900" for h in heading],
            "description": [f"hàng hóa số {i}" for i in range(n)],
            "origin_country": [ORIGINS[i] for i in pick.integers(0, 6, n // 2)[record]],
            "packages": rng.integers(1, 40, n).astype(np.int32),
            "net_mass_kg": mass,
            "customs_value": rng.lognormal(8, 2, n),
            "duty_rate": pick.choice([0.0, 5.0, 8.0], n // 2)[record],
            "preference": pick.choice(["A", "B"], n // 2)[record],
            "price_ratio": np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(0, 1, n)),
            "weird": np.where(rng.random(n) < 0.05, np.inf, rng.normal(0, 1e12, n)),
            "empty": pl.Series([None] * n, dtype=pl.Float64),
            "containers": [["A"]] * n,
        }
    )
    return table, illicit


@pytest.fixture(scope="module")
def model() -> Model:
    table, illicit = lines(1500, 1)
    return Model.train(table, illicit, table["lodged_on"], members=3)


@pytest.fixture(scope="module")
def saved(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    model.save(folder)
    return folder


def test_alone_in_a_batch_or_in_another_order_the_same_bits(model: Model) -> None:
    table, _ = lines(5000, 2)
    scores, spread = model.judge(table)
    for row in (0, 1, 77, 4999):
        assert model.judge(table[row : row + 1])[0][0] == scores[row]
        assert model.judge(table[row : row + 1])[1][0] == spread[row]
    assert (model.score(table[100:105]) == scores[100:105]).all()
    order = np.random.default_rng(0).permutation(5000)
    assert (model.score(table[order]) == scores[order]).all()
    assert (model.score(table.select(sorted(table.columns))) == scores).all()


def test_across_the_chunks_of_a_large_batch_too(model: Model) -> None:
    table, _ = lines(3000, 3)
    scores = model.score(table)
    large = model.score(pl.concat([table] * 25))
    assert (large.reshape(25, 3000) == scores).all()


text = st.none() | st.text(max_size=6) | st.sampled_from(["64019900", "VN", "M1", "A"])
number = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "hs_code": text,
                "origin_country": text,
                "importer_id": text,
                "office": text,
                "preference": text,
                "net_mass_kg": number,
                "customs_value": number,
                "duty_rate": number,
                "price_ratio": number,
                "weird": number,
                "packages": st.none() | st.integers(-5, 2**31 - 1),
                "importer_trusted": st.none() | st.booleans(),
                "importer_registered_on": st.none() | st.dates(),
                "lodged_on": st.dates(),
            }
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([1, 30]),
)
@settings(max_examples=60, deadline=None)
def test_any_value_has_a_score_and_one_only(model: Model, rows: list[dict[str, object]], times: int) -> None:
    schema = {field.name: field.dtype for field in LINE_FIELDS if field.name in rows[0]} | {
        "price_ratio": pl.Float64,
        "weird": pl.Float64,
    }
    table = pl.DataFrame(rows, schema=schema)
    scores = model.score(pl.concat([table] * times))
    assert ((scores > 0) & (scores < 1)).all()
    for at in range(len(rows)):
        assert model.score(table[at : at + 1])[0] == scores[at]
    told = model.contributions(table, top=None)
    totals = [model.base + sum(c.weight for c in row) for row in told]
    assert totals == pytest.approx(logit(scores[: len(rows)]), abs=1e-8)
    # A few lines as plain values go a way of their own, to the same bits.
    look = model.look(table.to_dicts())
    assert (look.score == scores[: len(rows)]).all()
    assert (look.uncertainty == model.uncertainty(table)).all()
    assert [look.contributions(at, top=None) for at in range(len(rows))] == told


@pytest.mark.parametrize(
    "columns", [["importer_id"], ["customs_value"], ["importer_trusted"], ["importer_registered_on"]]
)
def test_a_few_lines_are_read_by_a_model_of_one_column_too(columns: list[str]) -> None:
    table, illicit = lines(400, 8)
    model = Model.train(table, illicit, table["lodged_on"], members=2, evaluate=False, features=columns)
    look = model.look(table[:5].select(model.columns).to_dicts())
    assert (look.score == model.score(table)[:5]).all()
    assert [look.contributions(row) for row in range(5)] == model.contributions(table[:5])


def test_no_lines_no_scores(model: Model) -> None:
    table, _ = lines(100, 4)
    assert model.score(table[:0]).shape == (0,)
    assert model.contributions(table[:0]) == []
    with pytest.raises(ModelError):
        model.score(table[:0].drop("office"))


def test_a_missing_column_is_an_error(model: Model) -> None:
    table, _ = lines(100, 4)
    with pytest.raises(ModelError, match=r"column\(s\) the model reads are missing: office, price_ratio\."):
        model.score(table.drop("price_ratio", "office"))
    with pytest.raises(ModelError, match=r"column\(s\) the model reads are missing: office, price_ratio\."):
        model.look(table[:2].drop("price_ratio", "office").to_dicts())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("net_mass_kg", "5", "column net_mass_kg: holds str, the model was trained on a number"),
        ("net_mass_kg", True, "column net_mass_kg: holds bool, the model was trained on a number"),
        ("hs_code", 64, "column hs_code: holds int, the model was trained on a text"),
        ("importer_trusted", 1, "column importer_trusted: holds int, the model was trained on a flag"),
        ("lodged_on", "2026-01-01", "column lodged_on: holds str, the model was trained on a date"),
    ],
)
def test_a_value_of_another_kind_is_an_error(model: Model, name: str, value: object, says: str) -> None:
    rows = lines(3, 4)[0].to_dicts()
    with pytest.raises(ModelError) as refused:
        model.look([*rows[:2], rows[2] | {name: value}])
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (pl.col("net_mass_kg").cast(pl.String), "column net_mass_kg: holds String, the model was trained on a number"),
        (pl.col("hs_code").cast(pl.Int64), "column hs_code: holds Int64, the model was trained on a text"),
        (
            pl.col("importer_trusted").cast(pl.Int8),
            "column importer_trusted: holds Int8, the model was trained on a flag",
        ),
        (pl.lit("2026-01-01").alias("lodged_on"), "column lodged_on: holds String, the model was trained on a date"),
    ],
)
def test_a_column_of_another_kind_is_an_error(model: Model, change: pl.Expr, says: str) -> None:
    table, _ = lines(100, 4)
    with pytest.raises(ModelError) as refused:
        model.score(table.with_columns(change))
    assert str(refused.value).startswith(says)


def test_a_column_of_nulls_and_other_widths_are_fine(model: Model) -> None:
    table, _ = lines(100, 4)
    scores = model.score(table)
    wide = table.with_columns(pl.col("packages").cast(pl.Int64), pl.col("origin_country").cast(pl.Categorical))
    assert (model.score(wide) == scores).all()
    assert np.isfinite(model.score(table.with_columns(pl.lit(None).alias("price_ratio")))).all()


def test_what_was_left_out_and_why(model: Model) -> None:
    left = model.card.data["left_out"]
    assert left == {
        "importer_name": "the same in every row",
        "description": "new in most rows",
        "empty": "empty in every row",
        "containers": "its type List(String) cannot be read",
    }
    assert not set(left) & set(model.columns)


def test_twins_are_read_once() -> None:
    table, illicit = lines(400, 5)
    table = table.with_columns(importer_name=pl.lit("Công ty ") + pl.col("importer_id"))
    left = Model.train(table, illicit, table["lodged_on"], members=2, evaluate=False).card.data["left_out"]
    assert left["importer_name"] == "says the same as importer_id"


def test_contributions_are_ranked_and_speak(model: Model) -> None:
    table = lines(1500, 1)[0][:300]
    all_, three = model.contributions(table, top=None), model.contributions(table, top=3)
    assert [row[:3] for row in all_] == three
    sentences: dict[str, tuple[str, str]] = {}
    for row in all_:
        sizes = [abs(c.weight) for c in row]
        assert sizes == sorted(sizes, reverse=True)
        for c in row:
            assert c.text
            assert c.text_vi
            assert c.text != c.text_vi
            if c.value is not None:
                sentences.setdefault(c.feature, (c.text, c.text_vi))
    assert re.fullmatch(r"HS heading 64\d\d: found in \d+ of \d+ opened", sentences["hs4"][0])
    assert re.fullmatch(r"Nhóm HS 64\d\d: phát hiện vi phạm \d+/\d+ dòng hàng đã kiểm tra", sentences["hs4"][1])
    assert re.fullmatch(r"Net mass [\d,.]+ kg \(usual [\d,.]+ to [\d,.]+\)", sentences["net_mass_kg"][0])
    assert "days before the declaration" in sentences["importer_registered_on"][0]
    assert sentences["importer_trusted"][0] in ("Authorised importer: yes", "Authorised importer: no")
    assert re.fullmatch(r"Same goods, .*: found in \d+ of \d+ opened", sentences["copies"][0])


def test_counts_in_sentences_are_those_of_the_labels(model: Model) -> None:
    table, illicit = lines(1500, 1)
    [row] = model.contributions(table[:1], top=None)
    heading = next(c for c in row if c.feature == "hs4")
    same = table["hs_code"].str.head(4).eq_missing(heading.value).to_numpy()
    assert f"found in {illicit[same].sum()} of {same.sum()} opened" in heading.text


def test_new_values_say_so(model: Model) -> None:
    table, _ = lines(10, 4)
    table = table.with_columns(hs_code=pl.lit("01012100"), importer_id=pl.lit(None, pl.String))
    told = {c.feature: c for c in model.contributions(table[:1], top=None)[0]}
    assert told["hs4"].text == "HS heading 0101: never opened before"
    assert told["hs4"].text_vi == "Nhóm HS 0101: chưa từng được kiểm tra"
    assert told["importer_id"].value is None
    assert told["importer_id"].text.startswith("Importer not given")


def test_sentences_can_come_from_outside(model: Model) -> None:
    table, _ = lines(5, 4)

    def speak(feature: str, line: object) -> tuple[str, str] | None:
        return ("cheap", f"giá rẻ {line['importer_id']}") if feature == "price_ratio" else None  # type: ignore[index]

    told = {c.feature: c for c in model.contributions(table, top=None, sentences=speak)[2]}
    assert (told["price_ratio"].text, told["price_ratio"].text_vi) == ("cheap", f"giá rẻ {table['importer_id'][2]}")
    assert told["hs4"].text.startswith("HS heading")


def test_a_saved_model_is_the_same_model(model: Model, saved: Path) -> None:
    again = Model.load(saved)
    table, _ = lines(700, 6)
    assert again.version == model.version
    assert all((a == b).all() for a, b in zip(again.judge(table), model.judge(table), strict=True))
    assert again.contributions(table[:20]) == model.contributions(table[:20])
    assert again.card == model.card
    assert again.base == model.base
    assert again.columns == model.columns


def test_the_folder_holds_no_pickle_and_a_card_in_both_languages(saved: Path) -> None:
    assert {file.name for file in saved.iterdir()} == {
        *("model.json", "weights.npz", "trees.txt", "card.json", "card.md", "card.vi.md"),
        *("calibration.svg", "manifest.json"),
    }
    with np.load(saved / "weights.npz", allow_pickle=False) as arrays:
        assert all(array.dtype.kind in "fi" for array in arrays.values())
    english, vietnamese = ((saved / name).read_text() for name in ("card.md", "card.vi.md"))
    assert english.count("\n|") == vietnamese.count("\n|") > 20
    assert "What it cannot know" in english
    assert "Điều mô hình không thể biết" in vietnamese
    assert (saved / "calibration.svg").read_text().startswith("<svg")


@pytest.mark.parametrize("name", ["model.json", "weights.npz", "trees.txt", "card.json", "card.md", "calibration.svg"])
def test_one_changed_bit_is_noticed(model: Model, tmp_path: Path, name: str) -> None:
    model.save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="altered or damaged") as refused:
        Model.load(tmp_path)
    assert refused.value.where == str(tmp_path / name)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda f: (f / "manifest.json").unlink(), "no model here"),
        (lambda f: (f / "manifest.json").write_text("{"), "the manifest cannot be read"),
        (lambda f: (f / "manifest.json").write_text("[]"), "the manifest cannot be read"),
        (lambda f: (f / "trees.txt").unlink(), "a file of the model is missing"),
        (lambda f: _manifest(f, format=99), "a model of format 99"),
        (lambda f: _manifest(f, version="0" * 64), "the manifest's version is not that of its files"),
        (lambda f: _manifest(f, files={}), "altered or damaged"),
    ],
)
def test_a_damaged_folder_is_an_error(model: Model, tmp_path: Path, harm, says: str) -> None:
    model.save(tmp_path)
    harm(tmp_path)
    with pytest.raises(ModelError, match=re.escape(says)):
        Model.load(tmp_path)


def _manifest(folder: Path, **change: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model here: manifest\.json is missing\. Train one first\."):
        Model.load(tmp_path / "nowhere")


def test_every_entry_of_the_card_is_in_the_docs(model: Model) -> None:
    docs = (ROOT / "docs/models.md").read_text()
    for entry in model.card.data:
        assert f"`{entry}`" in docs, entry
    for entry in model.card.data["evaluation"]["all"]:
        assert f"`{entry}`" in docs, entry


def test_a_line_without_a_code_is_put_into_words(model: Model) -> None:
    table, illicit = lines(1500, 1)
    bare = table["hs_code"].is_null().to_numpy()
    [row] = model.contributions(table.filter(bare)[:1], top=None)
    (heading,) = (c for c in row if c.feature == "hs4")
    assert heading.value is None
    assert heading.text == f"HS heading not given: found in {illicit[bare].sum()} of {bare.sum()} opened"
    assert heading.text_vi.startswith("Nhóm HS: không khai: phát hiện vi phạm ")
    assert any(c.feature == "copies" and c.weight == 0 and c.text.startswith("No earlier record") for c in row)
