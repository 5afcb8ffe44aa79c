"""Lists: who would match and why, a version is checked and compared, one officer proposes and another activates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tidegate.assessment.parties import hold
from tidegate.console.clock import today
from tidegate.console.deciding import engine_of, lines_of
from tidegate.console.lists import tasks
from tidegate.console.lists.changes import difference
from tidegate.console.lists.models import Overlap, Proposal
from tidegate.console.lists.shelf import folder_of, in_force, shelf_of
from tidegate.console.register.models import AuditEntry, Clearance, Declaration, Edition, User
from tidegate.screening import Entry, NamedList

pytestmark = pytest.mark.django_db

HEAD = "value,kind,owner,reason,expires\n"


@pytest.fixture(autouse=True)
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the worker is asked to do."""
    asked: list[dict[str, Any]] = []
    for task in (tasks.count_list, tasks.count_proposal):
        monkeypatch.setattr(task, "defer", lambda **said: asked.append(said))
    return asked


@pytest.fixture
def partner(edition: Edition) -> NamedList:
    """A list of names in force."""
    return shelf_of(edition.lists).lists["partner-notices"]


def csv(named: NamedList, *more: str, drop: int = 0) -> bytes:
    """The file of a list in force, changed."""
    path = folder_of(in_force().lists) / f"{named.name}.csv"  # type: ignore[union-attr]
    rows = path.read_text("utf-8").splitlines()
    return "\n".join([*rows[: len(rows) - drop], *more, ""]).encode()


def upload(client: Client, body: bytes, name: str = "partner-notices", file: str = "x.csv", **more: str) -> Any:
    files = SimpleUploadedFile(file, body)
    return client.post("/lists/change/", {"name": name, "why": "weekly", "files": files, **more})


def test_every_list_in_force_is_told_with_what_counts(as_role: Callable[..., Client], edition: Edition) -> None:
    shelf = shelf_of(edition.lists)
    assert shelf.lists
    for language, word in (("en", "In force"), ("vi", "Đang áp dụng")):
        page = as_role("auditor", language).get("/lists/").content.decode()
        assert word in page
        for name in (*shelf.lists, *shelf.values):
            assert name in page


def test_who_would_match_is_told_with_its_reasons(as_role: Callable[..., Client], partner: NamedList) -> None:
    entry = next(one for one in partner.entries if one.names and (one.expires is None or one.expires >= today()))
    page = as_role("targeting").get("/lists/search/", {"name": entry.names[0].lower()}).content.decode()
    assert entry.names[0] in page
    assert "agrees" in page
    assert "+" in page
    vietnamese = as_role("targeting", "vi").get("/lists/search/", {"name": entry.names[0]}).content.decode()
    assert "cần xác nhận" in vietnamese


@pytest.mark.parametrize("given", [{}, {"name": " "}, {"name": "x" * 501}, {"name": "a", "born": "soon"}])
def test_a_search_for_nobody_says_what_is_missing(as_role: Callable[..., Client], given: dict[str, str]) -> None:
    answer = as_role("targeting").get("/lists/search/", given)
    assert answer.status_code == (422 if given else 200)


def test_a_search_agrees_with_what_decides(
    as_role: Callable[..., Client], edition: Edition, partner: NamedList
) -> None:
    screener = engine_of(edition).screener
    assert screener is not None
    for entry in [one for one in partner.entries if one.names][:10]:
        shown = as_role("targeting").get("/lists/search/", {"name": entry.names[0]}).context["matches"]
        from tidegate.screening import Party

        told = screener.screen(Party(entry.names[0]), today())
        assert [(one["entry"], one["probability"]) for one in shown] == [
            (m.entry.source_id, m.probability) for m in told
        ]


def restricted(client: Client, partner: NamedList) -> Proposal:
    """The same list and one entry more, as a restricted one, in force."""
    answer = upload(
        client, csv(partner, "BLACK LOTUS TRADING COMPANY 77,company,partner,secret source,"), level="restricted"
    )
    assert answer.status_code == 302, answer.context["wrong"]
    return Proposal.objects.latest("pk")


def put_in_force(proposal: Proposal, level: int = Clearance.RESTRICTED) -> None:
    from tidegate.console.lists.changes import activate

    user = User.objects.get(username="approver")
    user.clearance = level
    activate(proposal, user)


def test_a_restricted_entry_is_a_hit_without_its_details(as_role: Callable[..., Client], partner: NamedList) -> None:
    made = restricted(as_role("lists"), partner)
    assert "BLACK LOTUS" not in as_role("approver").get(f"/lists/proposal/{made.pk}/").content.decode()
    put_in_force(made)
    number = next(
        one.source_id
        for one in shelf_of(in_force().lists).lists["partner-notices"].entries
        if "LOTUS" in one.names[0]  # type: ignore[union-attr]
    )
    targeting = as_role("targeting")
    page = targeting.get("/lists/search/", {"name": "Black Lotus Trading Company 77"}).content.decode()
    assert "an entry of restricted access" in page
    assert "secret source" not in page
    assert number not in page
    listed = targeting.get("/lists/of/partner-notices/").content.decode()
    assert "LOTUS" not in listed
    assert "above your handling level" in listed
    assert targeting.get("/lists/of/partner-notices/entry/", {"number": number}).status_code == 404
    assert targeting.get("/lists/clear/", {"list": "partner-notices", "entry": number}).status_code == 404
    User.objects.filter(username="targeting").update(clearance=Clearance.RESTRICTED)
    cleared = as_role("targeting")
    assert "secret source" in cleared.get("/lists/search/", {"name": "Black Lotus Trading Company 77"}).content.decode()
    assert cleared.get("/lists/of/partner-notices/entry/", {"number": number}).status_code == 200


