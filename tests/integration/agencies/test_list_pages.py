"""The pages of the lists: read by everybody, changed by an administrator after the sentence was read."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.lists.operations import Wording, change_row, retire_row
from agencies.models import ListChange
from reference import operations as lists
from reference.models import Entry
from tests.integration.agencies.conftest import (
    TODAY,
    TOMORROW,
    World,
    client_as,
    dated,
    submit,
    text_of,
)


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    lists.load_lists()


@pytest.fixture
def portal(world: World) -> Client:
    return client_as(world.portal_admin)


@pytest.fixture
def ann(world: World) -> Client:
    return client_as(world.ann)


def entry(code: str, list_code: str = "severity_scale") -> Entry:
    return Entry.objects.filter(list_code=list_code, code=code).latest("effective_from")


def to(name: str, *args: object) -> str:
    return reverse(f"agencies:{name}", args=args)


def read(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return text_of(answer)


def typed(answer: HttpResponse) -> dict[str, str]:
    """What a form holds as it is shown."""
    page = answer.content.decode()
    found = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    for name, text in re.findall(r'(?s)<textarea[^>]*name="([a-z_]+)"[^>]*>(.*?)</textarea>', page):
        found[name] = text.strip()
    found |= dict(re.findall(r'(?s)<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"[^>]*checked', page))
    found.pop("csrfmiddlewaretoken", None)
    found.pop("once", None)
    return found


def change(client: Client, pk: object, **more: str) -> dict[str, str]:
    """A form as it is shown, with what a person types over it."""
    return {
        **typed(client.get(to("change_list_row", pk))),
        "status": "judgement",
        "reason": "Plainer.",
        **more,
    }


def plan(world: World, **more: str) -> ListChange:
    held = entry("low")
    cells = {**{key: str(value) for key, value in held.data.items()}, "label": "Slight", **more}
    return change_row(
        by=world.by_portal,
        now=world.now,
        list_code="severity_scale",
        code="low",
        seen=0,
        starts_on=TOMORROW,
        wording=Wording(cells, "The groups", "judgement"),
        reason="A plainer word.",
    )


class TestReading:
    def test_everybody_reads_which_lists_steer_what_and_whose_they_are(self, world: World, ann: Client):
        said = read(ann, to("rules"))
        assert "How serious a concern can be said to be" in said
        assert "List Who belongs to a group What the portal does with it Who must sit in a group" in said
        steering, shown = said.split("Lists that are shown")
        assert "Words on the screen" not in steering.split("Lists by which the portal works")[1]
        assert "List Words on the screen In the documents 0 Judgement 20" in shown
        assert "You look after the lists" not in said
        assert "You look after the lists" in read(client_as(world.portal_admin), to("rules"))

    def test_the_numbers_are_of_the_rows_in_force_today(self, ann: Client):
        assert "counts for its quorum. In the documents 14 Judgement 2 Changed here 0" in read(
            ann, to("rules")
        )

    def test_a_list_is_read_as_on_a_day(self, world: World, ann: Client):
        plan(world)
        address = to("list", "severity_scale")
        today = read(ann, address)
        assert "In force today" in today
        assert "From 4 March 2026: “Low” is changed." in today
        tomorrow = read(ann, address, **dated("on", TOMORROW))
        assert "In force on 4 March 2026" in tomorrow
        before, after = today.split("In force today")[1], tomorrow.split("In force on 4 March 2026")[1]
        assert ("Slight" in before, "Slight" in after) == (False, True)
        assert "from 4 March 2026" in after

    def test_a_list_is_searched_for_words_anywhere_in_a_row(self, ann: Client):
        said = read(ann, to("list", "tools_and_levers"), q="enter VIEW")
        assert "1 of" in said
        assert "Enter and view" in said
        assert "Warning notice" not in said
        assert "No row of the list has these words." in read(ann, to("list", "tools_and_levers"), q="dragons")

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"on_day": "45", "on_month": "1", "on_year": "2026"}, "real date"),
            ({"on_day": "4"}, "must include"),
            ({"q": "x" * 101}, "100 characters"),
            ({"on_day": "1", "on_month": "1", "on_year": "1950"}, "Nothing is in force on that day."),
            ({"nonsense": "1"}, "In force today"),
        ],
    )
    def test_what_cannot_be_asked_is_said(self, ann: Client, query: dict[str, str], words: str):
        assert words in read(ann, to("list", "severity_scale"), **query)

    def test_a_row_has_its_days_and_its_reasons(self, world: World, ann: Client, portal: Client):
        plan(world)
        first = Entry.objects.get(code="low", effective_to=TODAY)
        said = read(ann, to("list_row", first.pk))
        assert "From 4 March 2026, this row is changed." in said
        assert "Label: “Slight”, before “Low”" in said
        assert "A plainer word." in said
        assert "An administrator of the portal" in said
        assert "Pat Admin" not in said
        assert "Undo this" not in said
        assert "Pat Admin" in read(portal, to("list_row", entry("low").pk))

    def test_a_row_that_ended_says_so(self, world: World, ann: Client, portal: Client):
        ccg = entry("ccg", "agency_kinds")
        assert "It ended, and is not offered for anything new." in read(ann, to("list_row", ccg.pk))
        assert "Add it again" in read(portal, to("list_row", ccg.pk))
        assert portal.get(to("change_list_row", ccg.pk)).status_code == 409
        assert "Rows that had ended by then" in read(ann, to("list", "agency_kinds"))

    def test_what_is_not_there_is_absent(self, ann: Client, portal: Client, world: World):
        for address in (
            to("list", "no_such_list"),
            to("list_row", world.ccg.pk),
        ):
            assert ann.get(address).status_code == 404
        for address in (
            to("add_list_row", "no_such_list"),
            to("change_list_row", world.ccg.pk),
            to("end_list_row", world.ccg.pk),
            to("undo_list_change", world.ccg.pk),
        ):
            assert portal.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("name", "args", "most"),
        [("rules", (), 3), ("list", ("tools_and_levers",), 3), ("list_row", (), 3)],
    )
    def test_it_takes_the_same_few_questions_however_much_was_changed(
        self, world: World, portal: Client, name: str, args: tuple[str, ...], most: int
    ):
        address = to(name, *(args or ([] if name == "rules" else [entry("low").pk])))

        def asked() -> int:
            read(portal, address)
            with CaptureQueriesContext(connection) as queries:
                read(portal, address)
            return len(queries)

        before = asked()
        plan(world)
        for number, code in enumerate(("media", "complaint")):
            retire_row(
                by=world.by_portal,
                now=world.now,
                list_code="source_kinds",
                code=code,
                seen=0,
                starts_on=TOMORROW + timedelta(days=number),
                reason="Not used.",
            )
        if name == "list_row":
            address = to(name, Entry.objects.get(code="low", effective_to=TODAY).pk)
        assert asked() <= before + (1 if name == "list_row" else 0)


class TestChanging:
    def test_a_change_is_said_in_words_then_made_then_undone(self, world: World, portal: Client):
        low = entry("low")
        address = to("change_list_row", low.pk)
        fields = change(portal, low.pk, label="Slight")
        assert (fields["seen"], fields["starts_on_day"]) == ("0", "4")
        said = text_of(portal.post(address, fields))
        assert "From 4 March 2026, “Low” in the list “How serious” changes." in said
        assert "Label: “Slight” instead of “Low”." in said
        assert "It can be undone until the end of 3 March 2026." in said
        assert not ListChange.objects.exists()  # only said, not done
        answer = submit(portal, address, **fields)
        assert answer["Location"] == to("list_row", low.pk)
        assert lists.row("severity_scale", "low", TOMORROW)["label"] == "Slight"
        undo = to("undo_list_change", ListChange.objects.get().pk)
        assert undo in portal.get(to("list_row", low.pk)).content.decode()
        assert "What was planned from 4 March 2026 does not happen" in text_of(portal.post(undo, {}))
        submit(portal, undo)
        assert lists.row("severity_scale", "low", TOMORROW)["label"] == "Low"
        assert "undone before it took effect" in read(portal, to("list_row", low.pk))

    def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(self, portal: Client):
        interval = entry("response_48", "clock_intervals")
        fields = change(portal, interval.pk, amount="0h", label="Meet soon")
        refused = submit(portal, to("change_list_row", interval.pk), expect=422, **fields)
        page = refused.content.decode()
        assert "“0h” is no length of time" in text_of(refused)
        assert 'href="#id_amount"' in page
        assert 'value="Meet soon"' in page

    def test_every_required_cell_is_asked_for(self, portal: Client):
        fields = change(portal, entry("low").pk, label="", reason="", status="")
        fields |= dict.fromkeys(dated("starts_on", TOMORROW), "")
        said = text_of(submit(portal, to("change_list_row", entry("low").pk), expect=422, **fields))
        for words in (
            "Enter label",
            "Say why, for those who read the history",
            "Choose an answer to “What is it?”",
        ):
            assert words in said

    def test_what_the_portal_needs_cannot_end(self, portal: Client):
        fields = {"seen": "0", "reason": "Too strong.", **dated("starts_on", TOMORROW)}
        said = text_of(submit(portal, to("end_list_row", entry("serious").pk), expect=422, **fields))
        assert "The portal needs “serious” in “How serious”" in said

    def test_an_end_names_the_lists_that_go_on_naming_it(self, portal: Client):
        fields = {"seen": "0", "reason": "Abolished.", **dated("starts_on", date(2026, 6, 1))}
        police = entry("police", "agency_kinds")
        said = text_of(portal.post(to("end_list_row", police.pk), fields))
        assert "Rows of other lists go on naming it:" in said
        assert "Powers of each body (1)" in said
        submit(portal, to("end_list_row", police.pk), **fields)
        assert lists.row("agency_kinds", "police", date(2026, 6, 1)) is None

    def test_a_row_is_added_in_its_place_and_one_that_ended_comes_back(self, portal: Client):
        address = to("add_list_row", "agency_kinds")
        shown = portal.get(address, {"like": "ccg"})
        assert "Clinical commissioning group" in shown.content.decode()
        fields = {
            **typed(shown),
            "successor": "icb",
            "may_trigger_summit": "yes",
            "may_hold_ring": "yes",
            "is_provider_too": "no",
            "status": "judgement",
            "reason": "They come back.",
            "after": "nhs_england",
        }
        said = text_of(portal.post(address, fields))
        assert (
            "From 4 March 2026, the list “Kinds of agency” has “Clinical commissioning group” as well."
            in said
        )
        submit(portal, address, **fields)
        assert lists.row("agency_kinds", "ccg", TOMORROW)["plain_role"].startswith("Buys most hospital")

    def test_a_code_of_another_list_is_chosen_from_it(self, portal: Client):
        page = portal.get(to("change_list_row", entry("qsg_local", "meeting_series").pk)).content.decode()
        assert '<option value="asc_regional">' in page
        page = portal.get(
            to("change_list_row", entry("several_areas", "ring_holder_suits").pk)
        ).content.decode()
        assert "several_areas" in page
        page = portal.get(to("add_list_row", "ring_holder_suits")).content.decode()
        assert '<option value="care_home_or_home_care">' in page
        assert "Care home (care_home)" in page

    def test_the_second_of_two_is_told_and_loses_nothing(self, world: World, portal: Client):
        low = entry("low")
        fields = change(portal, low.pk, label="Small")
        plan(world)
        refused = submit(portal, to("change_list_row", low.pk), expect=422, **fields)
        said = text_of(refused)
        assert "Pat Admin changed this row on" in said
        assert "Label: “Slight” instead of “Low”." in said
        assert 'value="Small"' in refused.content.decode()
        again = {**fields, **typed(refused), "status": "judgement", **dated("starts_on", date(2026, 6, 1))}
        assert again["seen"] == "1"
        submit(portal, to("change_list_row", low.pk), **again)
        assert lists.row("severity_scale", "low", date(2026, 6, 1))["label"] == "Small"

    def test_and_so_is_whoever_confirms_too_late(self, world: World, portal: Client):
        fields = change(portal, entry("low").pk, label="Small")
        plan(world)
        refused = portal.post(
            to("change_list_row", entry("low").pk), {**fields, "sure": "yes", "once": str(world.ccg.pk)}
        )
        assert refused.status_code == 422
        assert "Nothing was lost" in text_of(refused)

    def test_an_undo_that_comes_too_late_is_said(self, world: World, portal: Client, freeze):
        planned = plan(world)
        freeze("2026-03-04T09:00Z")
        fresh = client_as(world.portal_admin)
        said = text_of(submit(fresh, to("undo_list_change", planned.pk), expect=422))
        assert "It took effect on 4 March 2026." in said

    def test_whoever_does_not_look_after_the_lists_changes_none(self, world: World, ann: Client):
        planned = plan(world)
        for address in (
            to("add_list_row", "severity_scale"),
            to("change_list_row", entry("low").pk),
            to("end_list_row", entry("low").pk),
            to("undo_list_change", planned.pk),
        ):
            assert ann.get(address).status_code == 403
            assert ann.post(address, {}).status_code == 403


class TestWhatIsSteered:
    def test_a_power_is_shown_and_offered_from_its_day_on(
        self, world: World, portal: Client, ann: Client, freeze
    ):
        address = to("add_list_row", "tools_and_levers")
        fields = {
            "seen": "0",
            "body_kind": "ccg",
            "purpose": "intervening",
            "power": "Stop new referrals",
            "limited_to": "",
            "source": "The groups",
            "status": "judgement",
            "reason": "It is used.",
            **dated("starts_on", TOMORROW),
        }
        submit(portal, address, **fields)
        page = reverse("agencies:agency", args=[world.ccg.pk])
        assert "Stop new referrals" not in read(ann, page)
        freeze("2026-03-04T09:00Z")
        said = read(client_as(world.ann), page)
        assert "Stop new referrals" in said
        assert "Buys most hospital, community and mental health care." in said


def test_what_a_list_says_in_codes_is_read_in_words(ann: Client):
    step = Entry.objects.get(list_code="clock_steps", code="level_withheld:near")
    said = read(ann, to("list_row", step.pk))
    assert "Decide again not to tell the provider of its level: 80 % of the duration" in said
    assert "Which deadline Decide again not to tell the provider of its level" in said
    power = Entry.objects.filter(list_code="tools_and_levers", data__body_kind="ccg").first()
    said = read(ann, to("list_row", power.pk))
    assert f"Kind of body {lists.latest('agency_kinds')['ccg']['label']}" in said
    assert f"Purpose {power.data['purpose'].capitalize()}" in said
    assert "Decide again not to tell the provider of its level: 80 %" in read(ann, to("list", "clock_steps"))
