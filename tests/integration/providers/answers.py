"""Answers of the Care Quality Commission's API, made for a test, and their import."""

import io
import json

from access.principal import clockwork
from providers.importing.operations import apply_import, preview_import


def preview(now, content: bytes, kind="cqc_answers"):
    return preview_import(by=clockwork(now), now=now, kind=kind, file=io.BytesIO(content), name="file")


def bring_in(now, content: bytes, kind="cqc_answers", **more):
    run = preview(now, content, kind)
    return apply_import(by=clockwork(now), now=now, run=run, **more)


def provider(**changed) -> dict:
    return {
        "organisationType": "Provider",
        "providerId": "1-100000000",
        "name": "Fictional Care Limited",
        "type": "Social Care Org",
        "registrationStatus": "Registered",
        "registrationDate": "2012-01-02",
        **changed,
    }


def location(**changed) -> dict:
    return {
        "organisationType": "Location",
        "locationId": "1-200000000",
        "providerId": "1-100000000",
        "name": "Fictional House",
        "type": "Social Care Org",
        "careHome": "Y",
        "postalCode": "OL1 1AA",
        "registrationStatus": "Registered",
        "registrationDate": "2012-01-02",
        **changed,
    }


def rated(overall: str, on: str, link: str, *five: str, whole: bool = True) -> dict:
    names = ("Safe", "Effective", "Caring", "Responsive", "Well-led")
    questions = [
        {"name": name, "rating": value} for name, value in zip(names, five or (overall,) * 5, strict=False)
    ]
    told = {"rating": overall, "keyQuestionRatings": questions}
    if whole:
        return {"overall": {**told, "reportDate": on, "reportLinkId": link}}
    return {"overall": told, "reportDate": on, "reportLinkId": link}


def lines(*told: dict) -> bytes:
    return "\n".join(map(json.dumps, told)).encode()
