"""What changes lists: proposing a version, proposing "not the same", deciding, counting."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tidegate.console.access import page
from tidegate.console.lists import tasks
from tidegate.console.lists.changes import activate, propose_clearance, propose_version, refuse
from tidegate.console.lists.forms import LARGEST, ClearForm, DecideForm, UploadForm
from tidegate.console.lists.models import Proposal
from tidegate.console.lists.shelf import in_force, knows, shelf_of
from tidegate.console.lists.views import about_entry, me, proposal_page
from tidegate.errors import TidegateError

__all__ = ["clear", "count", "decide", "upload"]


@page("change_lists", "GET", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    """Another version of a list, or a new one: read, checked, and proposed."""
    edition = in_force()
    if edition is None:
        raise Http404
    form = UploadForm(request.POST or None, initial={"name": request.GET.get("list", "")})
    wrong = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        files = request.FILES.getlist("files")
        try:
            if sum(one.size or 0 for one in files) > LARGEST:
                wrong = _("More than 128 MB.")
            else:
                made = propose_version(
                    edition,
                    said["name"].strip(),
                    [(one.name or "", one.read()) for one in files],
                    said["why"],
                    me(request),
                    {"owner": said["owner"].strip(), "level": said["level"]},
                    said["shrunk"],
                )
                tasks.count_proposal.defer(proposal=made.pk)
                messages.success(request, _("Proposed. Another officer has to activate it."))
                return redirect("lists:proposal", made.pk)
        except TidegateError as error:
            wrong = str(error)
    told = {"form": form, "wrong": wrong, "names": list(shelf_of(edition.lists).lists)}
    return render(request, "lists/upload.html", told, status=422 if request.method == "POST" else 200)


@page("clear_matches", "GET", "POST")
def clear(request: HttpRequest) -> HttpResponse:
    """Propose to remember that a party is not the entry that it resembles."""
    edition = in_force()
    said = request.POST if request.method == "POST" else request.GET
    named = shelf_of(edition.lists).lists.get(said.get("list", "")) if edition else None
    entry = about_entry(named, said.get("entry", "")) if named else None
    if edition is None or entry is None or not knows(me(request), entry):
        raise Http404
    form = ClearForm(request.POST) if request.method == "POST" else ClearForm(initial=ClearForm.begun(said.dict()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = propose_clearance(
                edition, entry.list, entry.source_id, form.party, given["until"], given["why"], me(request)
            )
        except TidegateError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Another officer has to activate it."))
            return redirect("lists:proposal", made.pk)
    told = {"form": form, "entry": entry}
    return render(request, "lists/clear.html", told, status=422 if form.is_bound else 200)


@page("approve_lists", "POST")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate what another officer proposed, or refuse it."""
    held = get_object_or_404(Proposal, pk=pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return proposal_page(request, held, form, status=422)
    comment = form.cleaned_data["comment"].strip()
    try:
        if form.cleaned_data["act"] == "activate":
            activate(held, me(request), comment)
            messages.success(request, _("Activated. It decides from now on."))
        else:
            refuse(held, me(request), comment)
            messages.success(request, _("Refused."))
    except TidegateError as error:
        messages.error(request, str(error))
    return redirect("lists:proposal", held.pk)


@page("change_lists", "POST")
def count(request: HttpRequest, name: str) -> HttpResponse:
    """Have the worker count what the list would have matched."""
    edition = in_force()
    if edition is None or name not in shelf_of(edition.lists).lists:
        raise Http404
    tasks.count_list.defer(name=name)
    messages.success(request, _("It is being counted. Look again in a minute."))
    return redirect("lists:one", name)
