"""The oracle can fail: each fault put into it is caught by an example, and by a generated world.

A fault replaces one of the oracle's words or clauses. It must make the tests named beside it
fail, and must give another answer than the sound oracle somewhere in a hundred and fifty worlds:
otherwise a portal with that very fault would pass the comparison.
"""

from dataclasses import replace

import pytest

from tests.oracle import oracle
from tests.oracle.worlds import world_of
from tests.unit.oracle import test_examples as examples
from tests.unit.oracle import test_rows as rows

sound = {name: getattr(oracle, name) for name in dir(oracle)}


def never(*_):
    return False


def always(*_):
    return True


def with_record(clause, **change):
    """The clause, asked about a record with some fields changed."""
    return lambda w, who, r, at: sound[clause](w, who, replace(r, **change), at)


def with_world(clause, **change):
    """The clause, asked in a world with some rows taken away."""
    return lambda w, *rest: sound[clause](replace(w, **change), *rest)


def last_day_counts(held, at):
    return held.starts_on <= (day := oracle.london_day(at)) and (held.ends_on is None or day <= held.ends_on)


def utc_day(held, at):
    return held.starts_on <= at.date() and (held.ends_on is None or at.date() < held.ends_on)


def named_wherever_they_go(who, record, at):
    return any(s.user == who.user and oracle.at_the_moment(s, at) for s in record.shares)


def any_seat_will_do(world, audience, who, at):
    if audience[0] == "qsg_seats":
        return bool(who.seats)
    return sound["contains"](world, audience, who, at)


def uncleared_will_do(world, audience, who, at):
    if audience[0] == "qsg_cleared":
        audience = ("qsg_seats", audience[1])
    return sound["contains"](world, audience, who, at)


def seats_are_enough_for(kind):
    """An audience asks for a seat where it should ask for a reader."""

    def contains(world, audience, who, at):
        if audience[0] == kind:
            return sound["contains"](world, ("all_seats",), who, at)
        return sound["contains"](world, audience, who, at)

    return contains


def no_audience(kind):
    """An audience nobody is in."""
    return lambda w, audience, who, at: audience[0] != kind and sound["contains"](w, audience, who, at)


def associates_count(world, agency, qsg, at):
    return any(m.qsg == qsg and m.agency == agency and oracle.on_the_day(m, at) for m in world.qsg_members)


def members_for_ever(world, agency, qsg, at):
    return any(m.qsg == qsg and m.agency == agency and m.kind == "full" for m in world.qsg_members)


def only_who_stood_when_shared(world, who, record, at):
    return any(
        s.audience
        and oracle.at_the_moment(s, at)
        and (then := oracle.as_then(world, who, s.at))
        and sound["contains"](world, s.audience, then, s.at)
        for s in record.shares
    )


def excluded_at_home(world, who, record, at):
    return sound["in_sight"](world, who, record, at) and who.agency not in record.excluded


def owner_by_chains(world, who, record, at):
    agencies = {record.owner}
    for _ in world.successions:
        agencies |= {s.successor for s in world.successions if s.predecessor in agencies}
    return who.agency in agencies


def anybody_at_a_body_called(world, who, summit, at):
    return any(
        b.summit == summit and b.agency == who.agency and oracle.at_the_moment(b, at)
        for b in world.bodies_called
    )


def glass_without_gates(world, who, record, at):
    return not who.breaks_glass_for.isdisjoint(record.providers)


def open_to_all_gates(gate):
    """The gate is forgotten."""
    return lambda w, who, r, at: r.gate == gate or sound["state_gate_lets_through"](w, who, r, at)


def child_by_formula(world, who, record, at):
    if record.parent_rule == "required":
        return sound["reached_by_formula"](world, who, record, at)
    return sound["reaches"](world, who, record, at)


def parents_lists_inherited(world, who, record, at):
    parent = world.record(record.parent) if record.parent else record
    return sound["excluded"](world, who, record, at) or sound["excluded"](world, who, parent, at)


