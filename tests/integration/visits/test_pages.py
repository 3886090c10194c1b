"""The pages: what is typed, what is said before, and how many questions the calendar asks."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.operations import tell
from tests.integration.actions.test_pages import hidden, post, text_of
from tests.signing_in import sign_in
from visits.models import InformationRequest, JointProposal, Visit
from visits.operations.telling import NAMED
from visits.panels import entries_about
from visits.views.calendar import weeks_of

pytestmark = pytest.mark.django_db


def day(name: str, value: date) -> dict[str, str]:
    parts = {"day": value.day, "month": value.month, "year": value.year}
    return {f"{name}_{part}": str(number) for part, number in parts.items()}


def planned(**changed):
    return {
        "kind": "inspection",
        "announced": "announced",
        "purpose": "To look at the wards at night.",
        **day("starts_on", date(2026, 3, 10)),
        **changed,
    }


def asked(**changed):
    return {
        "kind": "staffing",
        "about": "The rotas of all wards.",
        **day("covers_from", date(2026, 1, 1)),
        **day("covers_to", date(2026, 1, 31)),
        **day("asked_on", date(2026, 3, 3)),
        **day("due_on", date(2026, 3, 17)),
        **changed,
    }


@pytest.fixture
def inspector(world):
    return sign_in(world.inspector)


class TestPlanning:
    def test_a_visit_is_planned_and_shown(self, world, inspector) -> None:
        answer = post(inspector, f"/visits/plan/{world.provider.pk}/", planned())
        visit = Visit.objects.get()
        assert answer["Location"] == visit.get_absolute_url()
        page = text_of(inspector.get(answer["Location"]))
        assert "Inspection: Fictional Hospital" in page
        assert "10 March 2026" in page
        assert "Share it with more people" in page

    def test_what_is_missing_is_said(self, world, inspector) -> None:
        answer = post(inspector, f"/visits/plan/{world.provider.pk}/", {})
        assert answer.status_code == 422
        for words in (
            "Say whether the provider will know",
            "Say on which day it begins",
            "Say what the visit is for",
        ):
            assert words in text_of(answer)

    def test_days_in_the_wrong_order_are_said(self, world, inspector) -> None:
        said = planned(**day("ends_on", date(2026, 3, 9)))
        answer = post(inspector, f"/visits/plan/{world.provider.pk}/", said)
        assert answer.status_code == 422
        assert "The last day must be the first day or after it" in text_of(answer)

    def test_a_body_is_found_for_a_joint_visit(self, world, inspector) -> None:
        address = f"/visits/plan/{world.provider.pk}/"
        found = post(inspector, address, planned(find="Example Cou", look="1"))
        assert "Example Council" in text_of(found)
        assert not Visit.objects.exists()
        post(inspector, address, planned(find="Example Cou", agencies=str(world.council.pk)))
        assert Visit.objects.get().parties.get() == world.council

    def test_who_else_is_there_is_said_before_and_it_is_planned_all_the_same(
        self, world, plan, inspector
    ) -> None:
        other = plan("social_worker", choice=world.seats())
        hidden = plan("worker", announced=False, purpose="Secret")
        address = f"/visits/plan/{world.provider.pk}/"
        shown = post(inspector, address, planned())
        assert shown.status_code == 200
        assert str(other.pk) in shown.content.decode()
        assert str(hidden.pk) not in shown.content.decode()
        assert Visit.objects.count() == 2
        assert post(inspector, address, planned(anyway="1")).status_code == 302
        assert Visit.objects.count() == 3

    def test_an_unannounced_clash_is_not_said(self, world, plan, inspector) -> None:
        plan("worker", announced=False)
        answer = post(inspector, f"/visits/plan/{world.provider.pk}/", planned())
        assert answer.status_code == 302

    def test_there_is_no_provider(self, world, inspector) -> None:
        assert inspector.get(f"/visits/plan/{world.north.pk}/").status_code == 404


class TestDeeds:
    def test_days_are_changed_after_what_is_there_was_said(self, world, plan, inspector) -> None:
        visit = plan(choice=world.seats())
        plan("social_worker", choice=world.seats(), starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 20))
        said = {
            "kind": "review",
            "purpose": "To look again",
            "why": "The team is ill",
            **day("starts_on", date(2026, 3, 20)),
        }
        address = f"{visit.get_absolute_url()}change/"
        assert "Others are there in these days" in text_of(post(inspector, address, said))
        assert post(inspector, address, {**said, "anyway": "1"}).status_code == 302
        assert Visit.objects.get(pk=visit.pk).days == "20 March 2026"

    def test_a_warning_does_not_hide_that_somebody_changed_it_meanwhile(self, world, plan, inspector) -> None:
        visit = plan(choice=world.seats())
        plan("social_worker", choice=world.seats(), starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 20))
        said = {
            "kind": "review",
            "purpose": "To look again",
            "why": "The team is ill",
            **day("starts_on", date(2026, 3, 20)),
        }
        address = f"{visit.get_absolute_url()}change/"
        shown = inspector.get(address)
        marks = {"once": hidden(shown, "once"), "seen": hidden(shown, "seen")}
        first = post(inspector, address, {**said, "purpose": "Somebody else's", "anyway": "1"})
        assert first.status_code == 302
        warned = inspector.post(address, {**marks, **said})
        assert hidden(warned, "seen") == marks["seen"]
        refused = inspector.post(address, {**marks, **said, "anyway": "1"})
        assert refused.status_code == 422
        assert "after you opened it" in text_of(refused)
        assert hidden(refused, "seen") != marks["seen"], "now they know"
        assert Visit.objects.get(pk=visit.pk).purpose == "Somebody else's"

    def test_days_in_the_wrong_order_change_nothing(self, world, plan, inspector) -> None:
        visit = plan()
        said = {
            "kind": "review",
            "purpose": "To look again",
            "why": "The team is ill",
            **day("starts_on", date(2026, 3, 20)),
            **day("ends_on", date(2026, 3, 19)),
        }
        answer = post(inspector, f"{visit.get_absolute_url()}change/", said)
        assert answer.status_code == 422

    def test_it_is_made_and_called_off(self, world, plan, inspector) -> None:
        made = plan(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 4))
        said = {
            "outcome": "Safe",
            "outcome_link": "https://www.example.org/r",
            **day("done_on", date(2026, 3, 3)),
        }
        post(inspector, f"{made.get_absolute_url()}done/", said)
        page = inspector.get(made.get_absolute_url()).content.decode()
        assert 'href="https://www.example.org/r"' in page
        answer = inspector.get(f"{made.get_absolute_url()}done/")
        assert (answer.status_code, "done already" in text_of(answer)) == (409, True)
        other = plan()
        post(inspector, f"{other.get_absolute_url()}call-off/", {"why": "The team is ill"})
        assert "Why it was called off" in text_of(inspector.get(other.get_absolute_url()))

    def test_going_together(self, world, plan, inspector) -> None:
        visit = plan(choice=world.seats())
        council = sign_in(world.social_worker)
        assert "Propose to go together" in text_of(council.get(visit.get_absolute_url()))
        post(council, f"{visit.get_absolute_url()}propose-joint/", {"text": "Let us go on the 11th."})
        proposal = JointProposal.objects.get()
        assert council.get(f"{visit.get_absolute_url()}propose-joint/").status_code == 409
        page = text_of(inspector.get(visit.get_absolute_url()))
        assert "Let us go on the 11th." in page
        assert "Answer Example Council" in page
        assert "Let us go" not in text_of(sign_in(world.worker).get(visit.get_absolute_url()))
        post(inspector, f"/visits/joint/{proposal.pk}/", {"answer": "accept", "text": ""})
        assert "Together with" in text_of(council.get(visit.get_absolute_url()))
        assert inspector.get(f"/visits/joint/{proposal.pk}/").status_code == 409

    def test_an_unannounced_one_is_not_given_away_by_an_offer(self, world, plan, inspector) -> None:
        theirs = plan("social_worker", choice=world.seats())
        offer = f"{theirs.get_absolute_url()}propose-joint/"
        asked = f"/visits/plan/{world.provider.pk}/"
        assert offer in post(inspector, asked, planned()).content.decode()
        warned = post(inspector, asked, planned(announced="unannounced")).content.decode()
        assert theirs.get_absolute_url() in warned
        assert offer not in warned
        assert "An unannounced visit" not in text_of(inspector.get(offer))
        visit = plan(announced=False)
        page = inspector.get(visit.get_absolute_url()).content.decode()
        assert theirs.get_absolute_url() in page
        assert offer not in page
        page = text_of(inspector.get(offer))
        assert "An unannounced visit is planned for the same days" in page
        assert "Example Council may not know of it" in page
        assert "An unannounced" not in text_of(sign_in(world.worker).get(offer))

    def test_an_unannounced_one_carries_its_tag_beside_others_and_in_the_inbox(
        self, world, plan, inspector
    ) -> None:
        theirs = plan("social_worker", choice=world.seats())
        visit = plan(announced=False)
        shown = inspector.get(theirs.get_absolute_url()).content.decode()
        (line,) = [one for one in re.findall(r"<p>.*?</p>", shown, re.DOTALL) if str(visit.pk) in one]
        assert "Unannounced" in line
        tell(record=visit.record, event=NAMED, to=[world.inspector.pk], now=world.now)
        assert "Unannounced" in text_of(inspector.get("/inbox/"))

    def test_it_is_shared_and_unshared(self, world, plan, inspector) -> None:
        visit = plan()
        address = visit.get_absolute_url()
        said = {"groups": f"qsg_seats:{world.north.pk}", "gateway": "functions"}
        shown = post(inspector, f"{address}share/", {**said, "look": "1"})
        assert "Wes Worker" in shown.content.decode()
        post(inspector, f"{address}share/", said)
        share = visit.record.shares.get(ended_at=None)
        assert sign_in(world.worker).get(address).status_code == 200
        post(inspector, f"{address}share-with-fewer/", {"shares": str(share.pk)})
        assert sign_in(world.worker).get(address).status_code == 404

    def test_an_unannounced_one_is_shared_by_name(self, world, plan, inspector) -> None:
        visit = plan(announced=False)
        address = f"{visit.get_absolute_url()}share/"
        shown = inspector.get(address).content.decode()
        assert 'name="groups"' not in shown
        assert "anyone who is not named (at your own body too)" in shown
        assert "Carl Colleague" not in shown, "of the own body, only the named"
        person = f"{world.chair.pk}@{world.by('chair').agency_id}"
        post(inspector, address, {"people": person, "find": "Chas", "gateway": "functions"})
        assert sign_in(world.chair).get(visit.get_absolute_url()).status_code == 200


class TestTheCalendar:
    def test_shows_the_month_week_by_week_and_what_falls_together(self, world, plan) -> None:
        one = plan(choice=world.seats())
        other = plan("social_worker", choice=world.seats(), starts_on=date(2026, 3, 12))
        hidden = plan(announced=False)
        page = sign_in(world.worker).get("/visits/?month=2026-03").content.decode()
        assert page.count(f'href="{one.get_absolute_url()}"') == 2, "in its week, and beside the other"
        assert f'href="{other.get_absolute_url()}"' in page
        assert str(hidden.pk) not in page
        assert "Unannounced" not in page
        empty = text_of(sign_in(world.worker).get("/visits/?month=2026-05"))
        assert empty.count("No visit that you can see.") == 5

    @pytest.mark.parametrize("month", ["2026-13", "nonsense", "", "1999-01"])
    def test_shows_this_month_for_what_is_none(self, world, inspector, month) -> None:
        assert "Visits in March 2026" in text_of(inspector.get("/visits/", {"month": month}))

    def test_is_narrowed(self, world, plan, inspector) -> None:
        here, there = plan(), plan(provider=world.other_provider, kind="review")
        ours = plan("social_worker", choice=world.seats(), parties=frozenset({world.cqc.pk}))

        def shown(**query) -> set:
            page = inspector.get("/visits/list/", query).content.decode()
            return {one for one in (here, there, ours) if f'href="{one.get_absolute_url()}"' in page}

        assert shown() == {here, there, ours}
        assert shown(provider=str(world.provider.pk)) == {here, ours}
        assert shown(kind="review") == {there}
        assert shown(agency=str(world.council.pk)) == {ours}
        assert shown(agency=str(world.cqc.pk)) == {here, there, ours}
        assert shown(group=str(world.south.pk)) == set()
        assert shown(group=str(world.north.pk), kind="nonsense") == {here, there, ours}

    def test_goes_on_by_the_day(self, world, plan, inspector) -> None:
        for count in range(30):
            first = date(2026, 3, 4) + timedelta(days=count // 2)
            plan(starts_on=first, ends_on=first, purpose=f"Visit {count}")
        page = inspector.get("/visits/list/")
        seen = re.findall(r"/visits/[0-9a-f-]{36}/", page.content.decode())
        later = re.search(r'href="([^"]+)" rel="next"', page.content.decode())[1].replace("&amp;", "&")
        more = re.findall(r"/visits/[0-9a-f-]{36}/", inspector.get(later).content.decode())
        assert (len(set(seen)), len(set(more)), len({*seen, *more})) == (25, 5, 30)

    def test_says_when_a_month_holds_more(self, world, plan, inspector, monkeypatch) -> None:
        monkeypatch.setattr("visits.views.calendar.MOST_IN_A_MONTH", 2)
        for _ in range(3):
            plan()
        assert "There are more visits in this month" in text_of(inspector.get("/visits/?month=2026-03"))

    @pytest.mark.parametrize("address", ["/visits/?month=2026-03", "/visits/list/"])
    def test_asks_the_same_number_of_questions_however_many(self, world, plan, ask, address) -> None:
        def questions() -> int:
            client = sign_in(world.worker)
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            return len(asked)

        plan(choice=world.seats(), parties=frozenset({world.ccg.pk}))
        plan("social_worker", choice=world.seats())
        few = questions()
        for by in ("social_worker", "volunteer", "inspector") * 3:
            plan(by, choice=world.seats(), parties=frozenset({world.ccg.pk}))
            ask(by, choice=world.seats())
        assert questions() == few

    def test_weeks_are_cut_at_the_month(self) -> None:
        weeks = weeks_of(date(2026, 3, 1), [])
        assert (weeks[0].first, weeks[0].last) == (date(2026, 3, 1), date(2026, 3, 1))
        assert (weeks[-1].first, weeks[-1].last) == (date(2026, 3, 30), date(2026, 3, 31))
        assert len(weeks) == 6


class TestRequests:
    def test_who_holds_it_already_is_said_before(self, world, ask, inspector) -> None:
        shown = ask("social_worker", choice=world.seats())
        hidden = ask("worker", about="Not for others")
        address = f"/visits/requests/ask/{world.provider.pk}/"
        answer = post(inspector, address, asked())
        page = text_of(answer)
        assert "Somebody already holds this, or has asked for it" in page
        assert "Example Council (Sol Worker)" in page
        assert "Not for others" not in page
        assert str(hidden.pk) not in answer.content.decode()
        assert InformationRequest.objects.count() == 2
        assert post(inspector, address, asked(kind="training")).status_code == 302
        assert post(inspector, address, asked(anyway="1")).status_code == 302
        page = text_of(sign_in(world.worker).get(shown.get_absolute_url()))
        assert "Ask Example Council for this before you ask the provider again" in page

    def test_what_this_very_form_entered_is_nothing_to_be_warned_of(self, world, inspector) -> None:
        address = f"/visits/requests/ask/{world.provider.pk}/"
        once = hidden(inspector.get(address), "once")
        for _ in range(2):
            assert inspector.post(address, {"once": once, **asked()}).status_code == 302
        assert InformationRequest.objects.count() == 1

    def test_nothing_is_said_of_what_is_hidden(self, world, ask, inspector) -> None:
        ask("worker")
        assert post(inspector, f"/visits/requests/ask/{world.provider.pk}/", asked()).status_code == 302

    def test_a_period_that_cannot_be_is_said(self, world, inspector) -> None:
        said = asked(**day("covers_to", date(2025, 1, 31)))
        answer = post(inspector, f"/visits/requests/ask/{world.provider.pk}/", said)
        assert (answer.status_code, "must not end before" in text_of(answer)) == (422, True)

    def test_it_is_answered_or_withdrawn_and_shared(self, world, ask, inspector) -> None:
        request, other = ask(), ask()
        address = request.get_absolute_url()
        said = {"held_where": "The hospitals team", **day("answered_on", date(2026, 3, 3))}
        post(inspector, f"{address}answered/", said)
        assert "The hospitals team" in text_of(inspector.get(address))
        assert inspector.get(f"{address}withdraw/").status_code == 409
        post(inspector, f"{other.get_absolute_url()}withdraw/", {"why": "Not needed"})
        shared = {"groups": f"qsg_seats:{world.north.pk}", "gateway": "functions"}
        post(inspector, f"{address}share/", shared)
        worker = sign_in(world.worker)
        assert worker.get(address).status_code == 200
        share = request.record.shares.get(ended_at=None)
        post(inspector, f"{address}share-with-fewer/", {"shares": str(share.pk)})
        assert worker.get(address).status_code == 404

    def test_the_register_shows_what_is_seen_and_what_is_late(self, world, ask, inspector) -> None:
        ask(choice=world.seats(), asked_on=date(2026, 2, 1), due_on=date(2026, 3, 2), about="Late")
        ask("worker")
        page = text_of(inspector.get("/visits/requests/", {"provider": str(world.provider.pk)}))
        assert "Overdue" in page
        assert "NHS Example CCG" not in page
        assert "Ask for information" in page
        none = text_of(inspector.get("/visits/requests/", {"kind": "training", "status": "asked"}))
        assert "No request for information is shared with you here." in none


class TestTheProvidersPage:
    def test_shows_what_is_to_come_in_the_readers_sight(self, world, plan, ask) -> None:
        visit, request = plan(choice=world.seats()), ask(choice=world.seats())
        hidden = plan("social_worker", announced=False)
        page = sign_in(world.worker).get(f"/providers/{world.provider.pk}/").content.decode()
        assert page.count(visit.get_absolute_url()) == 2, "to come, and on the timeline"
        assert page.count(request.get_absolute_url()) == 2
        assert str(hidden.pk) not in page
        mine = sign_in(world.social_worker).get(f"/providers/{world.provider.pk}/").content.decode()
        assert str(hidden.pk) in mine

    def test_an_unannounced_one_carries_its_tag_and_is_not_printed(self, world, plan) -> None:
        visit = plan(announced=False)
        page = sign_in(world.inspector).get(f"/providers/{world.provider.pk}/").content.decode()
        lines = [one for one in re.findall(r"<li.*?</li>", page, re.DOTALL) if str(visit.pk) in one]
        assert len(lines) == 2, "to come, and on the timeline"
        for one in lines:
            assert "Unannounced" in one
            assert "portal-no-print" in one
        printed = re.sub(r"<(\w+)[^>]*portal-no-print.*?</\1>", "", page, flags=re.DOTALL)
        assert "nannounced" not in printed
        assert "None that you can see." in printed
        assert "Nothing of a known day has been shared with you" in printed

    def test_entries_stand_on_their_days(self, world, plan, ask) -> None:
        visit, request = plan(), ask()
        found = entries_about(world.by("inspector"), world.provider, date(2026, 3, 1), date(2026, 3, 31))
        assert [(one.day, one.record, one.what) for one in found] == [
            (date(2026, 3, 10), visit.pk, "Planned"),
            (date(2026, 3, 17), request.pk, "Due 17 March 2026"),
        ]
        assert entries_about(world.by("worker"), world.provider, date(2026, 3, 1), date(2026, 3, 31)) == []

    def test_nobody_without_a_reading_role_opens_the_calendar(self, world) -> None:
        for name in ("administrator", "auditor"):
            assert sign_in(world.people[name]).get("/visits/").status_code == 403
            assert sign_in(world.people[name]).get("/visits/requests/").status_code == 403
