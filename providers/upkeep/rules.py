"""A correction of the directory, in words: what stood, and what will stand."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from providers.rules import SECTORS, PlaceFacts, ProviderFacts
from timekeeping.london import day_in_words

LABELS = {
    "name": "The name",
    "kind": "The kind",
    "sector": "The sector",
    "ods_code": "The ODS code",
    "cqc_provider_id": "The CQC identifier",
    "cqc_location_id": "The CQC identifier",
    "status": "Whether it gives care",
    "opened_on": "The day it opened",
    "closed_on": "The day it closes",
    "address": "The address",
    "town": "The town",
    "postcode": "The postcode",
    "telephone": "The telephone number",
}


def change_words(
    stood: ProviderFacts | PlaceFacts, facts: ProviderFacts | PlaceFacts, *, kinds: Mapping[str, str]
) -> list[str]:
    """Return a sentence for each thing that will be different; one that says so where nothing will.

    Args:
        stood: what stands.
        facts: what is to stand.
        kinds: what the kinds of provider are called.
    """
    was, will = asdict(stood), asdict(facts)
    words = {"kind": kinds, "sector": SECTORS}

    def said(name: str, value: Any) -> str:
        text = day_in_words(value) if isinstance(value, date) else words.get(name, {}).get(value, value)
        return f"“{text}”" if text else "nothing"

    changed = [
        f"{LABELS[name]}: {said(name, was[name])} becomes {said(name, will[name])}."
        for name in LABELS
        if name in will and was[name] != will[name]
    ]
    if stood.name != facts.name:
        changed.append("The earlier name stays in the entry, and finds it still.")
    return changed or ["Nothing is different: it stands like this already."]
