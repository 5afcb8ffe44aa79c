"""Inspections: every line is answered, photos are pixels and nothing else, a draft counts once, four eyes if asked."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tidegate.console.inspections import photos
from tidegate.console.inspections.briefing import briefing
from tidegate.console.inspections.checklist import STANDING
from tidegate.console.inspections.forms import Result
from tidegate.console.inspections.models import Inspection, Photo, Seizure
from tidegate.console.inspections.offences import OFFENCES
from tidegate.console.inspections.sending import ClosedError, sign
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Clearance, Finding, Office, Task, User
from tidegate.simulator.offences import SCHEMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspector() -> User:
    return User.objects.get(username="inspector")


@pytest.fixture
def task(inspector: User) -> Task:
    """A red task of two lines or more, assigned to the inspector."""
    held = Task.objects.filter(channel="red", declaration__line_count__gte=2).order_by("pk").first()
    assert held is not None
    held.state, held.inspector = Task.State.ASSIGNED, inspector
    held.save()
    return held


def picture(size: tuple[int, int] = (40, 20), form: str = "JPEG", **told: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **told)
    return out.getvalue()


def shot(body: bytes, name: str = "shot.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, "image/jpeg")


def answered(client: Client, task: Task, **more: Any) -> dict[str, Any]:
    """What a page that was filled in sends: all agrees, nothing found, but for what is said otherwise."""
    sheet = client.get(f"/inspections/{task.pk}/").context["sheet"]
    said: dict[str, Any] = {"draft_id": str(sheet.sheet["draft_id"].value()), "remark": ""}
    said |= {f"check-{code}": "agrees" for code in sheet.checks.fields}
    said |= {f"{part.form.prefix}-found": "nothing" for part in sheet.parts}
    return said | more


FOUND = {
    "line1-found": "found",
    "line1-offence": "undervaluation",
    "line1-revenue": "1200.5",
    "line1-note": "price list",
}


def send(client: Client, task: Task, said: dict[str, Any]) -> Any:
    return client.post(f"/inspections/{task.pk}/", said, headers={"accept": "application/json"})


def test_my_tasks_stand_there_and_no_one_elses(as_role: Callable[..., Client], task: Task) -> None:
    page = as_role("inspector").get("/inspections/").content.decode()
    assert task.number in page
    other = User.objects.create_user("other", everywhere=True)
    other.groups.set(User.objects.get(username="inspector").groups.all())
    task.inspector = other
    task.save()
    client = as_role("inspector")
    assert task.number not in client.get("/inspections/").content.decode()
    assert client.get(f"/inspections/{task.pk}/").status_code == 404
    assert client.post(f"/inspections/{task.pk}/", {}).status_code == 404


def test_the_page_tells_what_to_look_for_and_asks_of_every_line(as_role: Callable[..., Client], task: Task) -> None:
    for language, nothing in (("en", "Nothing found"), ("vi", "Không phát hiện")):
        page = as_role("inspector", language).get(f"/inspections/{task.pk}/").content.decode()
        assert page.count(nothing) >= task.declaration.line_count + 1
        for line in task.declaration.lines.all():
            assert f'name="line{line.item_number}-found"' in page


def test_instructions_come_from_the_book_that_decided(as_role: Callable[..., Client], engine: Any) -> None:
    by_id = {profile.id: profile for profile in engine.book.profiles}
    held = Task.objects.exclude(hits=[]).filter(decision__hits__len__gt=0).first()
    assert held is not None
    for language, key in (("en", "instruction"), ("vi", "instruction_vi")):
        with translation.override(language):
            told = briefing(held.declaration, User.objects.get(username="inspector"))
        assert [one.profile for one in told.instructions] == held.decision.hits
        assert [one.text for one in told.instructions] == [getattr(by_id[name], key) for name in held.decision.hits]


@translation.override("en")
def test_what_a_restricted_profile_asks_is_told_to_those_who_may_know(inspector: User, edition: Any) -> None:
    held = Task.objects.filter(decision__hits__len__gt=0).first()
    assert held is not None
    name = held.decision.hits[0]
    edition.pk, edition.book = None, edition.book.replace(f'id = "{name}"', f'id = "{name}"\nrestricted = true')
    edition.save()
    held.declaration.decisions.update(edition=edition)
    hidden = briefing(held.declaration, inspector).instructions[0]
    assert hidden.hidden
    assert hidden.title == "a restricted profile"
    inspector.clearance = Clearance.RESTRICTED
    shown = briefing(held.declaration, inspector).instructions[0]
    assert not shown.hidden
    assert shown.text not in (hidden.text, hidden.title)


def test_nothing_found_is_a_finding_of_every_line_and_ends_the_task(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    answer = send(client, task, answered(client, task))
    assert answer.status_code == 200
    assert answer.json()["where"].startswith("/inspections/record/")
    findings = Finding.objects.filter(declaration=task.declaration)
    assert sorted(findings.values_list("item_number", flat=True)) == sorted(
        task.declaration.lines.values_list("item_number", flat=True)
    )
    assert not findings.filter(illicit=True).exists()
    task.refresh_from_db()
    assert task.state == Task.State.DONE
    assert task.done_at
    entry = AuditEntry.objects.latest("number")
    assert (entry.act, entry.actor, entry.detail["nothing"]) == ("inspection.send", "inspector", findings.count())
    assert list(trail.breaks()) == []


@pytest.mark.parametrize("missing", ["line1-found", "line2-found", "whole-found"])
def test_no_line_may_be_left_without_an_answer(as_role: Callable[..., Client], task: Task, missing: str) -> None:
    client = as_role("inspector")
    said = answered(client, task, **{"line1-note": "kept as typed", "remark": "seal 77"})
    del said[missing]
    told = send(client, task, said)
    assert told.status_code == 422
    assert told.json()["errors"] == [
        {"field": f"id_{missing}", "text": "Say what was found here: nothing, or something."}
    ]
    page = client.post(f"/inspections/{task.pk}/", said)
    assert page.status_code == 422
    assert "seal 77" in page.content.decode()
    assert f'href="#id_{missing}"' in page.content.decode()
    assert not Inspection.objects.exists()
    assert not Finding.objects.filter(declaration=task.declaration).exists()


def test_what_was_found_has_a_kind_and_what_was_seized_a_place(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    said = answered(client, task, **{"line1-found": "found", "line1-seized": "ivory", "line1-quantity": "much"})
    fields = {one["field"] for one in send(client, task, said).json()["errors"]}
    assert fields == {f"id_line1-{name}" for name in ("offence", "quantity", "seized_quantity", "place")}


def test_numbers_are_read_as_the_reader_writes_them(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector", "vi")
    said = answered(client, task, **FOUND | {"line1-revenue": "1.200,5", "line1-value": "12.000"})
    assert send(client, task, said).status_code == 200
    finding = Finding.objects.get(declaration=task.declaration, illicit=True)
    assert (finding.revenue, finding.value) == (1200.5, 12000)


@pytest.mark.parametrize(("language", "text", "value"), [
    ("vi", "12.000", 12_000), ("vi", "1.234.567,25", 1_234_567.25), ("vi", "1,5", 1.5), ("vi", "1200.5", 1200.5),
    ("vi", "0.125", 0.125), ("vi", "1 200", 1200), ("vi", "12.00.0", None), ("vi", "1,2,3", None),
    ("en", "12,000", 12_000), ("en", "1,234,567.25", 1_234_567.25), ("en", "1.5", 1.5), ("en", "1,5", None),
    ("en", "-1", None), ("en", "nan", None), ("en", "1e999", None), ("en", "", ""),
])  # fmt: skip
def test_a_number_is_what_its_writer_meant_or_refused(language: str, text: str, value: float | str | None) -> None:
    with translation.override(language):
        form = Result({"found": "found", "offence": "other", "value": text})
        assert (form.cleaned_data["value"] if form.is_valid() else None) == (value or None)
        if form.is_valid() and value:
            shown = Result(initial={"value": float(value)})["value"].as_widget()
            written = shown.split('value="')[1].split('"')[0]
            again = Result({"found": "found", "offence": "other", "value": written})
            assert again.is_valid()
            assert again.cleaned_data["value"] == value


def test_a_draft_counts_once(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    said = answered(client, task, **FOUND)
    first = send(client, task, said | {"photo-line1": shot(picture())})
    entries = AuditEntry.objects.count()
    again = send(client, task, said | {"photo-line1": shot(picture()), "line1-revenue": "99"})
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (Inspection.objects.count(), Photo.objects.count(), AuditEntry.objects.count()) == (1, 1, entries)
    assert Finding.objects.get(declaration=task.declaration, illicit=True).revenue == 1200.5
    other = send(client, task, said | {"draft_id": str(uuid.uuid4())})
    assert other.status_code == 409
    assert Inspection.objects.count() == 1
    plain = client.post(f"/inspections/{task.pk}/", said)
    assert plain.status_code == 302
    assert plain.headers["Location"] == first.json()["where"]


def test_a_draft_of_another_task_is_refused(as_role: Callable[..., Client], task: Task, inspector: User) -> None:
    client = as_role("inspector")
    said = answered(client, task)
    send(client, task, said)
    other = Task.objects.exclude(pk=task.pk).filter(channel="red").first()
    assert other is not None
    other.state, other.inspector = Task.State.ASSIGNED, inspector
    other.save()
    assert send(client, other, answered(client, other, draft_id=said["draft_id"])).status_code == 409


@pytest.mark.parametrize(("setting", "found", "state"), [
    ("found", False, "done"), ("found", True, "signing"), ("always", False, "signing"), ("never", True, "done"),
])  # fmt: skip
def test_the_setting_says_what_is_signed_twice(
    as_role: Callable[..., Client], task: Task, settings: Any, setting: str, found: bool, state: str
) -> None:
    settings.SECOND_SIGNATURE = setting
    client = as_role("inspector")
    assert send(client, task, answered(client, task, **(FOUND if found else {}))).status_code == 200
    task.refresh_from_db()
    assert task.state == state


def test_another_officer_signs_or_sends_back(as_role: Callable[..., Client], task: Task, inspector: User) -> None:
    client, other = as_role("inspector"), as_role("supervisor")
    said = answered(
        client, task, **FOUND | {"line1-seized": "shirts", "line1-seized_quantity": "3", "line1-place": "B2"}
    )
    where = send(client, task, said | {"photo-line1": shot(picture())}).json()["where"]
    assert task.number in other.get("/inspections/").content.decode()
    assert "price list" in other.get(where).content.decode()
    assert client.post(f"{where}sign/", {"act": "sign"}).status_code == 403
    assert other.post(f"{where}sign/", {"act": "return", "comment": " "}).status_code == 422
    other.post(f"{where}sign/", {"act": "return", "comment": "weigh it"})
    task.refresh_from_db()
    assert task.state == Task.State.ASSIGNED
    assert not Finding.objects.filter(declaration=task.declaration).exists()
    back = client.get(f"/inspections/{task.pk}/")
    assert "weigh it" in back.content.decode()
    assert "price list" in back.content.decode()  # what was sent is there again
    again = send(client, task, answered(client, task, **FOUND | {"line1-note": "weighed"})).json()["where"]
    assert Photo.objects.filter(inspection__state="signing").count() == 1  # taken over
    other.post(f"{again}sign/", {"act": "sign"})
    task.refresh_from_db()
    assert task.state == Task.State.DONE
    held = Inspection.objects.get(task=task, state="done")
    assert (held.signer.username, held.findings.filter(illicit=True).count()) == ("supervisor", 1)
    assert "does not wait for a signature" in other.post(f"{again}sign/", {"act": "sign"}, follow=True).content.decode()
    assert Seizure.objects.filter(inspection__state="returned").count() == 1
    acts = list(AuditEntry.objects.order_by("number").values_list("act", flat=True))[-4:]
    assert acts == ["inspection.send", "inspection.return", "inspection.send", "inspection.sign"]


def test_nobody_signs_their_own(as_role: Callable[..., Client], task: Task, inspector: User) -> None:
    inspector.groups.add(*User.objects.get(username="supervisor").groups.all())
    client = as_role("inspector")
    where = send(client, task, answered(client, task, **FOUND)).json()["where"]
    assert 'value="sign"' not in client.get(where).content.decode()
    client.post(f"{where}sign/", {"act": "sign"})
    assert Inspection.objects.get().state == "signing"
    with pytest.raises(ClosedError):
        sign(Inspection.objects.get(), inspector)


def test_a_photo_that_is_no_photo_is_refused_and_nothing_half_done(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    good = picture((31, 17))
    for bad in (b"", b"%PDF-1.7", b"GIF89a" + b"\0" * 40, picture()[:200], picture((9_000, 9_000), "PNG")):
        said = answered(client, task, **FOUND) | {"photo-line1": [shot(good), shot(bad, "no.jpg")]}
        told = send(client, task, said)
        assert told.status_code == 422
        assert "no.jpg" in told.json()["errors"][0]["text"]
        assert told.json()["errors"][0]["field"] == "id_photo-line1"
        assert not Inspection.objects.exists()
        assert not photos.place(photos.read(good).sha256).exists()


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_bytes_are_refused_or_read_but_never_fail(noise: bytes, at: int) -> None:
    whole = picture()
    for sent in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        try:
            photos.read(sent)
        except photos.NotAPhotoError:
            continue


def test_a_photo_keeps_its_pixels_upright_and_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret maker"  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    image = Image.new("RGB", (60, 20), "red")
    image.paste((0, 0, 255), (0, 0, 30, 20))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"Secret comment", icc_profile=b"Secret profile" * 20, quality=95)
    sent = out.getvalue()
    kept = photos.read(sent)
    assert kept.sent_sha256 == hashlib.sha256(sent).hexdigest()
    assert kept.sha256 == hashlib.sha256(kept.body).hexdigest()
    assert b"Secret" in sent
    assert b"Secret" not in kept.body
    markers = segments(kept.body)
    assert not {0xE1, 0xE2, 0xED, 0xFE} & markers  # EXIF and XMP, profile, IPTC, comment
    back = Image.open(io.BytesIO(kept.body))
    assert back.size == (20, 60)
    assert back.getpixel((10, 5))[2] > 200  # blue is on top  # type: ignore[index]


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB")],
)
def test_each_format_of_phones_is_read(form: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 12)).save(out, form)
    kept = photos.read(out.getvalue())
    assert (kept.width, kept.height) == (30, 12)
    assert Image.open(io.BytesIO(kept.body)).mode == "RGB"


def segments(body: bytes) -> set[int]:
    """Markers of a JPEG up to its pixels."""
    found, at = set(), 2
    while body[at + 1] != 0xDA:
        found.add(body[at + 1])
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return found


def test_large_photos_are_made_small() -> None:
    noise = Image.effect_noise((4_000, 3_000), 200).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=80)
    kept = photos.read(out.getvalue())
    assert max(kept.width, kept.height) <= photos.EDGE
    assert len(kept.body) <= photos.LARGEST


def test_a_photo_is_served_to_those_who_may_see_its_inspection(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    send(client, task, answered(client, task, **FOUND) | {"photo-whole": shot(picture(form="PNG"))})
    held = Photo.objects.get()
    where = f"/inspections/photo/{held.pk}.jpg"
    answer = client.get(where)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert hashlib.sha256(answer.content).hexdigest() == held.sha256
    assert as_role("supervisor").get(where).status_code == 200
    assert as_role("auditor").get(where).status_code == 404  # not signed yet
    assert as_role("administrator").get(where).status_code == 403
    assert Client().get(where).status_code == 302
    sign(held.inspection, User.objects.get(username="supervisor"))
    assert as_role("auditor").get(where).status_code == 200
    supervisor = User.objects.get(username="supervisor")
    supervisor.everywhere = False
    supervisor.save()
    supervisor.offices.set(Office.objects.exclude(code=task.office))
    assert as_role("supervisor").get(where).status_code == 404
    assert as_role("supervisor").get(f"/inspections/record/{held.inspection_id}/").status_code == 404
    assert Client().get(f"/static/{held.sha256}.jpg").status_code == 404


def test_roles_that_do_not_inspect_are_refused(as_role: Callable[..., Client], task: Task) -> None:
    for role in ("targeting", "author", "lists", "administrator", "auditor"):
        assert as_role(role).get(f"/inspections/{task.pk}/").status_code == 403
        assert as_role(role).post(f"/inspections/{task.pk}/", {}).status_code == 403
    for role, status in (("auditor", 200), ("supervisor", 200), ("targeting", 403)):
        assert as_role(role).get("/inspections/").status_code == status


def test_the_record_is_read_in_both_languages(as_role: Callable[..., Client], task: Task) -> None:
    client = as_role("inspector")
    where = send(client, task, answered(client, task, **FOUND)).json()["where"]
    sign(Inspection.objects.get(), User.objects.get(username="supervisor"))
    assert f'href="{where}"' in as_role("auditor").get(f"/declarations/{task.declaration_id}/").content.decode()
    assert "Value declared too low" in as_role("supervisor").get(where).content.decode()
    assert "Khai thấp trị giá" in as_role("supervisor", "vi").get(where).content.decode()


def test_the_lists_are_whole() -> None:
    codes = [one.code for one in OFFENCES]
    assert len(set(codes)) == len(codes)
    assert {scheme.offence for scheme in SCHEMES} <= set(codes)
    assert all(one.label and one.label_vi and len(one.code) <= 40 for one in OFFENCES)
    with translation.override("vi"):
        assert all(str(item.text) for item in STANDING)
    assert {channel for item in STANDING for channel in item.channels} == {"red", "yellow", "blue"}
