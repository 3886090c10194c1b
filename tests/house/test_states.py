"""Every status has its place in a table of what may follow what, and the model knows the same statuses."""

import pytest
from django.apps import apps
from django.db import models

from qsg_portal.generated import transition_tables

# Which field keeps the statuses of a table; a reason where none does.
KEPT_IN = {
    "actions.rules.TRANSITIONS": "actions.Action.status",
    "agencies.rules.INVITATION_TRANSITIONS": "derived from its moments, kept nowhere",
    "agencies.readiness.rules.READINESS_TRANSITIONS": "agencies.ReadinessDeclaration.state",
    "agencies.reviews.rules.REVIEW_TRANSITIONS": "agencies.ReviewedPerson.state",
    "clocks.rules.states.TRANSITIONS": "clocks.Clock.state",
    "concerns.rules.states.TRANSITIONS": "concerns.Concern.status",
    "meetings.rules.TRANSITIONS": "meetings.Meeting.status",
    "notifications.rules.TRANSITIONS": "notifications.Delivery.state",
    "providers.closing.rules.PLAN_TRANSITIONS": "providers.ClosurePlan.state",
    "providers.importing.rules.IMPORT_TRANSITIONS": "providers.ImportRun.state",
    "providers.levels.rules.LEVEL_TRANSITIONS": "derived from its days, kept nowhere",
    "visits.rules.asking.REQUEST_TRANSITIONS": "visits.InformationRequest.status",
    "visits.rules.planning.JOINT_TRANSITIONS": "visits.JointProposal.state",
    "visits.rules.planning.TRANSITIONS": "visits.Visit.state",
    "successions.rules.SUCCESSION_TRANSITIONS": "successions.Succession.state",
    "successions.rules.OFFER_TRANSITIONS": "successions.HandingOver.state",
    "risk_summits.rules.stages.TRANSITIONS": "risk_summits.RiskSummit.status",
    "risk_summits.rules.stages.STAGE_TRANSITIONS": "derived from the facts of the summit, kept nowhere",
    "risk_summits.rules.ring.BASIS_TRANSITIONS": "risk_summits.RingHolding.basis",
}


GO_ON = {"risk_summits.rules.ring.BASIS_TRANSITIONS": "the ring is held until the room ends, which ends it"}

TABLES = transition_tables()


def test_every_table_has_its_row_here_and_every_row_its_table() -> None:
    assert set(TABLES) == set(KEPT_IN)


@pytest.mark.parametrize("name", TABLES)
class TestATable:
    def test_names_every_status_that_it_leads_to(self, name: str) -> None:
        table = TABLES[name]
        assert {then for after in table.values() for then in after} <= set(table)

    def test_reaches_every_status_from_its_first(self, name: str) -> None:
        table = TABLES[name]
        reached, ahead = set(), [next(iter(table))]
        while ahead:
            status = ahead.pop()
            if status not in reached:
                reached.add(status)
                ahead.extend(table[status])
        assert reached == set(table)

    def test_comes_to_an_end(self, name: str) -> None:
        """From every status one can be reached that leads to no other: nothing is trapped in a ring."""
        if name in GO_ON:
            return
        table = TABLES[name]
        ends = {status for status, after in table.items() if after <= {status}}
        assert ends
        while more := {status for status in table if status not in ends and table[status] & ends}:
            ends |= more
        assert ends == set(table)

    def test_is_made_of_frozen_sets(self, name: str) -> None:
        assert all(isinstance(after, frozenset) for after in TABLES[name].values())

    def test_is_what_the_model_keeps(self, name: str) -> None:
        if name not in KEPT_IN or " " in KEPT_IN[name]:
            return
        app, model, field = KEPT_IN[name].split(".")
        kept = apps.get_model(app, model)._meta.get_field(field)
        if kept.choices:
            assert {code for code, _ in kept.choices} == set(TABLES[name])
        assert kept.max_length >= max(map(len, TABLES[name]))

    def test_is_held_by_the_database_too(self, name: str) -> None:
        if name not in KEPT_IN or " " in KEPT_IN[name]:
            return
        app, model, field = KEPT_IN[name].split(".")
        kept = apps.get_model(app, model)
        checks = [one for one in kept._meta.constraints if isinstance(one, models.CheckConstraint)]
        words = " ".join(str(one.condition) for one in checks)
        assert f"'{field}" in words, f"no constraint of {kept.__name__} speaks of {field}"
