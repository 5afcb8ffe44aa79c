"""ASYCUDA World: the SAD and the cargo manifest as XML, as public samples show them; unverified against UNCTAD."""

import polars as pl

from tidegate.intake.asycuda import answers, manifest, sad, sad_writing
from tidegate.intake.asycuda.items import MONEY
from tidegate.intake.asycuda.manifest_writing import write_bills
from tidegate.intake.formats import Format

__all__ = ["MANIFEST_FORMAT", "SAD_FORMAT", "write_bills"]

SAD_FORMAT = Format(
    name="asycuda",
    label="ASYCUDA World SAD (XML), unverified against UNCTAD's own schema",
    label_vi="Tờ khai SAD của ASYCUDA World (XML), chưa đối chiếu với lược đồ của UNCTAD",
    endings=(".xml",),
    detect=sad.detect,
    read=sad.read,
    columns=sad.SAD_COLUMNS,
    write=sad_writing.write,
    answer=answers.answer,
    types=dict.fromkeys(MONEY, pl.Float64()),
)
MANIFEST_FORMAT = Format(
    name="awmds",
    label="ASYCUDA World cargo manifest (Awmds XML), unverified against UNCTAD's own schema",
    label_vi="Bản lược khai hàng hóa của ASYCUDA World (Awmds XML), chưa đối chiếu với lược đồ của UNCTAD",
    endings=(".xml",),
    detect=manifest.detect,
    read=manifest.read,
    write_bills=write_bills,
)
