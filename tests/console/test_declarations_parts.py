"""The parts of a declaration's page: price, model, lists, parties, route, versions, record; and what is withheld."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from math import exp
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tidegate.console.clock import now
from tidegate.console.deciding import activate, make_edition
from tidegate.console.deciding.editions import shelve
from tidegate.console.declarations import acts, dossier, paper, prices, route, versions, weights
from tidegate.console.declarations.known import told
from tidegate.console.register.models import (
    Clearance,
    Decision,
    Declaration,
    Edition,
    Finding,
    Line,
    Subject,
    Task,
    User,
)
from tidegate.models import Model

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
PARTS = ("weights", "prices", "matches", "cargo", "histories", "route", "record")


@pytest.fixture
def red() -> Declaration:
    task = Task.objects.filter(channel="red").exclude(reasons=[]).order_by("-lodged_on", "pk").first()
    assert task is not None
    return task.declaration


def part(client: Client, name: str, one: Declaration, **given: Any) -> str:
    answer = client.get(reverse(f"declarations:{name}", args=[one.pk]), given, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def sees(name: str, clearance: Clearance) -> None:
    User.objects.filter(username=name).update(clearance=clearance)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", PARTS)
def test_each_part_stands_alone_and_within_the_page(
    as_role: SignIn, red: Declaration, name: str, language: str
) -> None:
    client = as_role("targeting", language)
    whole = client.get(reverse(f"declarations:{name}", args=[red.pk])).content.decode()
    assert "<html" in whole
    assert red.number in whole
    if name != "record":
        assert "<html" not in part(client, name, red)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_not_there_for_another_office_or_another_role(as_role: SignIn, red: Declaration, name: str) -> None:
    at = reverse(f"declarations:{name}", args=[red.pk])
    assert as_role("lists").get(at).status_code == 403
    User.objects.filter(username="targeting").update(everywhere=False)
    assert as_role("targeting").get(at).status_code == 404


@pytest.mark.parametrize("item", ["", "0", "999", "x", "-1", "9" * 40, "²"])
def test_any_line_that_is_asked_for_is_answered(as_role: SignIn, red: Declaration, item: str) -> None:
    for name in ("weights", "prices"):
        part(as_role("targeting"), name, red, item=item)


def restricted_edition(edition: Edition, hit: str) -> Edition:
    """The edition in force, but that one profile is restricted, with a title that must not be seen."""
    head, _bar, rest = edition.book.partition(f'id = "{hit}"')
    profile, bar, after = rest.partition("[[profile]]")
    lines = [line for line in profile.splitlines() if not line.startswith(("title", "instruction", "restricted"))]
    own = [
        *(
            'title = "SECRET TITLE"',
            'title_vi = "TÊN MẬT"',
            'instruction = "SECRET ACT"',
            'instruction_vi = "VIỆC MẬT"',
        ),
        "restricted = true",
    ]
    book = "\n".join([head + f'id = "{hit}"', *own, *lines, "", bar + after])
    made = make_edition("restricted", None, book=book, policy=edition.policy, lists=edition.lists, model=edition.model)
    activate(made, None)
    return made


@pytest.mark.parametrize("language", ["en", "vi"])
def test_of_a_restricted_profile_only_its_id_is_shown(as_role: SignIn, edition: Edition, language: str) -> None:
    decision = Decision.objects.filter(current=True).exclude(hits=[]).order_by("pk").first()
    assert decision is not None
    hit = decision.hits[0]
    for reason in decision.reasons:
        if reason["code"] == hit:  # as an assessment tells it
            reason |= {
                "text": "a restricted profile",
                "text_vi": "một hồ sơ rủi ro hạn chế phổ biến",
                "field": None,
                "value": None,
            }
    decision.edition = restricted_edition(edition, hit)
    decision.save()
    pages = [reverse("declarations:one", args=[decision.declaration_id])]
    pages += [reverse(f"declarations:{name}", args=[decision.declaration_id]) for name in PARTS]
    sees("targeting", Clearance.OFFICIAL)
    for at in pages:
        html = as_role("targeting", language).get(at).content.decode()
        assert "SECRET" not in html
        assert "MẬT" not in html
    assert hit in as_role("targeting", language).get(pages[0]).content.decode()
    sees("targeting", Clearance.RESTRICTED)
    html = as_role("targeting", language).get(pages[0]).content.decode()
    assert ("TÊN MẬT" if language == "vi" else "SECRET TITLE") in html
    assert ("VIỆC MẬT" if language == "vi" else "SECRET ACT") in html


def listed(edition: Edition, tmp_path: Path, red: Declaration, level: str) -> None:
    """Put the importer on a list of a level, and the list in force."""
    folder = tmp_path / "lists"
    shutil.copytree(Path(settings.DATA) / "lists" / edition.lists, folder)
    name = red.importer_name
    (folder / "hidden.csv").write_text(
        f'value,kind,owner,reason,expires\n{red.importer_id},company,hq.secret,PURPOSE,2030-01-01\n"{name}",company,hq.secret,PURPOSE,2030-01-01\n',
        encoding="utf-8",
    )
    (folder / "lists.toml").write_text(f'[hidden]\nowner = "hq.secret"\nlevel = "{level}"\n', encoding="utf-8")
    activate(make_edition("lists", None, book=edition.book, policy=edition.policy, lists=shelve(folder, "lists")), None)


def test_a_match_has_its_breakdown_and_a_restricted_one_is_withheld(
    as_role: SignIn, edition: Edition, tmp_path: Path, red: Declaration
) -> None:
    listed(edition, tmp_path, red, "restricted")
    sees("targeting", Clearance.OFFICIAL)
    html = part(as_role("targeting"), "matches", red)
    own = [match for match in html.split("<article")[1:] if "on list hidden" in match]
    # The importer may be his own declarant.
    assert sum("<h3>importer:" in match for match in own) == 2
    for match in own:
        assert "a restricted entry" in match
        assert "<li>" not in match
    assert "PURPOSE" not in html
    sees("targeting", Clearance.RESTRICTED)
    html = part(as_role("targeting"), "matches", red)
    own = [match for match in html.split("<article")[1:] if "on list hidden" in match]
    assert "a restricted entry" not in "".join(own)
    assert f"the same number: {red.importer_id}" in "".join(own)
    for address in re.findall(r'href="([^"]*/lists/[^"]*)"', "".join(own)):
        assert as_role("targeting").get(address.replace("&amp;", "&")).status_code == 200


def test_every_link_of_the_page_leads_to_a_page_that_the_reader_may_open(as_role: SignIn, red: Declaration) -> None:
    for role in ("targeting", "inspector", "author", "approver", "supervisor", "auditor"):
        client = as_role(role)
        pages = [reverse("declarations:one", args=[red.pk])]
        pages += [reverse(f"declarations:{name}", args=[red.pk]) for name in PARTS]
        html = "".join(client.get(at).content.decode() for at in pages)
        links = set(re.findall(r'href="(/[^"]*)"', html)) - {"/account/logout/"}
        for link in sorted(one for one in links if not one.startswith("/static/")):
            assert client.get(link.replace("&amp;", "&")).status_code in (200, 302), (role, link)


def test_without_a_match_it_is_said(as_role: SignIn, red: Declaration) -> None:
    Line.objects.filter(declaration=red).update(
        fields={"lodged_on": red.lodged_on.isoformat(), "hs_code": "85044090", "importer_trusted": False}
    )
    assert "matches an entry" in part(as_role("targeting"), "matches", red)


def test_the_price_is_held_against_the_lines_before_it_only(red: Declaration) -> None:
    archive = pl.read_parquet(Path(settings.DATA) / "archive" / "lines.parquet")
    lines = dossier.lines_in_order(red)
    for line in lines:
        plot = prices.plot(red, lines, line.item_number)
        assert plot is not None
        assert plot.item == line.item_number
        peers = archive.filter(
            pl.col("hs_code").str.slice(0, 6) == line.hs_code[:6],
            pl.col("lodged_on") < red.lodged_on,
            pl.col("lodged_on") >= red.lodged_on - timedelta(days=365),
            pl.col("net_mass_kg") > 0,
            pl.col("customs_value") > 0,
        ).height
        assert len(plot.strips[0].dots) <= prices.DOTS
        assert (str(peers) in plot.strips[0].said.replace(",", "")) or not peers
        for strip in plot.strips:
            assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in strip.dots)
            if strip.middle is not None and strip.low is not None and strip.high is not None:
                assert strip.low <= strip.middle <= strip.high


def test_a_line_without_mass_has_no_price(as_role: SignIn, red: Declaration) -> None:
    Line.objects.filter(declaration=red).update(fields={"hs_code": "85044090", "customs_value": 5.0})
    assert "nothing to compare" in part(as_role("targeting"), "prices", red)


@pytest.fixture(scope="module")
def model(trade: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small model in DATA/models, by its name."""
    from tidegate.assessment import labelled
    from tidegate.indicators import Counters, compute

    lines, findings = pl.read_parquet(trade / "lines.parquet"), pl.read_parquet(trade / "findings.parquet")
    counters = Counters()
    counters.add(lines, findings)
    known = labelled(lines, findings)
    table = known.drop("illicit", "recovered")
    made = Model.train(
        table.hstack(compute(table, counters)), known["illicit"], known["lodged_on"], members=2, evaluate=False
    )
    folder = tmp_path_factory.mktemp("model") / "model"
    made.save(folder)
    return shelve(folder, "models")


