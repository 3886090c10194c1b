"""What access decides without a database: roles, refusals, and the rule for one person and one record."""

from uuid import UUID, uuid4

import pytest
from django.db import models

from access.models import KINDS, Sighted
from access.reach import Person, Plan, Reason, decide
from access.refusals import Invalid
from access.roles import EVERYBODY, READING_ROLES, ROLES, permissions_of

A, B, C = (UUID(int=number) for number in (1, 2, 3))
ANN, HOSPITAL = UUID(int=11), UUID(int=21)


def reader(agency: UUID = A, groups=(), **more) -> Person:
    return Person(user_id=ANN, agency_id=agency, groups=frozenset(groups), **more)


class TestRoles:
    def test_each_reading_role_may_all_that_the_one_below_may(self) -> None:
        assert ROLES["reader"] < ROLES["contributor"] < ROLES["agency_lead"]

    def test_roles_that_administer_share_nothing_with_those_that_read(self) -> None:
        administering = ("agency_administrator", "portal_administrator", "records_officer", "auditor")
        for role in administering:
            assert role not in READING_ROLES
            assert not ROLES[role] & ROLES["agency_lead"]

    def test_what_is_everybodys_is_in_no_role(self) -> None:
        assert not any(EVERYBODY & permissions for permissions in ROLES.values())

    def test_a_seat_alone_reads_and_writes_nothing(self) -> None:
        assert ROLES["representative"] == ROLES["deputy"] == frozenset()

    def test_roles_held_together_add_up(self) -> None:
        assert permissions_of({"chair", "reader"}) == ROLES["chair"] | ROLES["reader"]

    def test_an_unknown_role_is_a_fault_not_a_nothing(self) -> None:
        with pytest.raises(KeyError):
            permissions_of({"superuser"})


def test_what_is_invalid_says_it_field_by_field() -> None:
    refusal = Invalid({"word": "Say another word", "": "And think again"})
    assert refusal.errors == {"word": "Say another word", "": "And think again"}
    assert str(refusal) == "Say another word; And think again"


class TestKinds:
    def test_a_kind_is_known_when_its_class_is_made_and_a_base_is_not(self) -> None:
        before = dict(KINDS)

        class Base(Sighted):
            class Meta:
                abstract = True
                app_label = "access"

        assert before == KINDS
        assert issubclass(Base, models.Model)

    def test_a_kind_must_say_its_title_and_its_address(self) -> None:
        with pytest.raises(NotImplementedError):
            Sighted.get_absolute_url(None)
        with pytest.raises(NotImplementedError):
            Sighted.title.fget(None)

    def test_every_kind_says_them_and_how_deep_its_sight_goes(self) -> None:
        for code, kind in KINDS.items():
            assert code == kind.KIND
            assert kind.get_absolute_url is not Sighted.get_absolute_url, code
            assert kind.title is not Sighted.title, code
            assert 0 <= kind.DEPTH <= 3, code


class TestDecide:
    def test_out_of_reach_there_is_no_reason(self) -> None:
        assert decide(reader(B), Plan(owner=A)) == []

    def test_every_reason_is_given(self) -> None:
        plan = Plan(
            owner=A,
            audiences=frozenset({7, 9, 8}),
            named_people=frozenset({(ANN, B)}),
            providers=frozenset({HOSPITAL}),
        )
        person = reader(B, {9, 7}, emergency=frozenset({HOSPITAL}))
        assert decide(person, plan) == [
            Reason("named"),
            Reason("audience", 7),
            Reason("audience", 9),
            Reason("emergency"),
        ]

    def test_inside_the_owner_an_audience_is_no_reason(self) -> None:
        plan = Plan(owner=A, audiences=frozenset({7}), closed=True)
        assert decide(reader(A, {7}), plan) == []

    def test_being_named_at_another_body_is_none(self) -> None:
        assert decide(reader(B), Plan(owner=A, named_people=frozenset({(ANN, C)}))) == []

    def test_left_out_of_an_acceptance(self) -> None:
        key = uuid4()
        plan = Plan(owner=A, record_id=key)
        assert decide(reader(B, predecessors=frozenset({A})), plan) == [Reason("successor")]
        assert decide(reader(B, predecessors=frozenset({A}), exceptions=frozenset({key})), plan) == []

    def test_acceptance_goes_one_step_only(self) -> None:
        assert decide(reader(C, predecessors=frozenset({B})), Plan(owner=A)) == []

    @pytest.mark.parametrize("gate", ["open", "draft", "named", "listed", "sealed", "withdrawn"])
    def test_a_conflict_stands_before_every_gate(self, gate) -> None:
        plan = Plan(
            owner=A,
            gate=gate,
            named_people=frozenset({(ANN, A)}),
            last_readers=frozenset({(ANN, A)}),
            providers=frozenset({HOSPITAL}),
        )
        assert decide(reader(), plan)
        assert decide(reader(own_conflicts=frozenset({HOSPITAL})), plan) == []

    def test_a_tombstone_carries_nothing(self) -> None:
        parent = Plan(owner=A, gate="withdrawn", last_readers=frozenset({(ANN, A)}))
        assert decide(reader(), parent)
        assert decide(reader(), Plan(owner=A, parent=parent, parent_rule="required")) == []
        assert decide(reader(), Plan(owner=B, parent=parent, parent_rule="adds")) == []
