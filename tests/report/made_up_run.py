"""A made-up run: decisions, lines and a summary of nobody's trade, lifelike enough to look at a report of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

OFFICES = ("Chi cục Mẫu Cảng Một", "Chi cục Mẫu Cảng Hai", "Chi cục Mẫu Sân bay", "Chi cục Mẫu Cửa khẩu Bắc", "DEMO5")
GOODS = (
    ("44039900", "Gỗ tròn (hàng mẫu) chưa bóc vỏ, dùng làm ván", "CM", 0.0),
    ("64039990", "Giày da nam, cỡ 39 đến 44, hàng mẫu", "IT", 30.0),
    ("85171300", "Made-up smartphones, 128 GB, retail boxes", "CN", 0.0),
    ("87089999", "Phụ tùng ô tô (mẫu): cụm phanh sau", "TH", 15.0),
    ("08081000", "示例苹果 Fresh apples, demonstration goods", "CN", 8.0),
)
PROFILES = {
    "DEMO-TIMBER-01": ("Logs from Central Africa through a third port", "Gỗ tròn Trung Phi đi qua cảng thứ ba"),
    "DEMO-SHOES-04": ("Leather shoes far below the usual price", "Giày da giá thấp hơn nhiều so với thông thường"),
    "DEMO-SPLIT-02": (
        "Same-day consignments just below the threshold",
        "Nhiều lô cùng ngày ngay dưới ngưỡng miễn thuế",
    ),
}
REASON = pl.Struct(
    {
        "source": pl.String,
        "code": pl.String,
        "item_number": pl.Int32,
        "field": pl.String,
        "text": pl.String,
        "text_vi": pl.String,
        "weight": pl.Float64,
        "value": pl.String,
        "usual": pl.String,
    }
)
SCHEMA: dict[str, Any] = {
    "declaration_id": pl.String,
    "lodged_on": pl.Date,
    "office": pl.String,
    "importer_id": pl.String,
    "importer_name": pl.String,
    "line_count": pl.Int32,
    "customs_value": pl.Float64,
    "duty_at_stake": pl.Float64,
    "currency": pl.String,
    "channel": pl.String,
    "score": pl.Float64,
    "probability": pl.Float64,
    "p_red": pl.Float64,
    "p_yellow": pl.Float64,
    "p_blue": pl.Float64,
    "ticket": pl.Float64,
    "targeted_by": pl.String,
    "drawn": pl.Boolean,
    "hits": pl.List(pl.String),
    "reasons": pl.List(REASON),
    "counterfactual": pl.String,
    "counterfactual_vi": pl.String,
    "book_version": pl.String,
    "lists_version": pl.String,
    "model_version": pl.String,
    "policy_version": pl.String,
    "commitment": pl.String,
}

MODEL_CARD = {
    "evaluation": {
        "from": "2026-01-01",
        "to": "2026-02-28",
        "all": {
            "lines": 5200,
            "found_share": 0.082,
            "auc": 0.871,
            "top": [
                {"share": 0.01, "precision": 0.62, "recall": 0.08, "revenue_caught": 0.16},
                {"share": 0.05, "precision": 0.41, "recall": 0.27, "revenue_caught": 0.44},
                {"share": 0.10, "precision": 0.29, "recall": 0.41, "revenue_caught": 0.58},
            ],
            "calibration": [
                {
                    "expected": 0.01 * k * k / 2,
                    "found": 0.0095 * k * k / 2,
                    "low": 0.007 * k * k / 2,
                    "high": 0.012 * k * k / 2,
                }
                for k in range(1, 11)
            ],
        },
    },
}


def reason(source: str, code: str, text: str, text_vi: str, weight: float, **more: Any) -> dict[str, Any]:
    """One reason; `more` may give item_number, field, value, usual."""
    named = {"source": source, "code": code, "text": text, "text_vi": text_vi, "weight": weight}
    return {"item_number": 1, "field": None, "value": None, "usual": None, **named, **more}


def _reasons(rng: np.random.Generator, score: float, profile: str | None, drawn: bool) -> list[dict[str, Any]]:
    found = []
    if profile:
        text, text_vi = PROFILES[profile]
        found.append(reason("profile", profile, text, text_vi, 1.0, field="hs_code", value="44039900"))
    if score > 0.1:
        ratio = round(float(rng.uniform(0.1, 0.7)), 2)
        found += [
            reason(
                "model",
                "price_against_hs6_origin",
                f"unit price is {ratio} of the median of 640399 from IT over 180 days",
                f"đơn giá bằng {str(ratio).replace('.', ',')} lần trung vị của mã 640399 xuất xứ IT trong 180 ngày",
                1.9 * score,
                field="customs_value",
                value=str(ratio),
                usual="0.82 to 1.21",
            ),
            reason(
                "model",
                "importer_hit_rate_365",
                f"{10 * score:.1f}% of this importer's checks in 365 days found something",
                f"{f'{10 * score:.1f}'.replace('.', ',')}% lượt kiểm tra doanh nghiệp này trong 365 ngày có phát hiện",
                1.1 * score,
                field="importer_id",
                value=f"{0.1 * score:.3f}",
                usual="0.021",
            ),
            reason(
                "model",
                "route_is_new",
                "first time that this importer uses this route",
                "lần đầu người nhập khẩu này dùng tuyến vận chuyển này",
                -0.2,
                value="true",
                usual="false",
                item_number=2,
                field="dispatch_country",
            ),
        ]
    if score > 0.8:
        found.append(
            reason(
                "list",
                "demo-watch",
                "Importer is a possible match with an entry of the list demo-watch: to be checked",
                "Người nhập khẩu có thể trùng với một mục trong danh sách demo-watch: cần kiểm tra",
                1.0,
                field="importer_name",
                item_number=None,
                value="Công ty TNHH Ví Dụ",
            )
        )
    if score > 0.6:
        found.append(
            reason(
                "data",
                "net_above_gross",
                "the net mass is greater than the gross mass",
                "trọng lượng tịnh lớn hơn trọng lượng cả bì",
                0.0,
                field="net_mass_kg",
            )
        )
    if drawn:
        found.append(
            reason(
                "draw",
                "random",
                "Drawn at random with 2.0%",
                "Được chọn ngẫu nhiên với xác suất 2,0%",
                0.02,
                item_number=None,
            )
        )
    return found


def made_up_run(
    declarations: int = 3000, days: int = 45, offices: int = 5, seed: int = 7, model: bool = True, book: bool = True
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """Return (decisions, lines, summary) of a run that never was."""
    rng = np.random.default_rng(seed)
    n = declarations
    score = np.clip(rng.beta(0.6, 9, n) + (rng.random(n) < 0.02) * rng.uniform(0.3, 0.7, n), 0, 0.97)
    profile = [
        str(rng.choice(list(PROFILES))) if book and (hit or (s > 0.3 and book)) else None
        for s, hit in zip(score, rng.random(n) < 0.03, strict=True)
    ]
    demand = np.where([p is not None for p in profile], 0.8, 0.0)
    wanted = np.where(score > 0.35, 1.0, 0.0) if model else np.zeros(n)
    probability = np.clip(np.maximum(np.maximum(demand, wanted), 0.02), 0, 1)
    ticket = rng.random(n)
    selected = ticket < probability
    channel = np.where(selected, rng.choice(["red", "yellow", "blue"], n, p=[0.4, 0.45, 0.15]), "green")
    targeted = np.where(wanted == 1, "model", np.where(demand > 0, "profile", "draw"))
    targeted = np.where((targeted == "draw") & (rng.random(n) < 0.3) & model, "exploration", targeted)
    drawn = selected & (probability < 1)
    value = np.round(rng.lognormal(19.5, 1.4, n), 0)
    line_count = rng.integers(1, 6, n)
    who = rng.zipf(1.7, n) % 400
    day = rng.integers(0, days, n)
    first = date(2026, 3, 2)
    names = [OFFICES[i] if i < len(OFFICES) else f"DEMO{i + 1}" for i in range(offices)]
    rows = {
        "declaration_id": [f"DEMO{30_000_000 + i}" for i in range(n)],
        "lodged_on": [first + timedelta(days=int(d)) for d in day],
        "office": [names[i] for i in rng.zipf(1.5, n) % offices],
        "importer_id": [f"DEMO-MST-{w:04}" for w in who],
        "importer_name": [f"Công ty TNHH Ví Dụ Số {w}" for w in who],
        "line_count": line_count,
        "customs_value": value,
        "duty_at_stake": np.round(value * rng.uniform(0, 0.2, n) * (0.3 + 2 * score), 0),
        "currency": ["VND"] * n,
        "channel": channel,
        "score": score if model else [None] * n,
        "probability": probability,
        "p_red": probability * 0.4,
        "p_yellow": probability * 0.45,
        "p_blue": probability * 0.15,
        "ticket": ticket,
        "targeted_by": targeted,
        "drawn": drawn,
        "hits": [[p] if p else [] for p in profile],
        "reasons": [
            _reasons(rng, s if model else 0.0, p, bool(d and t in ("draw", "exploration")))
            for s, p, d, t in zip(score, profile, drawn, targeted, strict=True)
        ],
        "counterfactual": [f"Without {p}: green." if p else "With a score below 0.35: green." for p in profile],
        "counterfactual_vi": [
            f"Nếu không có {p}: luồng xanh." if p else "Nếu điểm rủi ro dưới 0,35: luồng xanh." for p in profile
        ],
        "book_version": ["b" * 64] * n,
        "lists_version": ["1" * 64] * n,
        "model_version": ["e" * 64] * n,
        "policy_version": ["f" * 64] * n,
        "commitment": [f"{int(d):064x}" for d in day],
    }
    decisions = pl.DataFrame(rows, schema=SCHEMA)
    pick = rng.integers(0, len(GOODS), int(line_count.sum()))
    row = np.repeat(np.arange(n), line_count)
    lines = pl.DataFrame(
        {
            "declaration_id": decisions.get_column("declaration_id").gather(row),
            "item_number": pl.Series(
                np.concatenate([np.arange(1, c + 1) for c in line_count]) if n else [], dtype=pl.Int32
            ),
            "hs_code": [GOODS[i][0] for i in pick],
            "description": [GOODS[i][1] for i in pick],
            "origin_country": [GOODS[i][2] for i in pick],
            "dispatch_country": [GOODS[i][2] if r % 3 else "SG" for i, r in zip(pick, row, strict=True)],
            "net_mass_kg": np.round(rng.lognormal(6, 1.2, len(row)), 1),
            "customs_value": np.round(value[row] / line_count[row], 0),
            "duty_rate": [GOODS[i][3] for i in pick],
            "score": score[row] * rng.uniform(0.5, 1.0, len(row))
            if model
            else pl.Series([None] * len(row), dtype=pl.Float64),
        }
    )
    return decisions, lines, summary_of(decisions, model=model)


def summary_of(decisions: pl.DataFrame, *, model: bool = True) -> dict[str, Any]:
    """The whole of what a summary can say."""
    n = decisions.height * 3
    return {
        "administration": "Hải quan Mẫu · Made-up customs, dữ liệu dựng",
        "made_at": "2026-04-20T08:30:00",
        "window": {"from": "2026-03-02", "to": "2026-04-15"},
        "counts": {"read": n + 31, "kept": n, "rejected": 31, "flagged": 212},
        "rejections": {"hs_code not in the 2022 nomenclature": 19, "lodged_on is not a date": 12},
        "flags": {"net_above_gross": 140, "container_check_digit": 72},
        "versions": {
            "tidegate": "0.1.0",
            "book": "b" * 64,
            "lists": "1" * 64,
            "model": "e" * 64 if model else None,
            "policy": "f" * 64,
        },
        "commitment": "c" * 64,
        "seed": 7,
        "timings": {"read": 1.24, "indicators": 3.5, "match": 0.8, "decide": 0.4},
        "thresholds": {"red": 0.35},
        "model": MODEL_CARD if model else None,
        "yardstick": {
            "fraud_rate": {"value": 0.071, "low": 0.059, "high": 0.084},
            "missed": {"value": 152.4, "low": 99.0, "high": 230.0},
            "missed_revenue": {"value": 9.1e9, "low": 4e9, "high": 2e10},
            "of_my_own": 0.5,
        },
        "labels": {
            "price_against_hs6_origin": {
                "en": "Unit price against HS6 and origin",
                "vi": "Đơn giá so với HS6 và xuất xứ",
            },
            "importer_hit_rate_365": {
                "en": "Importer's hit rate, 365 days",
                "vi": "Tỷ lệ phát hiện của người nhập khẩu, 365 ngày",
            },
            "net_above_gross": {"en": "net mass above gross mass", "vi": "trọng lượng tịnh lớn hơn cả bì"},
        },
    }