def test_the_waterfall_leads_from_the_usual_line_to_the_score(
    as_role: SignIn, edition: Edition, red: Declaration, model: str
) -> None:
    with_model = make_edition("model", None, book=edition.book, policy=edition.policy, lists=edition.lists, model=model)
    decision = red.decisions.get(current=True)
    decision.edition = with_model
    decision.save()
    for line in told(red):
        fall = weights.waterfall(red, decision, line["item_number"])
        assert fall is not None
        first, *steps, last = fall.steps
        assert abs(first.weight + sum(step.weight for step in steps) - last.weight) < 1e-9
        assert abs(1 / (1 + exp(-last.weight)) - fall.score) < 1e-6
        assert all(0 <= step.start <= 100 and 0 <= step.end <= 100 for step in fall.steps)
        for before, after in pairwise(steps):
            assert before.end == after.start
    assert "TreeSHAP" in part(as_role("targeting"), "weights", red)


def test_without_a_model_it_is_said(as_role: SignIn, red: Declaration) -> None:
    assert "No model was in force" in part(as_role("targeting"), "weights", red)


def test_a_model_that_cannot_be_read_is_told_and_the_page_stands(
    as_role: SignIn, edition: Edition, red: Declaration
) -> None:
    decision = red.decisions.get(current=True)
    decision.edition = Edition.objects.create(
        made_at=now(), why="broken", book=edition.book, policy=edition.policy, model="0" * 32
    )
    decision.save()
    assert "This part cannot be shown" in part(as_role("targeting"), "weights", red)
    assert as_role("targeting").get(reverse("declarations:one", args=[red.pk])).status_code == 200


