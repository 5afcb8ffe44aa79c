"""What is typed in the builder: the keys of a profile, and its condition as rows or as SQL. Nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.console.profiles.models import ProfileVersion
from tidegate.console.profiles.operators import BY_CODE, Operator, of_kind
from tidegate.console.profiles.sentences import Row, Wording, fault, sql_of, typed, values_of
from tidegate.console.profiles.vocabulary import KINDS, unit
from tidegate.console.register.models import Channel, Office
from tidegate.profiles import CHANNELS, NATIONAL

__all__ = ["Condition", "KeysForm", "Typed"]

MOST = 200  # rows of a condition
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class DayField(forms.DateField):
    def __init__(self, **more: Any) -> None:
        day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=day, input_formats=["%Y-%m-%d"], **more)


class KeysForm(forms.Form):
    """All keys of a profile but its condition; the id is asked for a new one only."""

    profile = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z",
        max_length=80,
        label=gettext_lazy("Number of the profile"),
        help_text=gettext_lazy("Letters, digits, dots and dashes, as VN-TIMBER-007. It stays for good."),
    )
    title = forms.CharField(max_length=200, label=gettext_lazy("What it looks for"))
    title_vi = forms.CharField(max_length=200, required=False, label=gettext_lazy("The same in Vietnamese"))
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[(one, Channel(one).label) for one in CHANNELS],
        help_text=gettext_lazy("Red: inspection. Yellow: documents. Blue: after release."),
    )
    rate = forms.FloatField(
        label=gettext_lazy("Share of the hits to select, in percent"),
        help_text=gettext_lazy("100 selects all, 10 one in ten."),
        min_value=0.000001,
        max_value=100,
    )
    starts = DayField(label=gettext_lazy("First day"))
    ends = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("A profile that nobody renews ends."))
    owner = forms.CharField(
        max_length=100, label=gettext_lazy("Owner"), help_text=gettext_lazy("Who answers for it, as hq.wildlife.")
    )
    level = forms.ChoiceField(label=gettext_lazy("Where it holds"))
    instruction = forms.CharField(
        required=False,
        label=gettext_lazy("What the inspector should do"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    instruction_vi = forms.CharField(
        required=False,
        label=gettext_lazy("The same in Vietnamese"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    restricted = forms.BooleanField(
        required=False,
        label=gettext_lazy("Restricted"),
        help_text=gettext_lazy("Only officers cleared for restricted matters read it; others see its number."),
    )

    def __init__(self, *given: Any, version: ProfileVersion | None = None, **more: Any) -> None:
        if version is not None:
            held = {name: getattr(version, name) for name in self.base_fields if name != "profile"}
            more["initial"] = {**held, "rate": f"{version.rate * 100:.10g}"}
        super().__init__(*given, **more)
        offices = [(one.code, f"{one.code} · {one}") for one in Office.objects.all()]
        if version is not None:
            del self.fields["profile"]
            if version.level not in (NATIONAL, *(code for code, _label in offices)):
                offices.append((version.level, version.level))
        self.fields["level"].choices = [(NATIONAL, _("everywhere")), *offices]
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"id_{name}"
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"hint_{name}"

    def clean_profile(self) -> str:
        name = str(self.cleaned_data["profile"])
        if ProfileVersion.objects.filter(profile__iexact=name).exists():
            raise forms.ValidationError(_("There is a profile of this number already."))
        return name

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        starts, ends = told.get("starts"), told.get("ends")
        for name, day in (("starts", starts), ("ends", ends)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Choose a day of this century."))
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last day lies before the first."))
        return told

    def keys(self) -> dict[str, Any]:
        """Keys of the profile, as the table has them."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "profile"}
        return {**told, "rate": float(f"{told['rate'] / 100:.12g}")}


