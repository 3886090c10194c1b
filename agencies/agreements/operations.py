"""Keeping a group's agreement and privacy notice, and who has signed."""

from collections.abc import Sequence
from datetime import date, datetime

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from agencies.agreements import rules
from agencies.agreements.models import GroupDocument, Signature
from agencies.agreements.reading import may_see_papers, signers
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.operations.dated import end, keep
from audit.operations import record_deed
from timekeeping.london import london_day


class DocumentsOf:
    """A group's documents: its secretariat and chair keep them, and the portal's administrator."""

    def __init__(self, qsg: QualitySurveillanceGroup) -> None:
        """Keep the group."""
        self.qsg = qsg

    def roles_of(self, principal: Principal) -> set[str]:
        """The seats held at the group, and the roles at the portal."""
        return self.qsg.roles_of(principal) | PORTAL.roles_of(principal)


def shows_papers(by: Principal, qsg: QualitySurveillanceGroup, day: date) -> bool:
    """Say whether a person is shown a group's documents: its bodies' people are, and those who keep them."""
    return by.may("agreement.keep", at=DocumentsOf(qsg)) or may_see_papers(by, qsg.pk, day)


def _require_keeper(by: Principal, qsg: QualitySurveillanceGroup) -> None:
    by.require(
        "agreement.keep",
        at=DocumentsOf(qsg),
        sentence=f"Only the secretariat or chair of {qsg}, or an administrator of the portal, keeps its agreement.",
    )


@operation("agreement.kept")
def keep_document(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    kind: str,
    title: str,
    place: str,
    starts_on: date,
    ends_on: date | None = None,
) -> GroupDocument:
    """Put a group's agreement or privacy notice on its page, with its days, which may lie in the past.

    Raises:
        NotPermitted: `by` keeps no documents of this group.
        Invalid: it ends before it starts, or another of its kind is in force on some of these days.
    """
    _require_keeper(by, qsg)
    document = GroupDocument(
        qsg=qsg, kind=kind, title=title, place=place, starts_on=starts_on, ends_on=ends_on
    )
    keep(
        document,
        f"Another {rules.KIND_WORDS[kind].lower()} of {qsg} is in force on some of these days. End that first.",
    )
    record_deed(
        by=by,
        now=now,
        deed="agreement.kept",
        detail={"document": str(document.pk), "qsg": str(qsg.pk), "kind": kind, "from": str(starts_on)},
    )
    return document


@operation("agreement.ended")
def end_document(*, by: Principal, now: datetime, document: GroupDocument, ends_on: date) -> None:
    """End a document on a London day, the first without it; one that then was never in force is taken back (a slip).

    Raises:
        NotPermitted: `by` keeps no documents of this group.
        Invalid: the day is past, it has ended; or it would never have been in force, and bodies have signed it.
    """
    held = GroupDocument.objects.select_for_update(of=("self",)).select_related("qsg").get(pk=document.pk)
    _require_keeper(by, held.qsg)
    if ends_on <= held.starts_on and held.signatures.exists():
        raise Invalid(
            {
                "ends_on": "It would not have been in force for a day, and it has been signed. Choose a later day."
            }
        )
    record_deed(
        by=by,
        now=now,
        deed="agreement.ended",
        detail={"document": str(held.pk), "qsg": str(held.qsg_id), "on": str(ends_on)},
    )
    end(held, ends_on=ends_on, now=now)


@operation("agreement.signed")
def sign_agreement(
    *, by: Principal, now: datetime, document: GroupDocument, agencies: Sequence[Agency], signed_on: date
) -> None:
    """Say that member bodies signed a group's agreement on a day, today or before.

    Raises:
        NotPermitted: `by` keeps no documents of this group.
        Invalid: it is no agreement or is over; the day is to come; nobody is named; a body is no member, or has
            signed already.
    """
    held = GroupDocument.objects.select_related("qsg").get(pk=document.pk)
    _require_keeper(by, held.qsg)
    day = london_day(now)
    if held.kind != rules.AGREEMENT or (held.ends_on is not None and held.ends_on <= day):
        raise Invalid({"": "This is not an agreement that can be signed now. Nothing was changed."})
    if signed_on > day:
        raise Invalid({"signed_on": "This is in the future. Say on which day it was signed."})
    if not agencies:
        raise Invalid({"agencies": "Say who has signed."})
    members = signers(held.qsg_id, day=day)[held.qsg_id]
    for agency in agencies:
        if agency not in members:
            raise Invalid({"agencies": f"{agency} is not a member of {held.qsg}."})
        keep(
            Signature(document=held, agency=agency, starts_on=signed_on),
            f"{agency} has signed this already.",
        )
    record_deed(
        by=by,
        now=now,
        deed="agreement.signed",
        detail={
            "document": str(held.pk),
            "qsg": str(held.qsg_id),
            "agencies": sorted(str(one.pk) for one in agencies),
            "on": str(signed_on),
        },
    )


@operation("agreement.withdrawn")
def withdraw_signature(*, by: Principal, now: datetime, signature: Signature, ends_on: date) -> None:
    """Say that a body is no longer bound by an agreement from a London day, or never was (a slip, taken back).

    Raises:
        NotPermitted: `by` keeps no documents of this group.
        Invalid: the day is past, or it ended before.
    """
    held = (
        Signature.objects.select_for_update(of=("self",)).select_related("document__qsg").get(pk=signature.pk)
    )
    _require_keeper(by, held.document.qsg)
    record_deed(
        by=by,
        now=now,
        deed="agreement.withdrawn",
        detail={
            "document": str(held.document_id),
            "qsg": str(held.document.qsg_id),
            "agency": str(held.agency_id),
            "on": str(ends_on),
        },
    )
    end(held, ends_on=ends_on, now=now)
