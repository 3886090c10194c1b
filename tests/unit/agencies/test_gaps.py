"""The minimum membership of a group, and the gaps by name (NQB ch. 5)."""

from agencies.rules import Body, Gap, LocalGroup, gaps


def rule(
    kind: str, condition: str, message: str, requirement: str = "must", counts: str = "yes"
) -> dict[str, str]:
    return {
        "member_kind": kind,
        "condition": condition,
        "gap_message": message,
        "requirement": requirement,
        "counts_for_quorum": counts,
    }


CCG = rule("ccg", "each CCG whose area lies in the footprint", "No seat for {CCG}")
COUNCIL = rule(
    "local_authority",
    "each council with adult social services responsibilities in the footprint",
    "No seat for {council}",
)
TDA = rule(
    "nhs_tda",
    "at least one NHS trust (not a foundation trust) in the footprint",
    "No NHS TDA seat, and there are NHS trusts here",
    counts="no",
)
MONITOR = rule("monitor", "always", "No Monitor seat", counts="no")
REGULATOR = rule(
    "professional_regulator",
    "GMC, NMC and others by wish",
    "{regulator} has not said whether it wishes to be involved",
    "invited",
)
VOICE = rule("ccg", "represented: at least one CCG seat for each local QSG", "No CCG speaks for {local QSG}")


def body(name: str, kind: str = "ccg", *, member: bool = True, seats: int = 0, here: bool = True) -> Body:
    return Body(name, kind, member, seats, here, key=name)


def sentences(found: list[Gap]) -> list[str]:
    return [gap.sentence for gap in found]


def test_each_body_of_the_footprint_without_a_seat_is_a_gap_by_name():
    found = gaps(rows=[CCG], bodies=[body("NHS A"), body("NHS B", member=False), body("NHS C", seats=1)])
    assert sentences(found) == [
        "No seat for NHS A: nobody sits for it",
        "No seat for NHS B: it is not a member",
    ]
    assert [gap.body for gap in found] == ["NHS A", "NHS B"]
    assert all(gap.counts and gap.force == "must" for gap in found)


def test_a_body_from_elsewhere_leaves_no_gap():
    assert gaps(rows=[CCG], bodies=[body("NHS A", seats=1), body("NHS Far", here=False)]) == []


def test_an_unknown_footprint_is_said_and_not_guessed():
    assert sentences(gaps(rows=[CCG, COUNCIL], bodies=[], footprint_known=False)) == [
        "No seat for any CCG: footprint not in the source",
        "No seat for any council: footprint not in the source",
    ]


def test_a_known_footprint_without_such_a_body_says_so():
    assert sentences(gaps(rows=[COUNCIL], bodies=[])) == [
        "No seat for any council: none of the area is in the directory"
    ]


def test_somebody_seated_fills_a_place_whose_footprint_is_not_known():
    assert gaps(rows=[COUNCIL], bodies=[body("Council", "local_authority", seats=1, here=False)]) == []


def test_the_trust_development_authority_is_wanted_only_where_there_are_nhs_trusts():
    tda = body("NHS TDA", "nhs_tda", here=False)
    assert gaps(rows=[TDA], bodies=[tda], nhs_trusts=False) == []
    assert sentences(gaps(rows=[TDA], bodies=[tda], nhs_trusts=True)) == [
        "No NHS TDA seat, and there are NHS trusts here: nobody sits for it"
    ]
    assert sentences(gaps(rows=[TDA], bodies=[])) == [
        "No NHS TDA seat (whether there are NHS trusts is not known)"
    ]
    assert sentences(gaps(rows=[TDA], bodies=[tda])) == [
        "No NHS TDA seat (whether there are NHS trusts is not known): nobody sits for it"
    ]
    assert gaps(rows=[TDA], bodies=[body("NHS TDA", "nhs_tda", seats=1)], nhs_trusts=True) == []


def test_a_national_body_never_counts_for_a_quorum():
    (gap,) = gaps(rows=[MONITOR], bodies=[])
    assert gap.sentence == "No Monitor seat"
    assert not gap.counts
    assert gap.body == ""


def test_regulators_are_asked_for_their_wish():
    found = gaps(
        rows=[REGULATOR],
        bodies=[
            body("GMC", "professional_regulator", member=False),
            body("NMC", "professional_regulator", member=True),
        ],
    )
    assert sentences(found) == ["GMC has not said whether it wishes to be involved"]
    assert found[0].force == "invited"


def test_occasional_guests_are_never_missed():
    guest = rule("royal_college", "by invitation", "-", "may")
    assert gaps(rows=[guest], bodies=[]) == []


def test_a_region_wants_somebody_to_speak_for_each_local_group():
    groups = [
        LocalGroup("North QSG", True, frozenset({"NHS A", "NHS B"})),
        LocalGroup("South QSG", True, frozenset({"NHS C"})),
        LocalGroup("London QSG", False),
    ]
    found = gaps(
        rows=[VOICE], bodies=[body("NHS A"), body("NHS B", seats=1), body("NHS C")], local_groups=groups
    )
    assert sentences(found) == [
        "No CCG speaks for South QSG",
        "No CCG speaks for London QSG: footprint not in the source",
    ]
