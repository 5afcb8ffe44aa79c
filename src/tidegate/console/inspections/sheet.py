"""The page of an inspection put together: the forms of a task, blank, prefilled or read; and the record of one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from tidegate.console.inspections.briefing import Briefing, briefing
from tidegate.console.inspections.checklist import OF_PROFILE, answers, standing
from tidegate.console.inspections.forms import Checklist, Result, Sheet
from tidegate.console.inspections.models import Inspection, Photo
from tidegate.console.inspections.offences import BY_CODE
from tidegate.console.inspections.photos import MOST, NotAPhotoError, Shot, read
from tidegate.console.inspections.sending import Report, asks_second
from tidegate.console.register.models import Line, Task, User

__all__ = ["Filled", "Part", "told"]

WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the page about one line; about what belongs to no line where `line` is None."""

    line: Line | None
    form: Result
    reasons: list[Mapping[str, Any]]
    photos: list[Photo]  # taken over from what was sent back

    @property
    def item_number(self) -> int | None:
        return self.line.item_number if self.line else None

    @property
    def photo_field(self) -> str:
        return f"photo-{self.form.prefix}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A task with its forms. `errors`: each with the id of its field and a text; empty where it can be sent."""

    task: Task
    briefing: Briefing
    sheet: Sheet
    checks: Checklist
    parts: list[Part]
    returned: Inspection | None
    shots: list[tuple[int | None, Shot]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def blank(cls, task: Task, user: User) -> Filled:
        """For a page that is opened; with what was sent before, where it came back."""
        return _filled(task, user, None)

    @classmethod
    def read(cls, task: Task, user: User, said: QueryDict, files: MultiValueDict[str, UploadedFile]) -> Filled:
        """What was posted, checked, with its photos decoded."""
        filled = _filled(task, user, said)
        filled.errors.extend(_errors((filled.sheet, filled.checks, *(part.form for part in filled.parts))))
        _shots(filled, files)
        return filled

    @property
    def draft_id(self) -> uuid.UUID | None:
        self.sheet.is_valid()
        return self.sheet.cleaned_data.get("draft_id")

    @property
    def second(self) -> str:
        """When another officer will have to sign: always, found or never."""
        return "always" if asks_second(False) else "found" if asks_second(True) else "never"

    def report(self) -> Report:
        """To be sent; only where there are no errors."""
        return Report(
            draft_id=self.sheet.cleaned_data["draft_id"],
            started_at=self.sheet.cleaned_data["started_at"],
            checks=self.checks.cleaned_data,
            results=[{"item_number": part.item_number, **part.form.cleaned_data} for part in self.parts],
            note=self.sheet.cleaned_data["remark"],
            shots=self.shots,
        )


def _filled(task: Task, user: User, said: QueryDict | None) -> Filled:
    lines = list(task.declaration.lines.order_by("item_number"))
    brief = briefing(task.declaration, user)
    returned = task.inspections.filter(state=Inspection.State.RETURNED).order_by("-sent_at", "-pk").first()
    before = {one["item_number"]: one for one in returned.results} if returned else {}
    photos = list(returned.photos.all()) if returned else []
    return Filled(
        task=task,
        briefing=brief,
        sheet=Sheet(said, initial={**Sheet.opened(), "remark": returned.note if returned else ""}),
        checks=Checklist(
            _questions(task, lines, brief), said, prefix="check", initial=returned.checks if returned else None
        ),
        parts=[
            Part(
                line=line,
                form=Result(
                    said,
                    prefix=f"line{number}" if number else WHOLE,
                    initial=before.get(number) or {"unit": line.fields.get("quantity_unit", "") if line else ""},
                ),
                reasons=[one for one in brief.reasons if len(lines) > 1 and line and one.get("item_number") == number],
                photos=[one for one in photos if one.item_number == number],
            )
            for line, number in [*((line, line.item_number) for line in lines), (None, None)]
        ],
        returned=returned,
    )


def _questions(task: Task, lines: Sequence[Line], brief: Briefing) -> list[tuple[str, str, str]]:
    """What the profiles ask comes first, then the standing items."""
    asked = [
        (
            f"{OF_PROFILE}{one.profile}",
            one.title if one.hidden else one.text or one.title,
            one.text if one.hidden else "",
        )
        for one in brief.instructions
    ]
    return [*asked, *standing(task.channel, lines)]


def _errors(forms: Iterable[Any]) -> Iterable[dict[str, str]]:
    for form in forms:
        for name, texts in form.errors.items():
            bound = form[name] if name in form.fields else None
            yield {"field": bound.auto_id if bound else "", "text": " ".join(texts)}


def _shots(filled: Filled, files: MultiValueDict[str, UploadedFile]) -> None:
    taken = [(part, sent) for part in filled.parts for sent in files.getlist(part.photo_field)]
    if len(taken) > MOST:
        filled.errors.append({"field": "", "text": _("At most %(most)d photos can be sent.") % {"most": MOST}})
        return
    for part, sent in taken:
        try:
            shot = read(sent.read())
        except NotAPhotoError:
            text = _("“%(name)s” is not a photo that can be used (JPEG, PNG or WebP, up to 25 MB). Nothing was sent.")
            filled.errors.append({"field": f"id_{part.photo_field}", "text": text % {"name": sent.name}})
        else:
            if (part.item_number, shot.sha256) not in {(item, one.sha256) for item, one in filled.shots}:
                filled.shots.append((part.item_number, shot))


def told(held: Inspection, user: User) -> dict[str, Any]:
    """Context of the page of a record."""
    task = held.task
    lines = list(task.declaration.lines.order_by("item_number"))
    brief = briefing(task.declaration, user)
    questions = _questions(task, lines, brief)
    photos, seizures = list(held.photos.all()), list(held.seizures.all())
    by_number = {line.item_number: line for line in lines}
    results = [
        {
            **one,
            "line": by_number.get(one["item_number"]),
            "kind": BY_CODE[one["offence"]].told() if one["offence"] in BY_CODE else one["offence"],
            "photos": [photo for photo in photos if photo.item_number == one["item_number"]],
            "seizures": [seizure for seizure in seizures if seizure.item_number == one["item_number"]],
        }
        for one in held.results
    ]
    return {
        "inspection": held,
        "task": task,
        "briefing": brief,
        "checks": [
            (question, declared, held.checks.get(code), dict(answers(code)).get(held.checks.get(code)))
            for code, question, declared in questions
        ],
        "results": results,
        "found": sum(one["found"] == "found" for one in held.results),
        "photo_count": len(photos),
        "signable": held.state == Inspection.State.SIGNING and user.may("countersign") and held.inspector_id != user.pk,
    }
