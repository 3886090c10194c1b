"""What the directory and the groups do with the lists."""

from reference.steering import steers

_KINDS = ("nhs_england", "nhs_england_area_team", "nhs_england_regional_team", "cqc", "local_authority")


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "agency_kinds",
        "Which kinds of body there are, and what the directory says that they do.",
        needs=lambda: _KINDS,
    )
    steers("relations", "By which words other lists may name a party that is no kind of body.")
    steers("tools_and_levers", "Which powers the directory shows of a body.")
    steers(
        "membership_rules", "Who must sit in a group, what a gap is called, and who counts for its quorum."
    )
    steers("readiness_questions", "What a body is asked in its declaration of readiness.")
