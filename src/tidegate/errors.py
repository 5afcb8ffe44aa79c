"""The one tree of errors.

TidegateError
├── InputError          a file or table that cannot be read as what it should be
│   └── MappingError    a mapping file that does not fit itself or the table it maps
├── BookError           a book that cannot be loaded as a whole
│   └── ProfileError    one profile whose condition or data is refused
├── ListError           a watch list that cannot be loaded
├── PolicyError         a selection policy that contradicts itself
├── CountersError       a counters file that is damaged or of another make
├── ModelError          a model that is damaged, or does not fit the table it is asked about
├── DecisionError       decisions that cannot be read, explained or replayed
├── EstimateError       an estimate that the data at hand cannot carry
└── NodeError           a node that cannot do now what it was asked: not there, busy, damaged

Every message says what is wrong, where, and what to do. The command line turns each of them into
one line on standard error and exit status 2.
"""

from __future__ import annotations

__all__ = [
    "BookError",
    "CountersError",
    "DecisionError",
    "EstimateError",
    "InputError",
    "ListError",
    "MappingError",
    "ModelError",
    "NodeError",
    "PolicyError",
    "ProfileError",
    "TidegateError",
]


class TidegateError(Exception):
    """What a user can be told: `what` went wrong, `where` (file, row, field, place), and a `hint` at what to do."""

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class InputError(TidegateError):
    """A file or table that cannot be read as what it should be."""


class MappingError(InputError):
    """A mapping file that does not fit itself or the table it maps."""


class BookError(TidegateError):
    """A book of profiles that cannot be loaded as a whole."""


class ProfileError(BookError):
    """One profile whose condition or data is refused."""


class ListError(TidegateError):
    """A watch list that cannot be loaded."""


class PolicyError(TidegateError):
    """A selection policy that contradicts itself."""


class CountersError(TidegateError):
    """A counters file that is damaged or of another make."""


class ModelError(TidegateError):
    """A model that is damaged, or does not fit the table it is asked about."""


class DecisionError(TidegateError):
    """Decisions that cannot be read, explained or replayed."""


class EstimateError(TidegateError):
    """An estimate that the data at hand cannot carry."""


class NodeError(TidegateError):
    """A node that cannot do now what it was asked: it is not there, busy, damaged, or its copy is."""
