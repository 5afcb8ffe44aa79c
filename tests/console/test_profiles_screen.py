"""Profiles: the list, the builder, four eyes, force, shadow, restriction."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings as node
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.assessment import Engine
from tidegate.console.deciding import activate, changing, decider, in_force, keep, lines_of, make_edition
from tidegate.console.profiles import approval, history, shadow
from tidegate.console.profiles.books import adopt, book_of, toml, with_profile
from tidegate.console.profiles.models import ProfileVersion, ShadowHit, Simulation, State
from tidegate.console.profiles.tasks import run_simulation
from tidegate.console.profiles.vocabulary import SCHEMA
from tidegate.console.register.models import AuditEntry, Clearance, Declaration, Edition, InForce, User
from tidegate.profiles import Book, Matcher, Profile

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 2, 10)
DIFFERENT = Profile("X-1", "t", "hs_code = '1'", "red", 1.0, dt.date(2025, 1, 1), dt.date(2026, 1, 1), "o")
KEYS = {
    "title": "Logs",
    "title_vi": "Gỗ tròn",
    "channel": "red",
    "rate": "100",
    "starts": "2025-02-01",
    "ends": "2025-12-31",
    "owner": "hq.wildlife",
    "level": "national",
    "instruction": "Saw one in ten.",
}


@pytest.fixture(scope="module", autouse=True)
def ninety(django_db_setup: None, django_db_blocker: object) -> Iterator[Path]:
    """The table of the last ninety days."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield history.make()


def sql(when: str) -> dict[str, str]:
    return {"mode": "sql", "when": when}


def written(client: Client, name: str = "VN-T-1", when: str = "hs_code LIKE '44%'", **keys: str) -> ProfileVersion:
    answer = client.post("/profiles/new/", {"profile": name, **KEYS, **keys, **sql(when), "do": "save"})
    assert answer.status_code == 302, answer.content.decode()
    return ProfileVersion.objects.get(profile=name)


def simulated(version: ProfileVersion, client: Client) -> Simulation:
    assert client.post(f"/profiles/{version.pk}/simulate/").status_code == 302
    run_simulation(version.simulations.first().pk)
    asked: Simulation = version.simulations.get(state="done")
    return asked


def submitted(client: Client, **more: str) -> ProfileVersion:
    version = written(client, **more)
    simulated(version, client)
    assert client.post(f"/profiles/{version.pk}/submit/").status_code == 302
    version.refresh_from_db()
    assert version.state == State.SUBMITTED
    return version


def do(client: Client, version: ProfileVersion, act: str, **said: str) -> int:
    status = client.post(f"/profiles/{version.pk}/{act}/", said).status_code
    version.refresh_from_db()
    return status


def another(name: str, *roles: str) -> Client:
    user = User.objects.create_user(name, everywhere=True, clearance=Clearance.OFFICIAL)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# The list


def test_the_profiles_of_the_book_in_force_are_shown(as_role: Callable[..., Client], edition: Edition) -> None:
    answer = as_role("author").get("/profiles/?q=VN-VAL-001")
    page = answer.content.decode()
    assert "VN-VAL-001" in page
    assert "T-shirts and trousers" in page
    assert ProfileVersion.objects.filter(state=State.FORCE).count() == len({one.id for one in book_of(edition)})
    assert adopt(edition) == 0
    assert "Áo phông" in as_role("author", "vi").get("/profiles/?q=VN-VAL-001").content.decode()


def test_the_list_says_hits_of_ninety_days(as_role: Callable[..., Client]) -> None:
    from tidegate.console.profiles.figures import of_decisions
    from tidegate.console.register.models import Decision

    told = of_decisions(None)
    for name, figures in list(told.items())[:20]:
        assert figures.hits == Decision.objects.filter(hits__contains=[name], officer=None).count()
    office = Declaration.objects.values_list("office", flat=True)[0]
    scoped = of_decisions([office])
    assert sum(one.hits for one in scoped.values()) < sum(one.hits for one in told.values())
    assert of_decisions([]) == {}