def test_who_may_not_know_it_does_not_activate_it(as_role: Callable[..., Client], partner: NamedList) -> None:
    made = restricted(as_role("lists"), partner)
    answer = as_role("approver").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"}, follow=True)
    assert "more than your handling level" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == Proposal.State.WAITING


def test_a_version_is_compared_proposed_and_activated_by_another(
    as_role: Callable[..., Client], partner: NamedList, edition: Edition, deferred: list[dict[str, Any]]
) -> None:
    body = csv(partner, "CONG TY MAI HOA 12,company,partner,information received,2030-01-01", drop=1)
    answer = upload(as_role("lists"), body)
    made = Proposal.objects.get()
    assert answer.headers["Location"] == f"/lists/proposal/{made.pk}/"
    assert deferred == [{"proposal": made.pk}]
    assert in_force() == edition
    page = as_role("approver").get(f"/lists/proposal/{made.pk}/")
    assert [len(getattr(page.context["gap"], kind)) for kind in ("added", "removed", "changed")] == [1, 1, 0]
    assert "CONG TY MAI HOA 12" in page.content.decode()
    assert as_role("lists").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"}).status_code == 403
    assert as_role("approver").post(f"/lists/proposal/{made.pk}/decide/", {"act": "refuse"}).status_code == 422
    as_role("approver").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"})
    made.refresh_from_db()
    now = in_force()
    assert now is not None
    assert made.edition == now != edition
    assert (now.book, now.policy, now.model) == (edition.book, edition.policy, edition.model)
    held = shelf_of(now.lists).lists
    assert held["partner-notices"].version == made.version
    assert {name: one.version for name, one in held.items() if name != "partner-notices"} == {
        name: one.version for name, one in shelf_of(edition.lists).lists.items() if name != "partner-notices"
    }
    acts = list(AuditEntry.objects.order_by("-number").values_list("act", flat=True)[:3])
    assert sorted(acts) == ["edition.activate", "lists.activate", "lists.propose"]
    again = as_role("approver").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"}, follow=True)
    assert "decided already" in again.content.decode()


def test_nobody_activates_their_own(as_role: Callable[..., Client], partner: NamedList) -> None:
    user = User.objects.get(username="lists")
    user.groups.add(*User.objects.get(username="approver").groups.all())
    upload(as_role("lists"), csv(partner, drop=1))
    made = Proposal.objects.get()
    answer = as_role("lists").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"}, follow=True)
    assert "nobody decides on what they proposed" in answer.content.decode()
    assert Proposal.objects.get().state == Proposal.State.WAITING


def test_a_version_that_another_overtook_is_proposed_anew(as_role: Callable[..., Client], partner: NamedList) -> None:
    for drop in (1, 2):
        upload(as_role("lists"), csv(partner, drop=drop))
    first, second = Proposal.objects.order_by("pk")
    client = as_role("approver")
    client.post(f"/lists/proposal/{first.pk}/decide/", {"act": "activate"})
    answer = client.post(f"/lists/proposal/{second.pk}/decide/", {"act": "activate"}, follow=True)
    assert "has changed since" in answer.content.decode()
    assert Edition.objects.latest("pk") == in_force()


@pytest.mark.parametrize(("body", "file", "said"), [
    (b"", "x.csv", "empty"),
    (b"\x00\x01\x02 no list", "x.xml", "does not look like a list"),
    ((HEAD + "A,company,me,why,tomorrow\n").encode(), "x.csv", ""),
    (b"<!DOCTYPE x><x/>", "x.xml", ""),
    ((HEAD + "A,company,me,why,\n").encode(), "x.exe", "no file of a list"),
])  # fmt: skip
def test_what_is_no_list_is_refused_with_what_and_where(
    as_role: Callable[..., Client], body: bytes, file: str, said: str
) -> None:
    answer = upload(as_role("lists"), body, file=file)
    assert answer.status_code == 422
    assert said in answer.context["wrong"]
    assert answer.context["wrong"]
    assert "/tmp" not in answer.context["wrong"]
    assert not Proposal.objects.exists()


def test_names_that_lead_elsewhere_are_refused(as_role: Callable[..., Client], partner: NamedList) -> None:
    for name in ("../x", "a/b", ".cleared", "lists"):
        assert upload(as_role("lists"), csv(partner, drop=1), name=name).status_code == 422
    answer = upload(as_role("lists"), csv(partner, drop=1), file="../../up.csv")
    assert answer.status_code == 302


