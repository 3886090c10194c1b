"""Who buys from a provider, in whose area it stands, and its licence: stated and ended by the day."""

from collections.abc import Iterable
from datetime import date, datetime

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.operations.dated import keep
from audit.operations import record_deed
from providers.models import Commissioning, GroupSource, Licence, Provider, ProviderGroup
from providers.rules import faults_of_share
from timekeeping.london import Span, day_in_words


@operation("commissioning.started")
def commission(
    *,
    by: Principal,
    now: datetime,
    provider: Provider,
    agency: Agency,
    starts_on: date,
    ends_on: date | None = None,
    lead: bool = False,
    share: int | None = None,
    out_of_area: bool = False,
    source: str = "stated by an administrator",
) -> Commissioning:
    """Say that a body buys care from a provider (NQB ch. 4, 2a; ADASS 16).

    Args:
        by: who states it.
        now: the moment.
        provider: of whom it buys.
        agency: which body buys.
        starts_on: the first London day.
        ends_on: the first day on which it no longer does; None where no end is known.
        lead: it leads for the others.
        share: how much of what the provider gives it buys, in per cent; None where nobody says.
        out_of_area: it buys from outside its own area.
        source: what the statement rests on.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the days clash with another such row, or end before they start; all shares of a day are more than the
            whole; another body leads on one of these days.
    """
    by.require("membership.manage", at=PORTAL)
    span = Span(starts_on, ends_on)
    held = Provider.objects.select_for_update().get(
        pk=provider.pk
    )  # two at once would sell more than the whole
    others = [one for one in held.commissionings.all() if Span(one.starts_on, one.ends_on).meets(span)]
    faults = faults_of_share(share, [_most_taken(others, starts_on)])
    leading = next((one.agency for one in others if one.lead), None)
    if lead and leading:
        faults["lead"] = (
            f"{leading} leads on some of these days. End that first, or say that this body does not lead."
        )
    if faults:
        raise Invalid(faults)
    buys = Commissioning(
        provider=provider,
        agency=agency,
        lead=lead,
        share=share,
        out_of_area=out_of_area,
        source=source,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    keep(buys, f"{agency} commissions from {provider} on some of these days already.")
    record_deed(
        by=by,
        now=now,
        deed="commissioning.started",
        detail={"provider": str(provider.pk), "agency": str(agency.pk), "lead": lead, "share": share},
    )
    return buys


def _most_taken(others: Iterable[Commissioning], starts_on: date) -> int:
    """Return the shares of others on the day, from the first on, on which they come to most."""
    others = list(others)
    days = {starts_on, *(one.starts_on for one in others if one.starts_on > starts_on)}
    return max(
        sum(one.share or 0 for one in others if Span(one.starts_on, one.ends_on).holds(day)) for day in days
    )


@operation("commissioning.ended")
def end_commissioning(*, by: Principal, now: datetime, buys: Commissioning, ends_on: date) -> None:
    """Say that a body buys no longer, from a day on; what was is kept.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it ended before, or would end before it began.
    """
    by.require("membership.manage", at=PORTAL)
    held = Commissioning.objects.select_for_update().get(pk=buys.pk)
    _end(held, ends_on)
    record_deed(
        by=by,
        now=now,
        deed="commissioning.ended",
        detail={"provider": str(held.provider_id), "agency": str(held.agency_id), "on": str(ends_on)},
    )


@operation("licence.kept")
def keep_licence(
    *,
    by: Principal,
    now: datetime,
    provider: Provider,
    starts_on: date,
    number: str = "",
    ends_on: date | None = None,
    published_where: str,
) -> Licence:
    """Say that a provider holds Monitor's licence (MON, "licensing"), as published; its conditions are entries of the record.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it holds one on some of these days, or the end is before the start.
    """
    by.require("membership.manage", at=PORTAL)
    licence = Licence(
        provider=provider,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        published_where=published_where,
    )
    keep(licence, "A licence is kept for some of these days already.")
    record_deed(by=by, now=now, deed="licence.kept", detail={"provider": str(provider.pk)})
    return licence


@operation("licence.ended")
def end_licence(*, by: Principal, now: datetime, licence: Licence, ends_on: date) -> None:
    """Say that a licence ended, from a day on.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it ended before, or would end before it began.
    """
    by.require("membership.manage", at=PORTAL)
    held = Licence.objects.select_for_update().get(pk=licence.pk)
    _end(held, ends_on)
    record_deed(
        by=by,
        now=now,
        deed="licence.ended",
        detail={"provider": str(held.provider_id), "on": str(ends_on)},
    )


@operation("provider.placed")
def place_in_group(
    *, by: Principal, now: datetime, provider: Provider, qsg: QualitySurveillanceGroup
) -> ProviderGroup:
    """Say in whose footprint a provider stands, where no source tells. Again changes nothing.

    Raises:
        NotPermitted: `by` does not administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    link, _ = ProviderGroup.objects.get_or_create(
        provider=provider, qsg=qsg, defaults={"source": GroupSource.STATED}
    )
    record_deed(
        by=by,
        now=now,
        deed="provider.placed",
        detail={"provider": str(provider.pk), "qsg": str(qsg.pk)},
    )
    return link


@operation("provider.taken_out")
def take_out_of_group(*, by: Principal, now: datetime, link: ProviderGroup) -> None:
    """Say that a provider does not stand in a group's footprint; what was shared with the group stays shared.

    Raises:
        NotPermitted: `by` does not administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    record_deed(
        by=by,
        now=now,
        deed="provider.taken_out",
        detail={"provider": str(link.provider_id), "qsg": str(link.qsg_id), "known": link.source},
    )
    link.delete()


def _end(row: Commissioning | Licence, ends_on: date) -> None:
    """End a published fact on a day, past or to come: it may be learned late."""
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Invalid({"last_day": "It has ended, or ends earlier than that. Nothing was changed."})
    if ends_on <= row.starts_on:
        raise Invalid(
            {"last_day": f"It began {day_in_words(row.starts_on)}. Choose that day or a later one."}
        )
    row.ends_on = ends_on
    row.save(update_fields=("ends_on",))