@pytest.mark.parametrize("query", ["show=open", "show=shadow", "show=ended", "show=past", "show=nonsense", "q=zzzz"])
def test_a_list_with_nothing_in_it_says_why(as_role: Callable[..., Client], query: str) -> None:
    assert as_role("author").get(f"/profiles/?{query}").status_code == 200


def test_who_has_no_business_here_is_refused(as_role: Callable[..., Client]) -> None:
    version = written(as_role("author"))
    for role in ("inspector", "lists", "administrator"):
        assert as_role(role).get("/profiles/").status_code == 403
        assert as_role(role).get(f"/profiles/{version.pk}/").status_code == 403
    for role in ("approver", "supervisor", "auditor"):
        assert as_role(role).get(f"/profiles/{version.pk}/").status_code == 200
        assert as_role(role).get(f"/profiles/{version.pk}/edit/").status_code == 403
        assert as_role(role).get("/profiles/new/").status_code == 403
        assert as_role(role).post(f"/profiles/{version.pk}/submit/").status_code == 403
    assert as_role("supervisor").post(f"/profiles/{version.pk}/retire/", {"reason": "x"}).status_code == 403
    assert as_role("author").post(f"/profiles/{version.pk}/approve/").status_code == 403
    assert as_role("author").get(f"/profiles/{version.pk}/submit/").status_code == 405


# The builder


def test_rows_become_a_draft(as_role: Callable[..., Client]) -> None:
    rows = {
        "mode": "rows", "rows": "3", "join": "all",
        "b-0": "0", "f-0": "hs_code", "o-0": "starts", "v-0": "4403",
        "b-1": "1", "f-1": "origin_country", "o-1": "one_of", "v-1": "CM, CG",
        "b-2": "1", "f-2": "importer_new", "o-2": "yes",
    }  # fmt: skip
    answer = as_role("author").post("/profiles/new/", {"profile": "VN-T-2", **KEYS, **rows, "do": "save"})
    assert answer.status_code == 302
    held = ProfileVersion.objects.get(profile="VN-T-2")
    assert held.when == "hs_code LIKE '4403%'\nAND (origin_country IN ('CM', 'CG') OR importer_new = TRUE)"
    assert held.editors.get().username == "author"
    page = as_role("author").get(f"/profiles/{held.pk}/edit/").content.decode()
    assert "HS code starts with 4403" in page
    assert 'value="CM, CG"' in page
    assert AuditEntry.objects.get(subject="profile:VN-T-2/1").act == "profile.write"


def test_buttons_work_without_scripts_and_nothing_is_lost(as_role: Callable[..., Client]) -> None:
    client = as_role("author")
    given = {
        "profile": "VN-T-3",
        **KEYS,
        "mode": "rows",
        "rows": "1",
        "b-0": "0",
        "f-0": "hs_code",
        "o-0": "is",
        "v-0": "440310",
    }
    added = client.post("/profiles/new/", {**given, "do": "add"})
    assert added.status_code == 200
    assert added.context["condition"].rows[0].value == "440310"
    assert len(added.context["condition"].rows) == 2
    assert len(client.post("/profiles/new/", {**given, "do": "or:0"}).context["condition"].wording.blocks) == 1
    assert not client.post("/profiles/new/", {**given, "do": "remove:0"}).context["condition"].rows
    as_sql = client.post("/profiles/new/", {**given, "do": "sql"})
    assert as_sql.context["condition"].text == "hs_code = '440310'"
    assert 'value="Logs"' in as_sql.content.decode()
    back = client.post("/profiles/new/", {"profile": "VN-T-3", **KEYS, **sql("hs_code = '440310'"), "do": "rows"})
    assert back.context["condition"].rows[0].value == "440310"
    assert not ProfileVersion.objects.filter(profile="VN-T-3").exists()
    aged = {**given, "f-0": "importer_age_days", "o-0": "lt", "v-0": "180", "do": "refresh"}
    assert "days</span>" in client.post("/profiles/new/", aged).content.decode()
    assert "ngày</span>" in as_role("author", "vi").post("/profiles/new/", aged).content.decode()


