"""Officers' notes on a party: for one office or all, up to a handling level, withdrawn but never changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import now
from tidegate.console.parties.models import Note
from tidegate.console.register import trail
from tidegate.console.register.models import Clearance, Office, User

__all__ = ["NoteForm", "keep", "notes", "withdraw"]


class NoteForm(forms.Form):
    """A note that `user` may write: for offices that he sees, up to his own level."""

    text = forms.CharField(label=_("Note"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))
    office = forms.ChoiceField(label=_("For"), required=False)
    level = forms.TypedChoiceField(label=_("Handling"), coerce=int)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = user.office_codes
        held = Office.objects.all() if codes is None else Office.objects.filter(code__in=codes)
        offices = [(one.code, str(one)) for one in held]
        self.fields["office"].choices = [("", _("all offices")), *offices]
        self.fields["level"].choices = [one for one in Clearance.choices if one[0] <= user.clearance]
        self.fields["level"].initial = min(Clearance.OFFICIAL, user.clearance)


def notes(role: str, key: str, user: User) -> QuerySet[Note]:
    """The notes on a party that a user may read, the latest first."""
    found = Note.objects.filter(role=role, key=key, level__lte=user.clearance).select_related("author", "withdrawn_by")
    if user.office_codes is not None:
        found = found.filter(Q(office="") | Q(office__in=user.office_codes) | Q(author=user))
    return found.order_by("-made_at", "-pk")


def keep(role: str, key: str, user: User, said: dict[str, Any]) -> Note:
    """Keep a note. The trail tells who wrote it, not what it says."""
    with transaction.atomic():
        note = Note.objects.create(role=role, key=key, author=user, made_at=now(), **said)
        trail.write("party.note", _subject(note), user, note=note.pk, office=note.office, level=note.level)
    return note


def withdraw(note: Note, user: User) -> None:
    """Withdraw one's own note: it stays, struck out. Nothing happens to one that is withdrawn."""
    with transaction.atomic():
        held = Note.objects.select_for_update().get(pk=note.pk)
        if held.withdrawn_at is None:
            held.withdrawn_by, held.withdrawn_at = user, now()
            held.save(update_fields=["withdrawn_by", "withdrawn_at"])
            trail.write("party.note.withdraw", _subject(held), user, note=held.pk)


def _subject(note: Note) -> str:
    return f"party:{note.role}:{note.key}"[:140]
