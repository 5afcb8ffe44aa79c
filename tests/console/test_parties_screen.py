"""Parties: found by number or name in any script, their page and figures, offices and levels, notes, the network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from urllib.parse import quote

import pytest
from django.test import Client

from tidegate.console.clock import today
from tidegate.console.parties import known as facts
from tidegate.console.parties.directory import gather, search
from tidegate.console.parties.graph import ROW, Shared, draw, shared
from tidegate.console.parties.kinds import KIND_OF, KINDS
from tidegate.console.parties.models import Name, Note
from tidegate.console.parties.timeline import draw as timeline
from tidegate.console.register.models import AuditEntry, Clearance, Declaration, Finding, Office, Subject, User
from tidegate.yardstick import rate_interval

pytestmark = pytest.mark.django_db


def busiest(role: str) -> str:
    keys = list(Subject.objects.filter(role=role).values_list("key", flat=True))
    return max(sorted(set(keys)), key=keys.count)


def address(role: str, key: str, part: str = "") -> str:
    return f"/parties/{part}{role}/{quote(key)}"


def of_one_office(name: str, code: str) -> User:
    user = User.objects.get(username=name)
    user.everywhere = False
    user.save()
    user.offices.set([Office.objects.get(code=code)])
    return User.objects.get(username=name)


def auditor() -> User:
    return User.objects.get(username="auditor")


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("role", [kind.role for kind in KINDS])
def test_every_kind_of_party_has_its_page(as_role: Callable[..., Client], role: str, language: str) -> None:
    if role in ("bill", "document", "parcels"):  # simulated trade names none
        for one in Declaration.objects.order_by("pk")[:2]:
            Subject.objects.create(
                declaration=one, role=role, key="TIDE0001", lodged_on=one.lodged_on, office=one.office
            )
    key = busiest(role)
    gather()
    answer = as_role("targeting", language).get(address(role, key))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert ("Khai" if language == "vi" else "Declarations") in text or "Tờ khai" in text
    rows = answer.context["rows"]
    assert rows == sorted(rows, key=lambda one: (one["lodged_on"], one["pk"]), reverse=True)
    for row in rows:
        assert Subject.objects.filter(declaration=row["pk"], role=role, key=key).exists()


def test_figures_are_those_of_its_declarations() -> None:
    key = busiest("declarant")
    held = Declaration.objects.filter(subjects__role="declarant", subjects__key=key, current=True)
    for place, one in enumerate(held.order_by("pk")[:4]):
        Finding.objects.create(
            declaration=one,
            found_on=today(),
            illicit=place == 1,
            revenue=50.0 * (place == 1),
            made_at="2025-02-09T00:00Z",
        )
    one = facts.known(KIND_OF["declarant"], key, auditor())
    assert one is not None
    told = facts.figures(one)
    assert told.declarations == held.count() == sum(told.channels.values()) == sum(month.all for month in told.months)
    assert told.lines == sum(held.values_list("line_count", flat=True))
    assert sum(told.value.values()) == pytest.approx(sum(held.values_list("customs_value", flat=True)))
    assert (told.opened, told.found, told.revenue, told.rate) == (4, 1, 50.0, 0.25)
    assert (told.low, told.high) == rate_interval(1, 4)
    for kind, others, found in facts.partners(one):
        named = Subject.objects.filter(declaration__in=held, role=kind.role).exclude(role="declarant", key=key)
        assert others == named.values("key").distinct().count()
        for partner in found:
            assert partner.declarations == named.filter(key=partner.key).count()
    assert sum(count for *_, count in facts.origins(one)) >= min(held.count(), 1)
    assert facts.goods(one)


def test_a_party_with_very_many_declarations_is_cut_and_it_is_said(
    as_role: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = busiest("carrier")
    monkeypatch.setattr(facts, "MOST", 3)
    answer = as_role("targeting").get(address("carrier", key))
    assert answer.context["figures"].declarations == 3
    assert "latest 3 declarations" in answer.content.decode()


def test_its_declarations_come_page_by_page_each_once(
    as_role: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.console.parties.views.SHOWN", 7)
    key, client = busiest("carrier"), as_role("targeting")
    seen: list[int] = []
    query = ""
    while True:
        page = client.get(address("carrier", key, "declarations/") + query)
        seen += [row["pk"] for row in page.context["rows"]]
        if not page.context["older"]:
            break
        query = f"?before={page.context['older']}"
    held = Subject.objects.filter(role="carrier", key=key).order_by("-lodged_on", "-declaration_id")
    assert seen == list(held.values_list("declaration_id", flat=True))
    for nonsense in ("x", "2025-99-99:1", "2025-01-01:x", ":"):
        assert client.get(address("carrier", key, "declarations/") + f"?before={nonsense}").status_code == 200


def test_who_is_not_seen_is_not_there(as_role: Callable[..., Client]) -> None:
    one = Declaration.objects.exclude(office="").order_by("pk").first()
    assert one is not None
    gather()
    hidden = [
        subject
        for subject in one.subjects.all()
        if set(Subject.objects.filter(role=subject.role, key=subject.key).values_list("office", flat=True))
        == {one.office}
    ]
    assert hidden
    elsewhere = Office.objects.exclude(code=one.office).first()
    assert elsewhere is not None
    user = of_one_office("targeting", elsewhere.code)
    client = as_role("targeting")
    for subject in hidden:
        for part in ("", "declarations/", "screen/"):
            assert client.get(address(subject.role, subject.key, part)).status_code == 404
        assert client.post(address(subject.role, subject.key, "note/"), {"text": "x"}).status_code == 404
        assert subject.key not in [entry.key for entry in search(subject.name or subject.key, user).entries]
    of_one_office("targeting", one.office)
    for subject in hidden:
        assert as_role("targeting").get(address(subject.role, subject.key)).status_code == 200


def test_what_one_office_sees_of_a_party_is_counted_of_that_office_alone() -> None:
    key = busiest("carrier")
    offices = Subject.objects.filter(role="carrier", key=key).values_list("office", flat=True)
    office = min(set(offices))
    one = facts.known(KIND_OF["carrier"], key, of_one_office("targeting", office))
    assert one is not None
    assert facts.figures(one).declarations == list(offices).count(office)


def test_nothing_stands_at_other_addresses(as_role: Callable[..., Client]) -> None:
    client = as_role("targeting")
    for path in ("/parties/importer/none", "/parties/nobody/1", "/parties/importer/%00", "/parties/container/a/b/c"):
        assert client.get(path).status_code == 404


def test_names_are_found_in_any_writing(as_role: Callable[..., Client]) -> None:
    one = Declaration.objects.order_by("pk").first()
    assert one is not None
    for key, name in (
        ("T1", "CÔNG TY TNHH Đèn Hồng Vọng Nguyệt (MADE UP)"),
        ("T2", "王小明"),
        ("T3", "ООО «Северный Свет Мурманск»"),
        ("T4", "Lô 7/2, đường Gió Lặng"),
    ):
        Subject.objects.create(
            declaration=one, role="exporter", key=key, name=name, lodged_on=one.lodged_on, office=one.office
        )
    assert gather() > 0
    assert gather() == 0
    for said, key in (
        ("den hong vong nguyet", "T1"),
        ("Đèn Hồng Nguy", "T1"),
        ("NGUYỆT vọng", "T1"),
        ("xiaoming", "T2"),
        ("severny", "T3"),
        ("мурманск", "T3"),
        ("Gió Lặng 7", "T4"),
        ("T1", "T1"),
    ):
        if said != "severny":
            assert key in [entry.key for entry in search(said, auditor()).entries], said
    for nothing in ("", " ", "đèn xyzzyq", "'); DROP TABLE x; --", "& | ! :*", "\\", "%", "(((", "a:b <-> c", "\x00"):
        assert isinstance(search(nothing.replace("\x00", ""), auditor()).entries, list)
    page = as_role("lists").get("/parties/?q=den+hong+vong+nguyet")
    assert "/parties/exporter/T1" in page.content.decode()
    assert "Nothing that you may see" in as_role("lists").get("/parties/?q=xyzzyq+none").content.decode()
    assert as_role("lists").get("/parties/?q=%00").status_code == 200


def test_the_directory_counts_every_subject_once() -> None:
    gather()
    named = [kind.role for kind in KINDS if kind.named]
    rows = Subject.objects.filter(role__in=named).exclude(name="")
    assert sum(Name.objects.values_list("declarations", flat=True)) == rows.count()
    one = Name.objects.order_by("-declarations", "pk").first()
    assert one is not None
    same = rows.filter(role=one.role, key=one.key, office=one.office, name=one.name).values_list("lodged_on", flat=True)
    assert (one.declarations, one.first_on, one.last_on) == (same.count(), min(same), max(same))


def test_a_container_is_found_by_how_it_begins() -> None:
    key = Subject.objects.filter(role="container").values_list("key", flat=True)[0]
    assert key in [entry.key for entry in search(key[:7].lower(), auditor()).entries]
    assert key in [entry.key for entry in search(f"{key[:4]} {key[4:]}", auditor()).entries]


def test_a_note_is_kept_read_by_whom_it_is_for_and_withdrawn(as_role: Callable[..., Client]) -> None:
    key = busiest("importer")
    place = address("importer", key, "note/")
    client = as_role("targeting")
    empty = client.post(place, {"text": " ", "office": "", "level": "1"})
    assert empty.status_code == 422
    assert "field wrong" in empty.content.decode()
    above = client.post(place, {"text": "x", "office": "", "level": "2"})
    assert above.status_code == 422, "nobody writes above their own level"
    assert client.post(place, {"text": "Seen at <b>pier 4</b>", "office": "", "level": "1"}).status_code == 302
    note = Note.objects.get()
    entry = AuditEntry.objects.get(act="party.note")
    assert entry.subject == f"party:importer:{key}"
    assert "pier" not in str(entry.detail)
    for role in ("supervisor", "auditor", "lists"):
        assert "Seen at &lt;b&gt;pier 4" in as_role(role).get(address("importer", key)).content.decode()
    User.objects.filter(username="lists").update(clearance=Clearance.OPEN)
    assert "pier 4" not in as_role("lists").get(address("importer", key)).content.decode()
    assert as_role("supervisor").post(f"/parties/note/withdraw/{note.pk}").status_code == 404
    assert client.post(f"/parties/note/withdraw/{note.pk}").status_code == 302
    client.post(f"/parties/note/withdraw/{note.pk}")
    assert AuditEntry.objects.filter(act="party.note.withdraw").count() == 1
    assert "withdrawn by targeting" in client.get(address("importer", key)).content.decode()


def test_a_note_for_one_office_stays_there(as_role: Callable[..., Client]) -> None:
    key = busiest("carrier")
    mine, other = sorted(set(Subject.objects.filter(role="carrier", key=key).values_list("office", flat=True)))[:2]
    client = as_role("supervisor")
    assert (
        client.post(address("carrier", key, "note/"), {"text": "for one", "office": mine, "level": "0"}).status_code
        == 302
    )
    of_one_office("targeting", mine)
    assert "for one" in as_role("targeting").get(address("carrier", key)).content.decode()
    of_one_office("targeting", other)
    assert "for one" not in as_role("targeting").get(address("carrier", key)).content.decode()
    refused = as_role("targeting").post(address("carrier", key, "note/"), {"text": "x", "office": mine, "level": "0"})
    assert refused.status_code == 422


@pytest.mark.parametrize("role", ["inspector", "approver", "administrator"])
def test_others_are_refused(as_role: Callable[..., Client], role: str) -> None:
    client, key = as_role(role), busiest("importer")
    for path in ("/parties/", address("importer", key), address("importer", key, "screen/")):
        assert client.get(path).status_code == 403
    assert client.post(address("importer", key, "note/"), {"text": "x"}).status_code == 403


def test_an_auditor_reads_and_writes_nothing(as_role: Callable[..., Client]) -> None:
    client, key = as_role("auditor"), busiest("importer")
    page = client.get(address("importer", key))
    assert page.status_code == 200
    assert page.context["form"] is None
    assert client.post(address("importer", key, "note/"), {"text": "x", "level": "0"}).status_code == 403


def test_lists_are_asked_anew_and_say_no_more_than_one_may_know(as_role: Callable[..., Client], trade: object) -> None:
    found = 0
    client = as_role("targeting")
    keys = sorted(set(Subject.objects.filter(role="importer").values_list("key", flat=True)))
    gather()
    for key in keys[:60]:
        answer = client.get(address("importer", key, "screen/"), headers={"hx-request": "true"})
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
        for one in answer.context["found"] or []:
            found += 1
            assert one.known or not one.reasons
    whole = client.get(address("importer", keys[0], "screen/"))
    assert "<html" in whole.content.decode()
    for role in ("address", "container", "transport", "carrier", "exporter", "declarant"):
        assert client.get(address(role, busiest(role), "screen/")).status_code == 200


def test_importers_that_share_an_address_are_its_second_step() -> None:
    first, second = Declaration.objects.order_by("pk").exclude(importer_id="")[:2]
    other = Declaration.objects.exclude(importer_id__in=[first.importer_id, second.importer_id]).order_by("pk").first()
    assert other is not None
    for one in (first, other):
        Subject.objects.filter(declaration=one, role="address").delete()
        Subject.objects.create(
            declaration=one,
            role="address",
            key="made up 1",
            name="Made up 1",
            lodged_on=one.lodged_on,
            office=one.office,
        )
    one = facts.known(KIND_OF["importer"], first.importer_id, auditor())
    assert one is not None
    around = facts.partners(one)
    beyond = shared(one, around, auditor())
    assert (other.importer_id, "made up 1") in [(them.key, them.by.key) for them in beyond]
    assert first.importer_id not in [them.key for them in beyond]
    seen = shared(one, around, of_one_office("targeting", first.office))
    assert other.office == first.office or other.importer_id not in [them.key for them in seen]


def test_the_network_is_drawn_the_same_way_and_no_name_lies_on_another() -> None:
    one = facts.known(KIND_OF["declarant"], busiest("declarant"), auditor())
    assert one is not None
    around = facts.partners(one)
    things = [partner for kind, _, found in around if kind.second for partner in found]
    beyond = [Shared(thing, f"9{place}", f"Other {place}", 1) for place, thing in enumerate(things[:6])]
    picture = draw(one, around, beyond)
    assert picture == draw(one, around, beyond)
    places: dict[tuple[bool, bool], list[float]] = {}
    for node in picture.nodes:
        assert 0 <= node.y <= picture.height
        assert 0 <= node.x <= picture.width
        outer = abs(node.x - 600) > 400
        places.setdefault((node.x > 600, outer), []).append(node.y)
    for at in places.values():
        at.sort()
        assert all(later - earlier >= ROW - 0.01 for earlier, later in pairwise(at))


def test_bars_of_the_year_add_up_to_its_months() -> None:
    one = facts.known(KIND_OF["declarant"], busiest("declarant"), auditor())
    assert one is not None
    figures = facts.figures(one)
    drawn = timeline(figures.months)
    assert [bar.first for bar in drawn.bars] == [month.first for month in figures.months]
    assert drawn.bars[-1].first == today().replace(day=1)
    assert drawn.lines[-1].value >= max(month.all for month in figures.months)
    assert drawn.bars[0].first >= (today() - timedelta(days=396)).replace(day=1)
    assert timeline([]).bars == []