def test_the_history_of_a_party_counts_what_came_before_in_the_offices_that_are_seen(
    as_role: SignIn, red: Declaration
) -> None:
    before = Declaration.objects.filter(lodged_on__lt=red.lodged_on).exclude(importer_id=red.importer_id)[:3]
    for number, other in enumerate(before):
        Subject.objects.create(
            declaration=other, role="importer", key=red.importer_id, lodged_on=other.lodged_on, office=other.office
        )
        if number:
            Finding.objects.create(
                declaration=other, found_on=other.lodged_on, illicit=number == 1, made_at=now(), office=other.office
            )
    own = (
        Subject.objects.filter(role="importer", key=red.importer_id, lodged_on__lte=red.lodged_on)
        .exclude(declaration=red)
        .count()
    )
    answer: Any = as_role("targeting").get(reverse("declarations:histories", args=[red.pk]))
    importer = next(
        one for one in answer.context["histories"] if one.key == red.importer_id and str(one.role) == "Importer"
    )
    assert (importer.declarations, importer.opened, importer.found) == (own, 2, 1)
    assert len(importer.last) == min(own, 5)


def test_a_shared_container_links_declarations(as_role: SignIn, red: Declaration) -> None:
    other = Declaration.objects.exclude(pk=red.pk).order_by("-pk").first()
    assert other is not None
    for one in (red, other):
        Subject.objects.create(
            declaration=one, role="container", key="TIDE0000001", lodged_on=one.lodged_on, office=one.office
        )
    html = part(as_role("targeting"), "histories", red)
    assert "TIDE0000001" in html
    assert reverse("declarations:one", args=[other.pk]) in html


