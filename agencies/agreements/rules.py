"""What it takes for a body to be given a seat, and the sentences about what is missing.

Pure: names and days in, sentences out.
"""

from collections.abc import Sequence
from datetime import date

from timekeeping.london import day_in_words, last_day_in_words

AGREEMENT, NOTICE = "agreement", "notice"
KIND_WORDS = {AGREEMENT: "Information-sharing agreement", NOTICE: "Privacy notice"}
"""The agreement is signed by each member body; the notice tells the public, and nobody signs it."""


def no_seat(*, agency: str, group: str, agreement: str) -> str:
    """Say why a body can be given no new seat. ``agreement``: the one in force that day; "" where there is none."""
    if not agreement:
        return (
            f"{group} has no information-sharing agreement in force on that day, so no new seat can be given there."
            " Put the agreement on the group's page first, and who has signed it."
        )
    return (
        f"{agency} has not signed “{agreement}”, the information-sharing agreement in force at {group} on that day, so it"
        " can be given no new seat. Once it has signed, say so on the group's page."
    )


def missing(kinds: Sequence[str]) -> str:
    """Say which documents a group has none of in force; "" for none missing. ``kinds``: those in force."""
    absent = [KIND_WORDS[kind] for kind in KIND_WORDS if kind not in kinds]
    if not absent:
        return ""
    return f"No {' and no '.join(one[0].lower() + one[1:] for one in absent)} is in force."


def kept(*, kind: str, title: str, group: str, starts_on: date, ends_on: date | None) -> list[str]:
    """Say what putting a document on a group's page means. ``ends_on``: the first day without it."""
    until = f" until the end of {last_day_in_words(ends_on)}" if ends_on else ", with no end known"
    words = [
        f"From {day_in_words(starts_on)}{until}, “{title}” is the {KIND_WORDS[kind].lower()} of {group}."
    ]
    if kind == AGREEMENT:
        words.append(
            "A body that has not signed it can be given no new seat there. Seats that are held now stay, and are shown as a gap."
        )
    return words


def ended(*, kind: str, title: str, group: str, starts_on: date, ends_on: date) -> list[str]:
    """Say what the end of a document means; of one that was never in force, that it is taken back."""
    words = [f"“{title}” is taken back: it was never in force at {group}."]
    if ends_on > starts_on:
        words = [f"From {day_in_words(ends_on)}, “{title}” is no longer in force at {group}."]
    if kind == AGREEMENT:
        words.append("Until another is, no new seat can be given there. Nobody loses a seat.")
    return words


def signed(*, agencies: Sequence[str], title: str, signed_on: date) -> list[str]:
    """Say what the signatures mean."""
    who = ", ".join(agencies)
    return [
        f"{who} signed “{title}” on {day_in_words(signed_on)}, and can be given seats while it is in force."
    ]


def withdrawn(*, agency: str, title: str, ends_on: date) -> list[str]:
    """Say what it means that a body's signature stands no longer."""
    return [
        f"From {day_in_words(ends_on)}, {agency} is no longer bound by “{title}”, and can be given no new seat.",
        "Its seats that are held now stay, and are shown as a gap.",
    ]
