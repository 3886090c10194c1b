"""What the directory of providers, their levels and the regulatory record do with the lists."""

from providers.levels.rules import RANK
from providers.register.rules.breaches import numbers_wanted
from reference.steering import Row, Unreadable, steers

_IMPORTED = (
    "ambulance", "care_home", "dental", "foundation_trust", "home_care", "independent_hospital", "nhs_trust",
    "out_of_hours", "primary_care",
)  # fmt: skip
"""The kinds that the national files' words are read as."""


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "provider_kinds",
        "Which kinds of provider there are, and the sector of each.",
        needs=lambda: _IMPORTED,
    )
    steers(
        "surveillance_levels",
        "Which levels there are, what they are called and mean, and after how many days each is reviewed.",
        needs=lambda: RANK,
        reads=_read_level,
    )
    steers(
        "breach_patterns",
        "What prompts on a provider's regulatory record ask to consider.",
        reads=_read_pattern,
    )
    steers("tools_and_levers", "With which power an entry of the regulatory record was made.")


def _read_level(row: Row) -> None:
    usual, longest = str(row["default_review_days"]), str(row["max_review_days"])
    if usual and longest and int(usual) > int(longest):
        raise Unreadable("default_review_days", "The usual time of review cannot be longer than the longest.")
    for column in ("default_review_days", "max_review_days"):
        if str(row[column]) == "0":
            raise Unreadable(
                column, "A level cannot be reviewed after no time. Leave it blank, or give days."
            )


def _read_pattern(row: Row) -> None:
    wanted = numbers_wanted(row)
    if wanted:
        raise Unreadable("default_threshold", wanted)