# the fault, what it replaces, by what, and tests that catch it
FAULTS = [
    (
        "closed means nothing",
        "reached_by_formula",
        with_record("reached_by_formula", closed=False),
        [examples.test_02_the_same_reader_does_not_see_it_closed_even_if_a_group_of_theirs_does],
    ),
    (
        "naming counts for nothing",
        "named",
        never,
        [examples.test_03_a_reader_in_the_owner_agency_named_on_a_closed_concern_sees_it],
    ),
    (
        "the owner has no part",
        "owns",
        never,
        [examples.test_01_a_reader_in_the_owner_agency_sees_an_ordinary_concern_shared_with_nobody],
    ),
    (
        "seats are in no audience",
        "contains",
        no_audience("qsg_seats"),
        [examples.test_04_a_seat_holder_of_the_group_it_is_shared_with_sees_it],
    ),
    (
        "members' readers need a seat",
        "contains",
        seats_are_enough_for("qsg_readers"),
        [examples.test_05_a_colleague_without_a_seat_sees_it_only_if_shared_with_the_members_readers],
    ),
    (
        "a body's readers need a seat",
        "contains",
        seats_are_enough_for("agency"),
        [rows.test_offering_an_action_shares_the_action_and_not_what_it_came_from],
    ),
    (
        "the end day still counts",
        "on_the_day",
        last_day_counts,
        [
            examples.test_06_a_seat_that_ended_yesterday_shows_nothing,
            examples.test_07_a_seat_that_ends_tomorrow_still_shows_it,
        ],
    ),
    (
        "the day is UTC's",
        "on_the_day",
        utc_day,
        [examples.test_07_a_seat_that_ends_tomorrow_still_shows_it, rows.test_the_day_is_londons],
    ),
    (
        "a group is never left",
        "is_full_member",
        members_for_ever,
        [examples.test_08_a_current_seat_of_an_agency_that_left_the_group_last_week_shows_nothing],
    ),
    (
        "cleared is not asked",
        "contains",
        uncleared_will_do,
        [examples.test_09_an_uncleared_seat_does_not_see_what_is_shared_with_cleared_seats],
    ),
    (
        "associates count",
        "is_full_member",
        associates_count,
        [examples.test_10_an_associates_representative_sees_only_what_is_shared_with_it_by_name],
    ),
    (
        "a grant follows the person",
        "named",
        named_wherever_they_go,
        [examples.test_11_a_person_named_while_at_one_body_and_now_at_another_does_not_see_it],
    ),
    (
        "nobody is excluded",
        "excluded",
        never,
        [
            examples.test_12_an_agency_excluded_on_the_record_does_not_see_it_through_a_seat_in_the_circle,
            examples.test_15_an_agency_with_a_conflict_with_one_of_two_providers_does_not_see_the_theme,
        ],
    ),
    (
        "the owner can be excluded",
        "in_sight",
        excluded_at_home,
        [examples.test_13_the_owner_is_not_excluded_from_its_own_record],
    ),
    (
        "no person is conflicted",
        "conflicted",
        never,
        [examples.test_14_a_person_with_a_conflict_does_not_see_it_in_the_owner_agency_either],
    ),
    (
        "administrators read",
        "READING_ROLES",
        oracle.READING_ROLES | {"agency_administrator"},
        [
            examples.test_16_a_portal_administrator_with_no_seat_sees_nothing,
            rows.test_a_seat_never_replaces_a_reading_role,
        ],
    ),
    (
        "any group's seat will do",
        "contains",
        any_seat_will_do,
        [examples.test_18_a_regional_seat_does_not_see_what_is_shared_with_a_local_group_only],
    ),
    (
        "newcomers see nothing older",
        "in_an_audience",
        only_who_stood_when_shared,
        [examples.test_19_who_joined_the_group_today_sees_what_was_shared_last_year],
    ),
    (
        "a share never ends",
        "at_the_moment",
        lambda held, at: held.starts_at <= at,
        [
            examples.test_20_a_participant_does_not_see_a_tabled_concern_after_stand_down,
            rows.test_a_participant_is_listed_at_a_body_called_while_both_are_current,
        ],
    ),
    (
        "narrowed means nothing",
        "reached_as_child",
        with_record("reached_as_child", narrowed=False),
        [examples.test_21_a_reader_of_the_parent_from_a_third_body_does_not_see_a_narrowed_comment],
    ),
    (
        "glass cannot be broken",
        "reached_by_emergency",
        never,
        [examples.test_23_emergency_access_opens_a_closed_concern_but_no_protected_source],
    ),
    (
        "glass needs no role",
        "broken_glass",
        lambda w, u, at: frozenset(
            e.provider for e in w.emergency_accesses if e.user == u and oracle.at_the_moment(e, at)
        ),
        [rows.test_emergency_access_needs_its_role_and_a_reading_role_still_held],
    ),
    (
        "glass ignores exclusion",
        "reached_by_emergency",
        glass_without_gates,
        [rows.test_emergency_access_opens_only_what_is_about_the_provider_and_no_exclusion_or_conflict],
    ),
    (
        "nothing is inherited",
        "owns",
        with_world("owns", successions=()),
        [examples.test_24_a_successor_that_accepted_the_predecessors_intelligence_stands_as_the_owner],
    ),
    (
        "successions chain and spare nothing",
        "owns",
        owner_by_chains,
        [rows.test_succession_is_direct_only_spares_its_exceptions_and_names_nobody_anew],
    ),
    (
        "accounts stay live",
        "agency_of",
        lambda w, u, at: sound["agency_of"](
            replace(w, users=tuple(replace(x, active=True) for x in w.users)), u, at
        ),
        [examples.test_25_a_deactivated_account_sees_nothing_through_a_live_calendar_feed],
    ),
    (
        "drafts are open",
        "state_gate_lets_through",
        open_to_all_gates("draft"),
        [rows.test_a_draft_is_its_authors_alone_whatever_it_is_shared_with],
    ),
    (
        "a source is for its owner",
        "state_gate_lets_through",
        open_to_all_gates("named"),
        [rows.test_a_protected_source_is_the_owners_handlers_and_a_professional_also_the_persons_told],
    ),
    (
        "sealed is open",
        "state_gate_lets_through",
        open_to_all_gates("sealed"),
        [rows.test_a_sealed_concern_is_for_its_depositors_and_the_owners_safeguarding_lead],
    ),
    (
        "a stated view is its body's",
        "state_gate_lets_through",
        open_to_all_gates("listed"),
        [rows.test_owning_a_stated_view_or_minutes_gives_nothing],
    ),
    (
        "no safeguarding lead",
        "is_owners_safeguarding_lead",
        never,
        [rows.test_a_sealed_concern_is_for_its_depositors_and_the_owners_safeguarding_lead],
    ),
    (
        "exclusion spares the sealed",
        "reached_as_sealed",
        always,
        [rows.test_exclusion_and_conflict_apply_to_a_sealed_concern],
    ),
    (
        "a tombstone to newcomers",
        "had_it_and_still_would",
        lambda w, who, r, at: sound["reaches"](w, who, r, at),
        [rows.test_a_withdrawn_record_leaves_a_tombstone_to_those_who_had_it_and_still_would],
    ),
    (
        "a tombstone is the record",
        "is_tombstone",
        never,
        [rows.test_a_tombstone_shows_none_of_the_words_that_hung_on_the_record],
    ),
    (
        "a comment stands alone",
        "reaches",
        child_by_formula,
        [rows.test_a_share_on_a_comment_never_widens_it],
    ),
    (
        "an action stands alone",
        "added_by_parent",
        never,
        [rows.test_readers_of_what_an_action_came_from_see_it_and_the_comments_on_it],
    ),
    (
        "an action inherits lists",
        "excluded",
        parents_lists_inherited,
        [rows.test_an_action_does_not_inherit_the_lists_of_what_it_came_from],
    ),
    (
        "the whole body is in the room",
        "participates",
        anybody_at_a_body_called,
        [rows.test_a_participant_is_listed_at_a_body_called_while_both_are_current],
    ),
]
BY_NAME = pytest.mark.parametrize(
    ("clause", "fault", "caught_by"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)


@BY_NAME
def test_an_example_catches_the_fault(clause, fault, caught_by, monkeypatch):
    for example in caught_by:
        example()
    monkeypatch.setattr(oracle, clause, fault)
    for example in caught_by:
        with pytest.raises(AssertionError):
            example()


def test_an_example_catches_versions_shown_to_every_present_reader(monkeypatch):
    monkeypatch.setattr(
        oracle,
        "sees_version",
        lambda w, user, version, at: oracle.sees(w, user, version.record, at),
    )
    with pytest.raises(AssertionError):
        examples.test_22_who_joined_the_circle_after_a_concern_was_narrowed_does_not_see_the_text_before()


def test_an_example_catches_a_chair_who_is_one_everywhere(monkeypatch):
    monkeypatch.setattr(
        oracle,
        "seat_kinds",
        lambda w, user, qsg, at: {s.kind for s in oracle.counting_seats(w, user, at)},
    )
    with pytest.raises(AssertionError):
        examples.test_17_a_chair_elsewhere_with_an_ordinary_seat_reads_minutes_but_is_not_their_chair()


@pytest.fixture(scope="module")
def answered():
    """The first generated worlds and, for each, the sound oracle's answers."""
    return [(world, answers(world)) for world in map(world_of, range(150))]


def answers(world):
    """Every answer the oracle gives about a world, in order."""
    return [
        oracle.sees(world, user.id, record.id, at)
        for at in world.moments
        for record in world.records
        for user in world.users
    ]


def answers_otherwise(world, right):
    """Whether the faulty oracle answers otherwise, or trips over the world."""
    try:
        return answers(world) != right
    except ValueError:
        return True


@BY_NAME
def test_a_generated_world_catches_the_fault(clause, fault, caught_by, monkeypatch, answered):
    monkeypatch.setattr(oracle, clause, fault)
    assert any(answers_otherwise(world, right) for world, right in answered)
