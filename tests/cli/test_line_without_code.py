"""Lines without a commodity code on the command line, from a mixed folder to answers and other formats."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from test_cli import tidegate

ROOT = Path(__file__).resolve().parents[2]


def test_lines_without_a_commodity_code_go_all_the_way(tmp_path: Path) -> None:
    """A table and ten made-up parcels: assessed, explained, reported, replayed, answered, converted."""
    day = tmp_path / "day"
    day.mkdir()
    (day / "a.csv").write_text(
        "declaration_id,item_number,lodged_on,hs_code,importer_id,origin_country,customs_value,net_mass_kg\n"
        "T1,1,2026-03-02,440799,I1,CM,10,5\nT1,2,2026-03-02,,I1,CM,10,5\nT2,1,2026-03-02, ,I2,CM,10,5\n"
    )
    ten = json.loads((ROOT / "examples/messages/parcels/ten_parcels.json").read_text())
    for parcel in ten[:3]:
        del parcel["pieces"][0]["hs_code"]
    (day / "p.json").write_text(json.dumps(ten))
    (tmp_path / "book.toml").write_text(
        '[[profile]]\nid = "BARE"\ntitle = "No code, not wood"\nwhen = "hs_code IS NULL AND importer_id = \'I2\'"\n'
        'channel = "red"\nrate = 1.0\nstarts = 2026-01-01\nends = 2026-12-31\nowner = "hq"\n'
        '[[profile]]\nid = "UNLIKE"\ntitle = "Not wood"\n'
        "when = \"hs_code NOT LIKE '44%' AND origin_country = 'CM'\"\n"
        'channel = "red"\nrate = 1.0\nstarts = 2026-01-01\nends = 2026-12-31\nowner = "hq"\n'
    )
    out = tmp_path / "out"
    done = tidegate("assess", day, "--out", out, "--book", tmp_path / "book.toml", "--received", "2026-03-02")
    assert done.returncode == 0, done.stderr
    counts = json.loads((out / "summary.json").read_text())["counts"]
    assert (counts["read"], counts["kept"], counts["rejected"]) == (15, 15, 0)
    lines = pl.read_parquet(out / "lines.parquet")
    bare = lines.filter(pl.col("hs_code").is_null())
    assert bare.height == 5
    assert bare["flags"].str.contains("hs_missing").all()
    assert bare["importer_new_hs4"].null_count() == bare.height
    assert lines.filter(declaration_id="T1", item_number=1)["importer_new_hs4"].to_list() == [True]
    hits = dict(pl.read_parquet(out / "decisions.parquet").select("declaration_id", "hits").rows())
    assert (hits["T1"], hits["T2"]) == ([], ["BARE"])
    assert "hs_code" in (out / "quality.csv").read_text()
    told = tidegate("explain", out, "T2")
    assert (told.returncode, "BARE" in told.stdout, "hs_missing" in told.stdout) == (0, True, True), told.stderr
    assert "không khai mã HS" in tidegate("explain", out, "T2", "--language", "vi").stdout
    assert tidegate("replay", out).returncode == 0
    assert "no commodity code" in (out / "report.html").read_text()
    answers = tmp_path / "answers"
    assert tidegate("answer", out, "--to", answers).returncode == 0
    said = [json.loads(line) for line in (answers / "parcels" / "parcel-answers.ndjson").read_text().splitlines()]
    asked = {one["item_id"] for one in said if one.get("fields")}
    assert asked == {parcel["item_id"] for parcel in ten[:3]}
    for form in ("wco", "asycuda", "edifact", "parcels", "csv", "ndjson", "parquet"):
        done = tidegate("convert", day / ("p.json" if form == "parcels" else "a.csv"), "--to", form, tmp_path / form)
        assert done.returncode == 0, (form, done.stderr)
        assert "hs_code" not in done.stderr