@pytest.mark.parametrize(
    ("when", "place", "what"),
    [
        ("hs_code LIKE '44%' AND description ILIKE '%ivory%'", "1:36", "ILIKE is not let in."),
        ("hs_code = 'x' OR\nno_such_field = 1", "2:1", "there is no field no_such_field."),
        ("on_list(importer_id, 'no-such-list')", "1:22", "there is no list no-such-list."),
        ("", "", "Say when it fires."),
    ],
)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_refused_sql_is_shown_with_its_place_and_nothing_is_lost(
    as_role: Callable[..., Client], when: str, place: str, what: str, language: str
) -> None:
    keys = {**KEYS, "title": "Mine & <only>", "ends": "2024-01-01"}
    answer = as_role("author", language).post(
        "/profiles/new/", {"profile": "VN-T-4", **keys, **sql(when), "do": "save"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert place in page
    if language == "en" or when:
        assert what in page
    assert "Mine &amp; &lt;only&gt;" in page
    assert answer.context["condition"].text == when
    assert answer.context["form"].errors.keys() == {"ends"}
    assert not ProfileVersion.objects.filter(profile="VN-T-4").exists()


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"rate": "0"}, "rate"), ({"rate": "101"}, "rate"), ({"rate": "many"}, "rate"), ({"ends": ""}, "ends"),
        ({"starts": "soon"}, "starts"), ({"channel": "green"}, "channel"), ({"level": "XX"}, "level"),
        ({"title": " "}, "title"), ({"owner": ""}, "owner"), ({"profile": "a b"}, "profile"),
    ],
)  # fmt: skip
def test_each_key_is_checked_beside_its_field(as_role: Callable[..., Client], wrong: dict[str, str], key: str) -> None:
    told = {"profile": "VN-T-5", **KEYS, **sql("hs_code = '1'"), "do": "save", **wrong}
    answer = as_role("author").post("/profiles/new/", told)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [key]
    assert f'<a href="#id_{key}">' in answer.content.decode()


def test_a_row_with_a_fault_is_not_saved_away(as_role: Callable[..., Client]) -> None:
    rows = {"mode": "rows", "rows": "2", "b-0": "0", "f-0": "hs_code", "o-0": "is", "v-0": "440310",
            "b-1": "1", "f-1": "customs_value", "o-1": "lt", "v-1": "a lot"}  # fmt: skip
    answer = as_role("author").post("/profiles/new/", {"profile": "VN-T-6", **KEYS, **rows, "do": "save"})
    assert answer.status_code == 422
    assert "a lot is no number: write 1234.5." in answer.content.decode()
    assert 'value="a lot"' in answer.content.decode()


def test_two_who_write_at_once_notice_each_other(as_role: Callable[..., Client]) -> None:
    version = written(as_role("author"))
    told = {**KEYS, **sql("hs_code = '1'"), "do": "save", "revision": "1"}
    assert as_role("author").post(f"/profiles/{version.pk}/edit/", told).status_code == 302
    late = another("second", "author").post(f"/profiles/{version.pk}/edit/", {**told, "title": "Theirs"})
    assert "Another officer saved it meanwhile" in late.content.decode()
    assert 'value="Theirs"' in late.content.decode()
    version.refresh_from_db()
    assert version.title == "Logs"


def test_a_number_is_given_once(as_role: Callable[..., Client]) -> None:
    as_role("author").get("/profiles/")
    for name in ("VN-VAL-001", "vn-val-001"):
        told = {"profile": name, **KEYS, **sql("hs_code = '1'"), "do": "save"}
        assert as_role("author").post("/profiles/new/", told).status_code == 422


def test_fields_are_found_by_their_words_in_both_languages(as_role: Callable[..., Client]) -> None:
    page = as_role("author").get("/profiles/fields/?q=origin country").content.decode()
    assert "origin_country" in page
    assert "gross_mass_kg" not in page
    page = as_role("author", "vi").get("/profiles/fields/?q=xuất xứ").content.decode()
    assert "nước xuất xứ, mã ISO 3166-1 hai chữ" in page
    everything = as_role("author").get("/profiles/fields/").content.decode()
    assert [name for name in SCHEMA if f"<code>{name}</code>" not in everything] == []


# The count