def amended(one: Declaration, **fields: Any) -> Declaration:
    """A later version of a declaration, with other fields in its first line."""
    lines = list(one.lines.order_by("item_number"))
    decision = one.decisions.get(current=True)
    Declaration.objects.filter(pk=one.pk).update(current=False)
    later = Declaration.objects.get(pk=one.pk)
    later.pk, later.version, later.current = None, one.version + 1, True
    later.save(force_insert=True)
    for place, line in enumerate(lines):
        line.pk, line.declaration = None, later
        line.fields = {**line.fields, **(fields if not place else {})}
        line.save(force_insert=True)
    decision.pk, decision.declaration = None, later
    decision.save(force_insert=True)
    return later


def test_versions_are_shown_with_what_each_changed(as_role: SignIn, red: Declaration) -> None:
    later = amended(red, description="Ghế gỗ & bàn", net_mass_kg=12.5)
    html = as_role("auditor").get(reverse("declarations:one", args=[later.pk])).content.decode()
    assert "<ins>Ghế gỗ &amp; bàn</ins>" in html
    assert "<ins>12.5</ins>" in html
    old = as_role("targeting").get(reverse("declarations:one", args=[red.pk])).content.decode()
    assert "This is an earlier version" in old
    assert reverse("declarations:one", args=[later.pk]) in old
    with pytest.raises(acts.RefusedError):
        acts.act(red, User.objects.get(username="targeting"), "release", "for a good reason")


FIELDS = st.dictionaries(
    st.sampled_from(["hs_code", "description", "net_mass_kg", "documents", "transport_mode", "importer_trusted", "x"]),
    st.one_of(
        st.sampled_from(["", "a", "ơ", "12"]),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(0, 9),
    ),
    max_size=4,
)
LINES = st.dictionaries(st.integers(1, 4), FIELDS, max_size=3)


@how(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, LINES)
def test_differences_are_none_of_equals_and_as_many_there_as_back(
    before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]]
) -> None:
    assert versions.changes(before, before) == []
    there, back = versions.changes(before, after), versions.changes(after, before)
    assert len(there) == len(back)
    assert {(one.item, one.field, one.before, one.after) for one in there} == {
        (one.item, one.field, one.after, one.before) for one in back
    }


def test_the_record_has_every_value_and_a_hash_of_them(as_role: SignIn, red: Declaration) -> None:
    decision = red.decisions.get(current=True)
    html = as_role("auditor").get(reverse("declarations:record", args=[red.pk])).content.decode()
    for name, value in paper.whole(decision).items():
        if name not in ("reasons", "counterfactual", "counterfactual_vi") and value is not None:
            assert name in html
    assert paper.digest(decision) in html
    assert decision.record["commitment"] in html
    acts.act(red, User.objects.get(username="targeting"), "inspect", "")
    again = as_role("auditor").get(reverse("declarations:record", args=[red.pk])).content.decode()
    assert paper.digest(decision) in again
    decision.record["ticket"] = 0.5
    assert paper.digest(decision) not in html


def test_the_trail_is_for_auditors(as_role: SignIn, red: Declaration) -> None:
    acts.act(red, User.objects.get(username="supervisor"), "ask", "where the goods come from")
    at = reverse("declarations:one", args=[red.pk])
    assert "declaration.ask" in as_role("auditor").get(at).content.decode()
    assert "declaration.ask" not in as_role("inspector").get(at).content.decode()