@dataclass(frozen=True)
class Typed:
    """One row as it is typed: its block, field, operator, and two boxes (the second for the upper value)."""

    number: int
    block: int
    field: str = ""
    operator: str = ""
    value: str = ""
    upper: str = ""
    first: bool = True  # of its block

    @cached_property
    def operators(self) -> list[Operator]:
        """How its field can be compared."""
        return of_kind(KINDS[self.field]) if self.field in KINDS else []

    @cached_property
    def chosen(self) -> Operator | None:
        """Its operator; of a field of another kind, the first there is."""
        known = BY_CODE.get(self.operator)
        if known in self.operators:
            return known
        return self.operators[0] if self.operators else None

    @cached_property
    def row(self) -> Row:
        operator = self.chosen
        if operator is None:
            return Row(self.field, "")
        values = values_of(self.value, operator.takes if operator.takes < 2 else 1)
        if operator.takes == 2:
            values += values_of(self.upper, 1)
        return Row(self.field, operator.code, values)

    @cached_property
    def unit(self) -> str:
        return unit(self.field)

    @cached_property
    def fault(self) -> str:
        return fault(self.row, KINDS)

    @cached_property
    def untouched(self) -> bool:
        return not (self.field or self.value)

    @cached_property
    def peers(self) -> list[str]:
        """Other fields that it may be compared with."""
        kind = KINDS.get(self.field)
        return [name for name, of in KINDS.items() if of is kind and name != self.field]


@dataclass(frozen=True)
class Condition:
    """The condition as it is typed. `mode`: rows or sql, whichever is written in; the other follows."""

    mode: str
    join: str
    rows: tuple[Typed, ...]
    text: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Condition:
        """From the fields of the form."""
        count = min(int(data.get("rows") or 0), MOST) if re.fullmatch("[0-9]{0,4}", data.get("rows") or "") else 0
        rows = [
            Typed(
                at,
                int(data.get(f"b-{at}") or 0) if re.fullmatch("[0-9]{1,4}", data.get(f"b-{at}") or "") else at,
                *(str(data.get(f"{key}-{at}") or "").replace("\0", "") for key in "fovw"),  # type: ignore[arg-type]
            )
            for at in range(count)
        ]
        text = str(data.get("when") or "").replace("\r\n", "\n").replace("\0", "")
        mode = "sql" if data.get("mode") == "sql" else "rows"
        return cls(mode, "any" if data.get("join") == "any" else "all", _numbered(rows), text)

    @classmethod
    def of_wording(cls, wording: Wording) -> Condition:
        rows = []
        for block, held in enumerate(wording.blocks):
            for row in held:
                takes = BY_CODE[row.operator].takes
                value = typed(row.values) if takes < 0 else "".join(row.values[:1])
                rows.append(Typed(0, block, row.field, row.operator, value, row.values[1] if takes == 2 else ""))
        return cls("rows", wording.join, _numbered(rows), "")

    @classmethod
    def of_sql(cls, text: str) -> Condition:
        return cls("sql", "all", (), text)

    def changed(self, act: str) -> Condition:
        """After a button: `add`, `or:N` (another row in the block of row N), `remove:N`."""
        name, _colon, number = act.partition(":")
        rows = list(self.rows)
        if name == "add":
            rows.append(Typed(0, 1 + max((row.block for row in rows), default=0)))
        elif name in ("or", "remove") and re.fullmatch("[0-9]{1,4}", number) and int(number) < len(rows):
            at = int(number)
            if name == "remove":
                del rows[at]
            else:
                last = max(place for place, row in enumerate(rows) if row.block == rows[at].block)
                rows.insert(last + 1, Typed(0, rows[at].block))
        return replace(self, rows=_numbered(rows))

    @property
    def wording(self) -> Wording:
        blocks: dict[int, list[Row]] = {}
        for row in self.rows:
            blocks.setdefault(row.block, []).append(row.row)
        return Wording(self.join, tuple(map(tuple, blocks.values())))

    @property
    def faults(self) -> list[Typed]:
        """Rows with something wrong in them, but for those that nobody touched."""
        return [row for row in self.rows if row.fault and not row.untouched] if self.mode == "rows" else []

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        return self.text if self.mode == "sql" else sql_of(self.wording, KINDS)


def _numbered(rows: list[Typed]) -> tuple[Typed, ...]:
    """Rows in the order of their blocks, numbered."""
    ordered = sorted(rows, key=lambda row: row.block)
    return tuple(
        replace(row, number=at, first=at == 0 or ordered[at - 1].block != row.block) for at, row in enumerate(ordered)
    )


def a_year_on(day: date) -> date:
    """The day a year later, less one: a term of a year."""
    return date.fromordinal(day.toordinal() + 364)