@pytest.mark.parametrize(
    "when", ["hs_code LIKE '44%'", "customs_value > 50000 AND importer_new_hs4", "unit_price_z_hs6_origin_180d < -2"]
)
def test_the_count_is_the_librarys(engine: Engine, when: str) -> None:
    held = history.known()
    assert held is not None
    assert held.fresh
    counted = history.count(when, "national", held, None, engine.lists)
    lines = pl.read_parquet(Path(node.DATA) / "archive" / "lines.parquet")
    from tidegate.assessment.engine import with_indicators
    from tidegate.indicators import Counters

    table = with_indicators(lines, Counters.load(Path(node.DATA) / "known" / "counters"))
    asked = Profile("P", "t", when, "red", 1.0, dt.date(2024, 1, 1), dt.date(2026, 1, 1), "o")
    rows = Matcher([asked], table.schema, engine.lists).match(table).line
    assert counted.lines == len(rows)
    assert counted.declarations == table[rows]["declaration_id"].n_unique()
    assert sum(number for _office, number in counted.by_office) == counted.declarations
    offices = [counted.by_office[0][0]]
    assert history.count(when, "national", held, offices, engine.lists).declarations == counted.by_office[0][1]


def test_a_count_takes_well_under_a_second_and_shows_examples_of_own_offices(as_role: Callable[..., Client]) -> None:
    client = as_role("author")
    told = client.post("/profiles/new/", {**KEYS, **sql("customs_value > 0"), "do": "refresh"}).context["told"]
    assert told.milliseconds < 500
    assert len(told.examples) == 3
    user = User.objects.get(username="author")
    user.everywhere = False
    user.save()
    user.offices.set([told.count.by_office[-1][0]])
    scoped = client.post("/profiles/new/", {**KEYS, **sql("customs_value > 0"), "do": "refresh"}).context["told"]
    assert [office for office, _number in scoped.count.by_office] == [told.count.by_office[-1][0]]
    assert {one.office for one in scoped.examples} <= {told.count.by_office[-1][0]}


# Four eyes


def test_the_way_of_a_version(as_role: Callable[..., Client], edition: Edition) -> None:
    author, approver = as_role("author"), as_role("approver")
    version = written(author)
    assert do(author, version, "submit") == 409  # not simulated
    report = simulated(version, author)
    assert do(author, version, "submit") == 302
    assert author.get(f"/profiles/{version.pk}/edit/").status_code == 302  # nobody writes on what is submitted
    assert do(approver, version, "send-back", comment=" ") == 409
    assert do(approver, version, "send-back", comment="Too wide.") == 302
    assert version.state == State.BACK
    assert "Too wide." in author.get(f"/profiles/{version.pk}/").content.decode()
    assert do(author, version, "submit") == 302
    assert do(approver, version, "approve", report="0" * 64, to="force") == 409  # another report than the one read
    assert do(approver, version, "approve", report=report.report_hash, to="force") == 302
    assert version.state == State.FORCE
    assert version.approver.username == "approver"
    assert InForce.objects.get().edition == version.edition
    acts = list(AuditEntry.objects.filter(subject=version.subject).values_list("act", flat=True))
    assert acts[-1] == "profile.to_force"
    last = AuditEntry.objects.filter(subject=version.subject).latest("number")
    assert last.detail["report"] == report.report_hash
    assert "Too wide." not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    held = {one["id"]: one for one in tomllib.loads(version.edition.book)["profile"]}
    assert held["VN-T-1"]["when"] == "hs_code LIKE '44%'"
    assert len(held) == len({one.id for one in book_of(edition)}) + 1


@pytest.mark.parametrize("hand", ["author", "co-editor", "submitter"])
@pytest.mark.parametrize("to", ["shadow", "force"])
def test_nobody_approves_what_they_had_a_hand_in(as_role: Callable[..., Client], hand: str, to: str) -> None:
    both = another("both", "author", "approver")
    writer = both if hand == "author" else as_role("author")
    version = written(writer)
    if hand == "co-editor":
        told = {**KEYS, **sql("hs_code LIKE '4403%'"), "do": "save", "revision": "1"}
        assert both.post(f"/profiles/{version.pk}/edit/", told).status_code == 302
    report = simulated(version, writer)
    assert do(both if hand == "submitter" else writer, version, "submit") == 302
    assert do(both, version, "approve", report=report.report_hash, to=to) == 409
    assert do(both, version, "send-back", comment="no") == 409
    assert version.state == State.SUBMITTED
    assert (
        "another officer has to approve it"
        in both.post(f"/profiles/{version.pk}/approve/", {"report": report.report_hash, "to": to}).content.decode()
    )
    for role in ("author", "supervisor", "auditor", "targeting"):
        assert do(as_role(role), version, "approve", report=report.report_hash, to=to) == 403
    assert do(as_role("approver"), version, "approve", report=report.report_hash, to=to) == 302
    assert version.state == to


