"""The only writers of links between providers; and what a body buys, passed on when it closes."""

from datetime import date, datetime

from access.operations import operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid
from agencies.models import Agency
from agencies.roster import not_over
from audit.operations import record_deed
from providers.models import Commissioning, Provider
from providers.succession.models import ProviderSuccession
from providers.succession.rules import fault_of_link


@operation("provider.succeeded")
def link_providers(
    *,
    by: Principal,
    now: datetime,
    predecessor: Provider,
    successor: Provider,
    on: date,
    source: str = "stated by an administrator",
) -> ProviderSuccession:
    """Say that a provider took another's place from a London day; names and codes stay.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it is the same provider, a circle, said already, or the days are in disorder.
    """
    by.require("membership.manage", at=PORTAL)
    # Both taken in one order, so that two administrators cannot close a circle between them.
    list(Provider.objects.select_for_update().filter(pk__in=[predecessor.pk, successor.pk]).order_by("pk"))
    links = set(ProviderSuccession.objects.values_list("predecessor_id", "successor_id"))
    fault = fault_of_link(
        links,
        predecessor.pk,
        successor.pk,
        on=on,
        old_opened_on=predecessor.opened_on,
        new_closed_on=successor.closed_on,
    )
    if fault:
        raise Invalid(fault)
    made = ProviderSuccession.objects.create(
        predecessor=predecessor, successor=successor, on=on, source=source
    )
    _log("provider.succeeded", by, now, made)
    return made


@operation("provider.succession_undone")
def unlink_providers(*, by: Principal, now: datetime, link: ProviderSuccession) -> None:
    """Take a link back that was a mistake; the log keeps both deeds.

    Raises:
        NotPermitted: `by` does not administer the portal.
    """
    by.require("membership.manage", at=PORTAL)
    _log("provider.succession_undone", by, now, link)
    link.delete()


def _log(deed: str, by: Principal, now: datetime, link: ProviderSuccession) -> None:
    detail = {
        "predecessor": str(link.predecessor_id),
        "successor": str(link.successor_id),
        "on": str(link.on),
    }
    record_deed(by=by, now=now, deed=deed, detail=detail)


def pass_commissioning(*, agency: Agency, to: Agency, day: date, source: str) -> None:
    """Let a body buy, from a London day, what another bought; part of a succession, which writes the line.

    Where it buys there already, that stands; a lead commissioner's place is taken over where nobody else leads for it.
    """
    held = {
        one.provider_id: one for one in Commissioning.objects.filter(not_over(day), agency=to, ends_on=None)
    }
    for old in Commissioning.objects.filter(not_over(day), agency=agency).select_related("provider"):
        there = held.get(old.provider_id)
        if there is None:
            Commissioning.objects.create(
                provider_id=old.provider_id,
                agency=to,
                lead=old.lead,
                out_of_area=old.out_of_area,
                source=source,
                starts_on=max(day, old.starts_on),
                ends_on=old.ends_on,
            )
        elif old.lead and not there.lead:
            there.lead = True
            there.save(update_fields=["lead"])
        if old.starts_on >= day:
            old.delete()
        else:
            old.ends_on = day
            old.save(update_fields=["ends_on"])
