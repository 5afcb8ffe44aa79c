"""Modes of transport (UN/ECE Recommendation 19) and terms of delivery (Incoterms)."""

from __future__ import annotations

__all__ = ["INCOTERMS", "MODES", "MODES_VI"]

MODES: dict[str, str] = {
    "1": "sea",
    "2": "rail",
    "3": "road",
    "4": "air",
    "5": "post",
    "6": "multimodal",
    "7": "fixed installation",
    "8": "inland waterway",
    "9": "other",
}

MODES_VI: dict[str, str] = {
    "1": "đường biển",
    "2": "đường sắt",
    "3": "đường bộ",
    "4": "đường hàng không",
    "5": "bưu chính",
    "6": "vận tải đa phương thức",
    "7": "đường ống, đường dây cố định",
    "8": "đường thủy nội địa",
    "9": "phương thức khác",
}

# The eleven terms of 2020 and those of 2000 and 2010 that contracts still name.
INCOTERMS: frozenset[str] = frozenset(
    ["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP", "DAT", "DAF", "DES", "DEQ", "DDU"],
)