def test_a_changed_draft_voids_its_report(as_role: Callable[..., Client]) -> None:
    author = as_role("author")
    version = written(author)
    report = simulated(version, author)
    assert approval.standing_report(version) == report
    told = {**KEYS, **sql("hs_code LIKE '4403%'"), "do": "save", "revision": "1"}
    assert author.post(f"/profiles/{version.pk}/edit/", told).status_code == 302
    version.refresh_from_db()
    assert approval.standing_report(version) is None
    assert do(author, version, "submit") == 409
    assert "no longer counts" in author.get(f"/profiles/{version.pk}/").content.decode()
    assert "It no longer counts" in author.get(f"/profiles/report/{report.pk}/").content.decode()


@pytest.mark.parametrize("what", ["text", "report"])
def test_what_was_changed_behind_the_screen_is_not_approved(as_role: Callable[..., Client], what: str) -> None:
    version = submitted(as_role("author"))
    if what == "text":
        ProfileVersion.objects.filter(pk=version.pk).update(when="customs_value > 0")
    else:
        Simulation.objects.filter(pk=version.report_id).update(report={**version.report.report, "covered": 0.5})
    for to in ("shadow", "force"):
        assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to=to) == 409
    assert version.state == State.SUBMITTED


def test_a_profile_past_its_term_is_not_submitted(as_role: Callable[..., Client]) -> None:
    version = written(as_role("author"), starts="2024-01-01", ends="2025-02-09")
    simulated(version, as_role("author"))
    assert do(as_role("author"), version, "submit") == 409


# Force and shadow


def come_in(number: str) -> tuple[dict[str, object], Declaration]:
    """A declaration that is lodged now, decided and kept as any."""
    known = Declaration.objects.filter(lines__hs_code__gt="").order_by("number").first()
    assert known is not None
    lines = lines_of([known]).with_columns(declaration_id=pl.lit(number), lodged_on=pl.lit(TODAY))
    with transaction.atomic():
        now = in_force()
        rows = decider().see(lines, now).decide()
        kept = keep(lines, rows, now)[0]
    return dict(rows[0]), kept.declaration


def test_what_came_into_force_fires_on_the_next_declaration(as_role: Callable[..., Client]) -> None:
    before, _held = come_in("NEW-1")
    version = submitted(as_role("author"), when="customs_value >= 0 OR customs_value IS NULL")
    assert "VN-T-1" not in before["hits"]
    assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to="force") == 302
    row, held = come_in("NEW-2")
    assert "VN-T-1" in row["hits"]
    assert row["demand_red"] == 1.0
    assert held.decisions.get().edition == version.edition
    assert do(as_role("author"), version, "retire", reason="") == 409
    assert do(as_role("author"), version, "retire", reason="It floods the quay.") == 302
    assert version.state == State.RETIRED
    row, _held = come_in("NEW-3")
    assert "VN-T-1" not in row["hits"]
    assert row["demand_red"] == before["demand_red"]


def test_in_shadow_it_fires_and_selects_nothing(as_role: Callable[..., Client]) -> None:
    before, _held = come_in("NEW-1")
    edition = InForce.objects.get().edition_id
    version = submitted(as_role("author"), when="customs_value >= 0 OR customs_value IS NULL")
    assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to="shadow") == 302
    assert InForce.objects.get().edition_id == edition
    row, held = come_in("NEW-2")
    assert {name: row[name] for name in ("hits", "demand_red", "demand_yellow")} == {
        name: before[name] for name in ("hits", "demand_red", "demand_yellow")
    }
    assert shadow.follow() == 1
    assert shadow.follow() == 0
    hit = ShadowHit.objects.get()
    assert (hit.version, hit.declaration) == (version, held)
    assert hit.items == list(held.lines.values_list("item_number", flat=True).order_by("item_number"))
    page = as_role("author").get(f"/profiles/{version.pk}/")
    assert page.context["figures"].hits == 1
    # From shadow it comes into force by another officer, on the same report.
    assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to="force") == 302
    row, _held = come_in("NEW-3")
    assert "VN-T-1" in row["hits"]
    assert shadow.follow() == 0


