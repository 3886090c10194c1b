"""The register of requests: who asked for what, who holds it already, and who sees that."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from access.models import Conflict
from access.refusals import Invalid, NotNow, NotPermitted
from tests.concerned import LAST_YEAR
from visits.models import InformationRequest
from visits.operations.asking import record_answer, withdraw_request
from visits.operations.reading import held_already, requests_seen
from visits.operations.sharing import share_request, unshare_request

pytestmark = pytest.mark.django_db


def held(world, name: str, **changed) -> set:
    said = {
        "kind": "staffing",
        "covers_from": date(2026, 1, 15),
        "covers_to": date(2026, 2, 15),
        "provider": world.provider.pk,
        **changed,
    }
    return {one.pk for one in held_already(world.by(name), **said)}


class TestSomeoneAlreadyHoldsThis:
    def test_is_said_of_what_the_asker_sees(self, world, ask) -> None:
        shown, hidden = ask(choice=world.seats()), ask("unseated")
        assert held(world, "volunteer") == {shown.pk}
        assert held(world, "worker") == {shown.pk, hidden.pk}
        assert held(world, "stranger") == set()

    @pytest.mark.parametrize(
        "changed",
        [
            {"kind": "training"},
            {"covers_from": date(2026, 2, 1)},
            {"covers_from": date(2025, 12, 1), "covers_to": date(2025, 12, 31)},
            {"provider": uuid4()},
        ],
    )
    def test_is_not_said_of_something_else(self, world, ask, changed) -> None:
        ask(choice=world.seats())
        assert held(world, "volunteer", **changed) == set()

    @pytest.mark.parametrize(
        ("first", "last"),
        [(date(2026, 1, 31), date(2026, 3, 1)), (date(2025, 1, 1), date(2026, 1, 1))],
    )
    def test_is_said_where_the_periods_share_one_day(self, world, ask, first, last) -> None:
        shown = ask(choice=world.seats())
        assert held(world, "volunteer", covers_from=first, covers_to=last) == {shown.pk}

    def test_is_said_of_what_was_answered_and_not_of_what_was_withdrawn(self, world, ask) -> None:
        answered, withdrawn = ask(choice=world.seats()), ask(choice=world.seats())
        record_answer(
            by=world.by("inspector"),
            now=world.now,
            request=answered,
            answered_on=date(2026, 3, 3),
            held_where="The hospitals team",
            seen=answered.version,
        )
        withdraw_request(
            by=world.by("inspector"),
            now=world.now,
            request=withdrawn,
            why="Not needed",
            seen=withdrawn.version,
        )
        assert held(world, "volunteer") == {answered.pk}


class TestARequest:
    def test_is_seen_by_the_body_that_asked_and_whom_it_is_shared_with(self, world, ask) -> None:
        request = ask()
        assert requests_seen(world.by("cqc_unseated")).get() == request
        assert not requests_seen(world.by("worker")).exists()
        share_request(by=world.by("inspector"), now=world.now, request=request, choice=world.seats(), seen=1)
        assert requests_seen(world.by("worker"), kind="staffing", status="asked").get() == request
        with pytest.raises(Invalid, match="can see it already"):
            share_request(
                by=world.by("inspector"), now=world.now, request=request, choice=world.seats(), seen=2
            )
        unshare_request(
            by=world.by("inspector"),
            now=world.now,
            request=request,
            shares=[request.record.shares.get(ended_at=None).pk],
            seen=2,
        )
        assert not requests_seen(world.by("worker")).exists()

    @pytest.mark.parametrize(
        ("shares", "excluded", "field"),
        [([uuid4()], (), "shares"), ([], (), "shares"), ([], ("cqc",), "excluded"), ([], (0,), "agencies")],
    )
    def test_is_not_unshared_in_a_way_that_cannot_be(self, world, ask, shares, excluded, field) -> None:
        request = ask(choice=world.seats())
        shut_out = frozenset(uuid4() if one == 0 else getattr(world, one).pk for one in excluded)
        with pytest.raises(Invalid) as refusal:
            unshare_request(
                by=world.by("inspector"),
                now=world.now,
                request=request,
                shares=shares,
                excluded=shut_out,
                seen=request.version,
            )
        assert set(refusal.value.errors) == {field}

    def test_is_answered_once_and_says_where_that_is_held(self, world, ask) -> None:
        request = ask()
        said = {"by": world.by("inspector"), "now": world.now, "request": request}
        with pytest.raises(Invalid, match="Say where"):
            record_answer(**said, answered_on=date(2026, 3, 3), held_where=" ", seen=1)
        record_answer(**said, answered_on=date(2026, 3, 3), held_where="The hospitals team", seen=1)
        with pytest.raises(NotNow, match="answered already"):
            withdraw_request(**said, why="Not needed", seen=2)

    def test_is_withdrawn_with_a_reason(self, world, ask) -> None:
        request = ask()
        with pytest.raises(Invalid, match="no longer"):
            withdraw_request(by=world.by("inspector"), now=world.now, request=request, why="", seen=1)

    def test_is_changed_by_its_own_body_only(self, world, ask) -> None:
        request = ask(choice=world.seats())
        with pytest.raises(NotPermitted, match="Only Care Quality Commission"):
            withdraw_request(by=world.by("worker"), now=world.now, request=request, why="No", seen=2)
        with pytest.raises(Http404):
            withdraw_request(by=world.by("stranger"), now=world.now, request=request, why="No", seen=2)

    def test_is_refused_to_who_may_not_or_has_an_interest(self, world, ask) -> None:
        with pytest.raises(NotPermitted):
            ask("reader")
        Conflict.objects.create(agency=world.cqc, provider=world.provider, starts_on=LAST_YEAR)
        with pytest.raises(Invalid, match="Your body has a declared interest"):
            ask()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"status": "nonsense"},
            {"kind": "nonsense"},
            {"covers_to": date(2025, 1, 1)},
            {"due_on": date(2026, 3, 2)},
            {"status": "answered"},
            {"status": "withdrawn"},
            {"held_where": "Somewhere"},
        ],
    )
    def test_is_held_by_the_database_too(self, ask, wrong) -> None:
        request = ask()
        with pytest.raises(IntegrityError), transaction.atomic():
            InformationRequest.objects.filter(pk=request.pk).update(**wrong)
