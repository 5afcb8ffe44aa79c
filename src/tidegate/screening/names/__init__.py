"""Names in any script become words that can be compared."""

from __future__ import annotations

from tidegate.screening.names.analysis import analyse, analyse_all
from tidegate.screening.names.name import Name, Word

__all__ = ["Name", "Word", "analyse", "analyse_all"]