def test_a_list_that_lost_half_is_taken_for_cut_off(as_role: Callable[..., Client], edition: Edition) -> None:
    rows = [f"MADE UP COMPANY {number},company,partner,why," for number in range(30)]
    upload(as_role("lists"), (HEAD + "\n".join(rows)).encode(), name="new-list")
    put_in_force(Proposal.objects.get())
    short = (HEAD + "\n".join(rows[:10])).encode()
    assert "cut off" in upload(as_role("lists"), short, name="new-list").context["wrong"]
    assert upload(as_role("lists"), short, name="new-list", shrunk="on").status_code == 302


def test_the_same_version_is_not_proposed(as_role: Callable[..., Client], partner: NamedList) -> None:
    assert "just what" in upload(as_role("lists"), csv(partner)).context["wrong"]


def test_not_the_same_is_remembered_of_what_tells_a_party_and_activated_by_another(
    as_role: Callable[..., Client], partner: NamedList
) -> None:
    entry = next(one for one in partner.entries if one.names and (one.expires is None or one.expires >= today()))
    said = {"list": "partner-notices", "entry": entry.source_id, "name": entry.names[0], "why": "founded later"}
    said["until"] = (today() + timedelta(days=300)).isoformat()
    client = as_role("targeting")
    assert client.get("/lists/clear/", said).status_code == 200
    assert "others bear this name" in client.post("/lists/clear/", said).content.decode()
    late = said | {"until": (today() + timedelta(days=900)).isoformat(), "number": "0100109106", "type": "tax"}
    assert "within two years" in client.post("/lists/clear/", late).content.decode()
    other = said | {"name": "Somebody Else Entirely", "number": "0100109106", "type": "tax"}
    assert "does not match" in client.post("/lists/clear/", other).content.decode()
    whom = {"name": entry.names[0], "number": "0100109106", "type": "tax"}
    assert client.post("/lists/clear/", said | whom).status_code == 302
    found = [one["entry"] for one in client.get("/lists/search/", whom).context["matches"]]
    assert entry.source_id in found
    made = Proposal.objects.get()
    as_role("approver").post(f"/lists/proposal/{made.pk}/decide/", {"act": "activate"})
    found = [one["entry"] for one in client.get("/lists/search/", whom).context["matches"]]
    assert entry.source_id not in found
    engine = engine_of(in_force())  # type: ignore[arg-type]
    assert engine.screener is not None
    assert len(engine.screener.cleared) == 1  # it decides, too
    assert "founded later" in client.get("/lists/cleared/").content.decode()


def test_overlap_is_what_the_screening_of_those_lines_says(edition: Edition, partner: NamedList) -> None:
    tasks.count_list("partner-notices")
    tasks.count_all(0)
    assert Overlap.objects.count() == len(shelf_of(edition.lists).lists)
    found = Overlap.objects.get(list="partner-notices")
    held = Declaration.objects.filter(current=True)
    assert found.seen == held.count()
    screener = engine_of(edition).screener
    assert screener is not None
    lines = lines_of(held)
    matches = hold(lines, screener).matches
    rows = matches.filter((matches["list"] == "partner-notices") & matches["probability"].is_not_null())["line"]
    assert found.matched == lines["declaration_id"].gather(rows).n_unique()


def test_expired_entries_are_shown_as_such(as_role: Callable[..., Client], edition: Edition) -> None:
    name, over = next(
        (named.name, one)
        for named in shelf_of(edition.lists).lists.values()
        for one in named.entries
        if one.expires and one.expires < today()
    )
    client = as_role("auditor")
    assert "expired" in client.get(f"/lists/of/{name}/", {"q": over.source_id}).content.decode()
    assert "ended on" in client.get(f"/lists/of/{name}/entry/", {"number": over.source_id}).content.decode()


def test_a_difference_is_empty_just_between_equals(partner: NamedList) -> None:
    same = difference(partner, partner)
    assert [*same.added, *same.removed, *same.changed] == []
    whole = difference(None, partner)
    assert whole.added == list(partner.entries)
    other = Entry("x", partner.entries[0].source_id, partner.entries[0].kind, ("another",))
    changed = NamedList.of("x", "watch", type("Loaded", (), {"entries": (other,), "faults": (), "withdrawn": 0})())
    gap = difference(partner, changed)
    assert (len(gap.added), len(gap.removed), len(gap.changed)) == (0, len(partner.entries) - 1, 1)


def test_roles(as_role: Callable[..., Client]) -> None:
    for role, path, status in (
        ("inspector", "/lists/", 403),
        ("administrator", "/lists/", 403),
        ("auditor", "/lists/search/", 200),
        ("auditor", "/lists/change/", 403),
        ("targeting", "/lists/change/", 403),
        ("lists", "/lists/change/", 200),
        ("auditor", "/lists/clear/", 403),
        ("auditor", "/lists/of/nothing/", 404),
        ("auditor", "/lists/proposal/999999/", 404),
    ):
        assert as_role(role).get(path).status_code == status, (role, path)