def test_renewal_is_a_new_version_by_the_same_way(as_role: Callable[..., Client], edition: Edition) -> None:
    as_role("author").get("/profiles/")
    old = ProfileVersion.objects.get(profile="VN-VAL-001")
    assert do(as_role("author"), old, "renew") == 302
    new = ProfileVersion.objects.get(profile="VN-VAL-001", version=2)
    assert new.state == State.DRAFT
    assert do(as_role("author"), old, "renew") == 409
    keys = {**KEYS, "starts": "2025-03-01", "ends": "2026-02-28", "title": "Renewed", "revision": "1"}
    assert (
        as_role("author").post(f"/profiles/{new.pk}/edit/", {**keys, **sql(old.when), "do": "save"}).status_code == 302
    )
    simulated(new, as_role("author"))
    assert do(as_role("author"), new, "submit") == 302
    assert do(as_role("approver"), new, "approve", report=new.report.report_hash, to="force") == 302
    old.refresh_from_db()
    assert old.state == State.REPLACED
    both = [one for one in book_of(new.edition) if one.id == "VN-VAL-001"]
    assert [one.ends for one in both] == [dt.date(2025, 2, 28), dt.date(2026, 2, 28)]
    assert Book(both)  # two versions, never in force on one day


def test_two_changes_of_the_book_keep_both(as_role: Callable[..., Client]) -> None:
    first = submitted(as_role("author"), name="VN-T-7")
    second = submitted(as_role("author"), name="VN-T-8")
    for version in (first, second):
        assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to="force") == 302
    held = {one.id for one in book_of(InForce.objects.get().edition)}
    assert {"VN-T-7", "VN-T-8"} <= held