def test_the_route_goes_from_origin_to_unloading(as_role: SignIn, red: Declaration) -> None:
    way = {"origin_country": "US", "dispatch_country": "SG", "transit_country": "HK", "unloading_port": "VNHPH"}
    line = Line(fields={**way, "loading_port": "SGSIN"})
    stops = route.stops([line])
    assert [(one.code, len(one.what)) for one in stops] == [("US", 1), ("SG", 1), ("HK", 1), ("VN", 1)]
    drawn = route.route_of([line])
    assert drawn is not None
    assert [one.stop.code for one in drawn.places] == ["US", "SG", "HK", "VN"]
    assert len(drawn.legs) == 3
    assert all(0 <= one.x <= drawn.width and 0 <= one.y <= drawn.height for one in drawn.places)
    # Over the Pacific, which is shorter: America lies east of Asia on the paper.
    assert drawn.places[0].x > drawn.places[1].x
    assert "Route" in as_role("targeting").get(reverse("declarations:route", args=[red.pk])).content.decode()


def test_a_route_without_countries_is_told_and_unknown_ones_are_named_only(as_role: SignIn, red: Declaration) -> None:
    assert route.route_of([Line(fields={})]) is None
    assert route.route_of([Line(fields={"origin_country": "EU"})]) is None
    Line.objects.filter(declaration=red).update(fields={})
    assert "name no country" in part(as_role("targeting"), "route", red)


@how(deadline=None)
@example(["FR", "FJ", "US", "BR"])
@example(["FR", "VN", "US", "FR"])  # around the world
@given(st.lists(st.sampled_from(["VN", "US", "FR", "FJ", "SG", "AU", "BR", "XK", "EU"]), min_size=1, max_size=4))
def test_every_stop_lies_on_the_paper(way: list[str]) -> None:
    names = ("origin_country", "dispatch_country", "transit_country", "unloading_port")
    drawn = route.route_of([Line(fields=dict(zip(names, way, strict=False)))])
    for one in drawn.places if drawn else ():
        assert 0 <= one.x <= drawn.width  # type: ignore[union-attr]
        assert 0 <= one.y <= drawn.height  # type: ignore[union-attr]


def shape(kind: str, held: Any, name: str = "") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": held}}


VIETNAM = [105.42, 21.5]  # on the map of every import; a name is written where its first point is seen
SHAPES = {
    "type": "FeatureCollection",
    "features": [
        shape("LineString", [VIETNAM, [115, 28]], "a <line> & more"),
        {**shape("Point", [110, 24]), "properties": None},
        shape("MultiPolygon", [[[[105, 20], [106, 20], [106, 21], [105, 20]]]]),
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiPoint", "coordinates": [[108, 22]]}],
            },
        },
    ],
}


def test_an_overlay_is_drawn_on_top(as_role: SignIn, red: Declaration, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "overlay.geojson"
    path.write_text(json.dumps(SHAPES), encoding="utf-8")
    settings.MAP_OVERLAY = str(path)
    html = part(as_role("targeting"), "route", red)
    assert html.count('class="overlay"') >= 4
    assert "a &lt;line&gt; &amp; more" in html


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": "FeatureCollection"}',
        '{"type": "Feature", "geometry": {"type": "Blob", "coordinates": []}}',
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1e999, 0]}}',
        '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[["a", "b"]]]}}',
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": []}}',
        '{"type": "Feature", "geometry": null}',
        "[" * 100_000,
    ],
)
def test_a_broken_overlay_is_told_to_the_log_and_left_out(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = tmp_path / "overlay.geojson"
    path.write_text(text, encoding="utf-8")
    settings.MAP_OVERLAY = str(path)
    with caplog.at_level(logging.ERROR):
        assert route.overlay() == ()
    assert str(path) in caplog.text
    assert route.route_of([Line(fields={"origin_country": "CN"})]) is not None


def test_an_overlay_that_is_not_there_is_told(settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    settings.MAP_OVERLAY = str(tmp_path / "none.geojson")
    assert route.overlay() == ()
    assert "left out" in caplog.text


def test_the_outlines_know_the_countries_of_trade() -> None:
    world = route._world()
    assert {"VN", "CN", "SG", "HK", "US", "DE", "AE", "TW", "KR"} <= set(world)
    assert (Path(route.__file__).parent / "world.json").stat().st_size < 150_000
