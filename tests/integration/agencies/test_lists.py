"""Changing a list from a day on, undoing what is planned, and the cast of 2013."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotPermitted
from agencies import operations
from agencies.lists.operations import Wording, add_row, change_row, retire_row, undo_change
from agencies.models import ListChange
from audit.models import Line
from reference import operations as lists
from reference.models import Entry
from tests.integration.agencies.conftest import TODAY, TOMORROW, World

LOW = {
    "rank": "1",
    "label": "Slight",
    "definition": "Falls short.",
    "example": "Letters late.",
    "prompt_shown": "Worth telling?",
    "does_not_mean": "",
}


@pytest.fixture(autouse=True)
def _lists(db: None) -> None:
    lists.load_lists()


def wording(source: str = "The groups", status: str = "judgement", **cells: str) -> Wording:
    return Wording(cells=cells, source=source, status=status)


def low(world: World, **more) -> ListChange:
    given = {
        "by": world.by_portal,
        "now": world.now,
        "list_code": "severity_scale",
        "code": "low",
        "seen": 0,
        "starts_on": TOMORROW,
        "wording": wording(**LOW),
        "reason": "A plainer word.",
    }
    return change_row(**{**given, **more})


def mild(world: World, **more) -> ListChange:
    given = {
        "by": world.by_portal,
        "now": world.now,
        "list_code": "severity_scale",
        "starts_on": TOMORROW,
        "wording": wording(code="mild", **LOW),
        "reason": "A step is missing.",
    }
    return add_row(**{**given, **more})


def end(world: World, code: str = "moderate", **more) -> ListChange:
    given = {
        "by": world.by_portal,
        "now": world.now,
        "list_code": "severity_scale",
        "code": code,
        "seen": 0,
        "starts_on": TOMORROW,
        "reason": "Nobody tells it from low.",
    }
    return retire_row(**{**given, **more})


def undo(world: World, change: ListChange, now=None) -> None:
    undo_change(by=world.by_portal, now=now or world.now, change=change)


def codes(day: date) -> list[str]:
    return [row["code"] for row in lists.rows("severity_scale", day)]


def label(day: date, code: str = "low") -> str:
    row = lists.row("severity_scale", code, day)
    return row["label"] if row else ""


def days(code: str) -> list[tuple[date, date | None]]:
    rows = Entry.objects.filter(list_code="severity_scale", code=code).order_by("effective_from")
    return list(rows.values_list("effective_from", "effective_to"))


class TestChanging:
    def test_the_old_row_ends_and_a_new_one_begins(self, world: World):
        change = low(world)
        assert (label(TODAY), label(TOMORROW)) == ("Low", "Slight")
        assert [to for _, to in days("low")] == [TODAY, None]
        assert (change.before["label"], change.after["label"]) == ("Low", "Slight")
        assert (change.by, change.reason, change.undone_at) == (world.portal_admin, "A plainer word.", None)
        assert Line.objects.get().detail == {
            "change": str(change.pk),
            "list": "severity_scale",
            "on": "2026-03-04",
        }

    def test_the_columns_that_name_it_stay_and_the_rest_is_as_typed(self, world: World):
        low(world, wording=wording(**{**LOW, "code": "high", "label": "  Slight \n indeed "}))
        row = lists.row("severity_scale", "low", TOMORROW)
        assert (row["code"], row["label"], row["source"], row["status"]) == (
            "low",
            "Slight indeed",
            "The groups",
            "judgement",
        )

    def test_two_changes_may_be_planned_in_any_order(self, world: World):
        low(world, starts_on=TODAY + timedelta(days=20))
        low(world, seen=1, starts_on=TODAY + timedelta(days=10), wording=wording(**{**LOW, "label": "Small"}))
        assert [label(TODAY + timedelta(days=ahead)) for ahead in (9, 10, 19, 20)] == [
            "Low",
            "Small",
            "Small",
            "Slight",
        ]

    def test_parties_are_read_anew(self, world: World):
        given = {
            "list_code": "tools_and_levers",
            "wording": wording(
                body_kind="police", purpose="intervening", power="Arrest", limited_to="criminal matters"
            ),
        }
        mild(world, **given)
        row = lists.row("tools_and_levers", "police:intervening:Arrest", TOMORROW)
        assert row["body_kind_codes"] == ["police"]

    @pytest.mark.parametrize(
        ("more", "field", "words"),
        [
            ({"starts_on": TODAY}, "starts_on", "Choose tomorrow"),
            ({"starts_on": date(2020, 1, 1)}, "starts_on", "Choose tomorrow"),
            ({"code": "no_such"}, "starts_on", "does not stand on that day"),
            ({"list_code": "no_such"}, "", "no such list"),
            ({"wording": wording(**{**LOW, "label": ""})}, "label", "cannot be left blank"),
            ({"wording": wording(**{**LOW, "rank": "one"})}, "rank", "whole number"),
            ({"wording": wording(source=" ", **LOW)}, "source", "where it comes from"),
            ({"wording": wording(status="rumour", **LOW)}, "status", "document or is a judgement"),
            ({"reason": ""}, "reason", "Say why"),
        ],
    )
    def test_what_makes_no_sense_is_refused_beside_its_field(
        self, world: World, more, field: str, words: str
    ):
        with pytest.raises(Invalid) as refused:
            low(world, **more)
        assert list(refused.value.errors) == [field]
        assert words in refused.value.errors[field]
        assert not ListChange.objects.exists()
        assert days("low") == [(date(2000, 1, 1), None)]

    def test_the_same_again_is_no_change(self, world: World):
        entry = Entry.objects.get(list_code="severity_scale", code="low")
        same = wording(entry.source, entry.status, **{key: str(value) for key, value in entry.data.items()})
        with pytest.raises(Invalid, match="what the row says already"):
            low(world, wording=same)

    def test_two_changes_of_one_day_are_refused(self, world: World):
        low(world)
        with pytest.raises(Invalid, match="from that very day is planned"):
            low(world, seen=1, wording=wording(**{**LOW, "label": "Small"}))

    def test_a_clock_of_nothing_is_refused(self, world: World):
        entry = Entry.objects.get(list_code="clock_intervals", code="response_48")
        cells = {key: str(value) for key, value in entry.data.items()}
        for amount in ("0h", "soon", "96h", "moment"):
            with pytest.raises(Invalid) as refused:
                low(
                    world,
                    list_code="clock_intervals",
                    code="response_48",
                    wording=wording(**{**cells, "amount": amount}),
                )
            assert list(refused.value.errors) == ["amount"]

    def test_a_code_that_stands_on_no_list_is_refused(self, world: World):
        entry = Entry.objects.get(list_code="agency_kinds", code="police")
        cells = {key: str(value) for key, value in entry.data.items()}
        with pytest.raises(Invalid) as refused:
            low(
                world,
                list_code="agency_kinds",
                code="police",
                wording=wording(**{**cells, "successor": "navy"}),
            )
        assert "“navy” stands on no list" in refused.value.errors["successor"]
        party = {"body_kind": "navy", "purpose": "intervening", "power": "Sail"}
        with pytest.raises(Invalid) as refused:
            mild(world, list_code="tools_and_levers", wording=wording(**party))
        assert "No list knows “navy”" in refused.value.errors["body_kind"]


class TestAdding:
    def test_a_row_comes_in_where_it_belongs(self, world: World):
        mild(world, after="low")
        assert codes(TOMORROW) == ["none_good", "low", "mild", "moderate", "serious", "critical", "not_known"]
        assert "mild" not in codes(TODAY)

    def test_or_at_the_end(self, world: World):
        mild(world, after="no_such")
        assert codes(TOMORROW)[-1] == "mild"

    def test_a_row_that_stands_is_not_added_again(self, world: World):
        with pytest.raises(Invalid) as refused:
            mild(world, wording=wording(code="low", **LOW))
        assert "The list has “low” on that day" in refused.value.errors["code"]

    def test_one_that_ended_comes_back(self, world: World):
        end(world)
        with pytest.raises(Invalid, match="ends on that very day, as is planned"):
            mild(world, wording=wording(code="moderate", **LOW))
        later = TOMORROW + timedelta(days=30)
        mild(world, wording=wording(code="moderate", **LOW), starts_on=later)
        assert [label(day, "moderate") for day in (TODAY, TOMORROW, later)] == ["Moderate", "", "Slight"]

    def test_a_name_that_is_too_long_is_refused(self, world: World):
        given = {"body_kind": "police", "purpose": "intervening", "power": "x" * 190}
        with pytest.raises(Invalid, match="200 characters together"):
            mild(world, list_code="tools_and_levers", wording=wording(**given))


class TestEnding:
    def test_a_row_is_offered_until_the_day(self, world: World):
        change = end(world)
        assert ("moderate" in codes(TODAY), "moderate" in codes(TOMORROW)) == (True, False)
        assert lists.latest("severity_scale")["moderate"]["label"] == "Moderate"
        assert (change.after, change.ended_before) == (None, None)

    @pytest.mark.parametrize("code", ["serious", "not_known"])
    def test_what_the_portal_needs_cannot_end(self, world: World, code: str):
        with pytest.raises(Invalid) as refused:
            end(world, code)
        assert "From 4 March 2026 this would not do." in refused.value.errors[""]
        assert f"The portal needs “{code}”" in refused.value.errors[""]
        assert code in codes(TOMORROW)

    def test_nor_can_two_that_are_planned_for_different_days(self, world: World):
        closing = Entry.objects.filter(list_code="outcome_codes", data__list="concern_close")
        left = [one.code for one in closing if one.data["code"] != "withdrawn"]
        for number, code in enumerate(left[:-1]):
            end(world, code, list_code="outcome_codes", starts_on=TODAY + timedelta(days=10 + number))
        with pytest.raises(Invalid, match="no outcome left with which a concern can be closed"):
            end(world, left[-1], list_code="outcome_codes")  # sooner than the others, and the last of all

    def test_nor_can_what_another_list_names(self, world: World):
        with pytest.raises(Invalid, match="names “asc_info_sharing”, which would stand on no list"):
            end(world, "asc_info_sharing", list_code="meeting_series")

    def test_it_ends_once(self, world: World):
        end(world)
        with pytest.raises(Invalid, match="does not stand on that day"):
            end(world, seen=1, starts_on=TOMORROW + timedelta(days=1))


class TestUndoing:
    def test_a_change_that_is_to_come_never_happens(self, world: World):
        change = low(world)
        undo(world, change)
        assert days("low") == [(date(2000, 1, 1), None)]
        assert label(TOMORROW) == "Low"
        change.refresh_from_db()
        assert (change.undone_by, change.undone_at) == (world.portal_admin, world.now)
        assert not Entry.objects.filter(changed_here=True).exists()
        assert Line.objects.filter(deed="list.change_undone").count() == 1

    def test_nor_does_an_addition_or_an_end(self, world: World):
        lists.set_end(list_code="severity_scale", code="moderate", effective_to=date(2030, 1, 1))
        undo(world, mild(world))
        undo(world, end(world))
        assert days("mild") == []
        assert days("moderate") == [(date(2000, 1, 1), date(2030, 1, 1))]

    def test_the_earlier_of_two_waits_for_the_later(self, world: World):
        first = low(world, starts_on=TODAY + timedelta(days=10))
        second = low(
            world, seen=1, starts_on=TODAY + timedelta(days=20), wording=wording(**{**LOW, "label": "Small"})
        )
        with pytest.raises(Invalid, match="Undo the later one first"):
            undo(world, first)
        undo(world, second)
        undo(world, first)
        assert days("low") == [(date(2000, 1, 1), None)]

    def test_a_change_before_one_that_stays_planned_is_taken_out_of_between(self, world: World):
        later = low(world, starts_on=TODAY + timedelta(days=20))
        sooner = low(
            world, seen=1, starts_on=TODAY + timedelta(days=10), wording=wording(**{**LOW, "label": "Small"})
        )
        undo(world, later)
        assert [label(TODAY + timedelta(days=ahead)) for ahead in (9, 10, 30)] == ["Low", "Small", "Small"]
        assert Entry.objects.filter(code="low", changed_here=True).count() == 2
        undo(world, sooner)
        assert days("low") == [(date(2000, 1, 1), None)]

    def test_coming_back_undone_leaves_the_end(self, world: World):
        end(world)
        later = TOMORROW + timedelta(days=1)
        back = mild(world, wording=wording(code="moderate", **LOW), starts_on=later)
        undo(world, back)
        assert days("moderate") == [(date(2000, 1, 1), TODAY)]

    def test_what_has_taken_effect_is_not_undone(self, world: World, freeze):
        change = low(world)
        tomorrow = freeze("2026-03-04T00:00Z")
        with pytest.raises(Invalid, match="It took effect on 4 March 2026"):
            undo_change(by=world.by_portal, now=tomorrow, change=change)
        assert label(TOMORROW) == "Slight"

    def test_nor_twice(self, world: World):
        change = low(world)
        undo(world, change)
        with pytest.raises(Invalid, match="Pat Admin has taken this back already"):
            undo(world, change)

    def test_nor_when_something_has_come_to_hang_on_it(self, world: World):
        kind = wording(
            code="navy",
            label="Navy",
            plain_role="Sails",
            may_trigger_summit="no",
            may_hold_ring="no",
            is_provider_too="no",
        )
        added = mild(world, list_code="agency_kinds", wording=kind)
        police = Entry.objects.get(list_code="agency_kinds", code="police")
        cells = {key: str(value) for key, value in police.data.items()}
        low(world, list_code="agency_kinds", code="police", wording=wording(**{**cells, "successor": "navy"}))
        with pytest.raises(Invalid, match="names “navy”, which would stand on no list"):
            undo(world, added)


class TestTwoAtOnce:
    def test_the_second_is_told_who_was_first_and_what_they_said(self, world: World):
        low(world)
        with pytest.raises(Invalid) as refused:
            low(world, wording=wording(**{**LOW, "label": "Small"}))
        said = refused.value.errors[""]
        assert "Pat Admin changed this row on" in said
        assert "Label: “Slight” instead of “Low”." in said
        assert "Nothing was lost" in said

    def test_and_of_what_was_taken_back(self, world: World):
        undo(world, low(world))
        with pytest.raises(Invalid, match="Pat Admin took back a change of this row"):
            low(world, seen=1)
        assert low(world, seen=2).starts_on == TOMORROW


class TestWhoMay:
    def test_an_administrator_of_the_portal_and_nobody_else(self, world: World):
        change = low(world)
        for user in (world.body_admin, world.ann):
            by = principal_of(user.pk)
            for deed in (
                lambda by=by: low(world, by=by),
                lambda by=by: mild(world, by=by),
                lambda by=by: end(world, by=by),
                lambda by=by: undo_change(by=by, now=world.now, change=change),
            ):
                with pytest.raises(NotPermitted):
                    deed()
        with pytest.raises(NotPermitted):
            operations.stand_as_in_2013(by=world.by_body, now=world.now)

    def test_it_is_a_person_who_stands_by_it(self, world: World):
        with pytest.raises(NotPermitted, match="A person changes the lists"):
            low(world, by=clockwork(world.now))


class TestKeeping:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"reason": ""},
            {"deed": "guessed"},
            {"before": None},
            {"after": None},
            {"undone_at": datetime(2026, 3, 3, 9, tzinfo=UTC)},
        ],
    )
    def test_the_database_holds_a_change_to_what_it_says(self, world: World, wrong):
        change = low(world)
        with pytest.raises(IntegrityError), transaction.atomic():
            ListChange.objects.filter(pk=change.pk).update(**wrong)

    def test_one_change_of_a_row_begins_on_a_day(self, world: World):
        change = low(world)
        change.pk = None
        change._state.adding = True
        with pytest.raises(IntegrityError, match="one_a_day"), transaction.atomic():
            change.save(force_insert=True)

    def test_a_change_is_kept_for_good(self, world: World):
        change = low(world)
        assert str(change) == "Changed: severity_scale low"
        with (
            pytest.raises(DatabaseError, match=r"permission denied|list_changes_are_kept"),
            transaction.atomic(),
        ):
            ListChange.objects.filter(pk=change.pk).delete()

    def test_what_is_loaded_at_a_start_undoes_nothing(self, world: World):
        low(world)
        end(world)
        mild(world)
        stood = [days(code) for code in ("low", "moderate", "mild")]
        call_command("load_reference")
        call_command("load_reference", replace=True)
        assert [days(code) for code in ("low", "moderate", "mild")] == stood
        assert label(TOMORROW) == "Slight"

    def test_nor_does_the_cast_of_2013(self, world: World):
        operations.stand_as_in_2013(by=clockwork(world.now), now=world.now)
        end(world, "ccg", list_code="agency_kinds")
        assert operations.stand_as_in_2013(by=clockwork(world.now), now=world.now) == []
        assert lists.row("agency_kinds", "ccg", TOMORROW) is None


def test_the_cast_of_2013_goes_on_and_its_successors_wait(world: World):
    by = clockwork(world.now)
    assert {"ccg", "monitor"}.isdisjoint(row["code"] for row in lists.rows("agency_kinds", TODAY))
    changed = operations.stand_as_in_2013(by=by, now=world.now)
    kinds = {row["code"] for row in lists.rows("agency_kinds", TODAY)}
    assert {"ccg", "monitor", "nhs_tda", "nhs_england_area_team", "letb", "sab"} <= kinds
    assert {"icb", "nhs_improvement", "safeguarding_partners"}.isdisjoint(kinds)
    rules = {row["key"] for row in lists.rows("membership_rules", TODAY)}
    assert {"local:ccg", "local:monitor", "regional:nhs_tda"} <= rules
    assert "local:icb" not in rules
    assert "cqc_monitor" in {row["code"] for row in lists.rows("meeting_series", TODAY)}
    assert "agency_kinds:ccg" in changed
    assert operations.stand_as_in_2013(by=by, now=world.now) == []