def test_a_change_that_came_in_between_is_not_lost(
    as_role: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = submitted(as_role("author"))
    between: list[int] = []

    def slowly(why: str, by: User, **said: str) -> Edition:
        made = make_edition(why, by, **said)
        if not between:  # another officer's edition comes into force while this one is made
            other = make_edition("other", None, **{**said, "book": toml([*book_of(made), DIFFERENT])})
            activate(other, None)
            between.append(made.pk)
        return made

    monkeypatch.setattr(changing, "make_edition", slowly)
    assert do(as_role("approver"), version, "approve", report=version.report.report_hash, to="force") == 302
    assert {"VN-T-1", DIFFERENT.id} <= {one.id for one in book_of(InForce.objects.get().edition)}
    assert not Edition.objects.filter(pk=between[0]).exists()


def test_a_book_that_came_another_way_is_noticed(as_role: Callable[..., Client], edition: Edition) -> None:
    assert "has not got them" not in as_role("author").get("/profiles/").content.decode()
    first, *others = book_of(edition)
    made = make_edition("by hand", None, book=toml([replace(first, rate=0.01), *others]), policy=edition.policy)
    activate(made, None)
    page = as_role("author").get("/profiles/")
    assert page.context["missing"] == ([first.id] if first.ends >= TODAY else [])


@pytest.mark.parametrize(
    "said",
    [
        {"rows": "²", "mode": "rows", "do": "add"},
        {"rows": "1", "mode": "rows", "b-0": "٣", "f-0": "hs_code", "do": "or:²"},
        {"rows": "-1", "mode": "rows", "do": "remove:99"},
        {"mode": "sql", "when": "hs_code = \0", "do": "save"},
        {"mode": "sql", "when": "hs_code = 'a'\0", "title": "a\0b", "do": "save"},
        {"mode": "sql", "when": "(" * 500, "do": "save"},
        {"mode": "sql", "when": "hs_code = '\ud800'", "do": "refresh"},
        {**sql("hs_code = 'a'"), "rate": "nan", "starts": "0001-01-01", "ends": "9999-12-31", "do": "save"},
        {"mode": "sql", "when": "hs_code = 'a'", "rate": "1e-320", "do": "save"},
        {"revision": "x", "do": "nothing"},
        {},
    ],
)  # fmt: skip
def test_odd_input_is_answered_and_not_kept(as_role: Callable[..., Client], said: dict[str, str]) -> None:
    every = {"profile": "VN-ODD", **KEYS, **said}
    told = {name: value.encode("utf-8", "replace").decode() for name, value in every.items()}
    assert as_role("author").post("/profiles/new/", told).status_code in (200, 422)
    assert not ProfileVersion.objects.filter(profile="VN-ODD").exists()


@pytest.mark.parametrize(
    "path",
    ["?q=%00", "?owner=%00", "?page=x", "?page=-1", "?sort=;drop", "of/%00/", "9" * 20 + "/", "fields/?q=%00"],
)  # fmt: skip
def test_odd_addresses_are_answered(as_role: Callable[..., Client], path: str) -> None:
    assert as_role("author").get(f"/profiles/{path}").status_code in (200, 404)


# Restricted


def test_a_restricted_profile_is_a_number_to_those_who_are_not_cleared(as_role: Callable[..., Client]) -> None:
    version = written(as_role("author"), name="VN-R-1", title="Hidden logs", owner="hq.secret", restricted="on")
    assert as_role("author").get(f"/profiles/{version.pk}/").status_code == 200  # wrote it
    for role in ("approver", "supervisor", "auditor"):
        page = as_role(role).get("/profiles/?show=open").content.decode()
        assert "VN-R-1" in page
        assert "Hidden logs" not in page
        assert "hq.secret" not in page
        for query in ("q=Hidden", "channel=red", "owner=hq.secret"):
            assert "VN-R-1" not in as_role(role).get(f"/profiles/?show=open&{query}").content.decode()
        assert as_role(role).get(f"/profiles/{version.pk}/").status_code == 404
        assert as_role(role).get("/profiles/of/VN-R-1/").status_code == 404
    report = simulated(version, as_role("author"))
    assert as_role("approver").get(f"/profiles/report/{report.pk}/").status_code == 404
    assert do(as_role("author"), version, "submit") == 302
    assert do(as_role("approver"), version, "approve", report=report.report_hash, to="force") == 404
    User.objects.filter(username="approver").update(clearance=Clearance.RESTRICTED)
    assert "Hidden logs" in as_role("approver").get("/profiles/?show=open").content.decode()
    assert do(as_role("approver"), version, "approve", report=report.report_hash, to="force") == 302
    assert "Hidden" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


# The book as TOML


@given(
    st.lists(
        st.builds(
            Profile,
            id=st.uuids().map(str),
            title=st.text(max_size=20).map("x{}".format),
            when=st.text(max_size=20).map("x{}".format),
            channel=st.sampled_from(["red", "yellow", "blue"]),
            rate=st.floats(1e-9, 1.0),
            starts=st.dates(dt.date(1900, 1, 1), dt.date(2000, 1, 1)),
            ends=st.dates(dt.date(2000, 1, 1), dt.date(9999, 12, 31)),
            owner=st.just("o"),
            level=st.sampled_from(["national", "03CC"]),
            instruction=st.text(max_size=20),
            restricted=st.booleans(),
        ),
        max_size=3,
    )
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_book_comes_back_from_its_toml(profiles: list[Profile]) -> None:
    assert Book.from_toml(toml(profiles)).version == Book(profiles).version


def test_an_earlier_version_ends_the_day_before() -> None:
    old = Profile("P", "t", "hs_code = '1'", "red", 1.0, dt.date(2025, 1, 1), dt.date(2025, 12, 31), "o")
    later = Profile("P", "t", "hs_code = '2'", "red", 1.0, dt.date(2025, 3, 1), dt.date(2026, 2, 1), "o")
    assert [one.ends for one in with_profile(Book([old]), later)] == [dt.date(2025, 2, 28), later.ends]
    now = Profile("P", "t", "hs_code = '2'", "red", 1.0, TODAY, dt.date(2026, 2, 1), "o")
    assert with_profile(Book([old]), now) == [now]
