"""Making a group, saying which bodies lie in its area, and taking the members that the minimum membership proposes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import Http404

from access.finding import the
from access.operations import audience, forget_audiences, operation
from access.principal import PORTAL, Principal
from access.refusals import Invalid, check_lengths
from agencies.forming.rules import ELSEWHERE, OVER, lies_elsewhere
from agencies.models import (
    Agency,
    EarlierGroupName,
    FootprintAgency,
    QSGMember,
    QualitySurveillanceGroup,
    Tier,
)
from agencies.operations import add_qsg_member
from audit.operations import record_deed
from timekeeping.london import london_day

LONGEST_NAME = 200

TEAM_OF = {Tier.LOCAL.value: "nhs_england_area_team", Tier.REGIONAL.value: "nhs_england_regional_team"}
"""Which kind of NHS England team supports a group of each tier (NQB ch. 5, l.794)."""


@operation("group.formed")
def form_group(
    *,
    by: Principal,
    now: datetime,
    name: str,
    tier: str,
    team: Agency,
    region: QualitySurveillanceGroup | None = None,
) -> QualitySurveillanceGroup:
    """Make a group, with no members and no footprint yet.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: the name is taken or too long, a local group has no regional one or a regional one has, or the team is of another
            kind or has closed.
    """
    by.require("membership.manage", at=PORTAL)
    if team.kind != TEAM_OF.get(tier) or team.closed_on:
        raise Invalid(
            {"team": "Choose an open team: an area team for a local group, a regional one for a regional."}
        )
    if tier == Tier.LOCAL and (region is None or region.tier != Tier.REGIONAL):
        raise Invalid({"region": "Choose the regional group under which it works."})
    if tier == Tier.REGIONAL and region is not None:
        raise Invalid({"region": "A regional group works under no other. Leave this out."})
    check_lengths({"name": name}, {"name": LONGEST_NAME})
    group = QualitySurveillanceGroup(
        name=name.strip(),
        tier=tier,
        team=team,
        region=region,
        footprint_known=False,
        footprint_note="No body stands in it yet.",
    )
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise Invalid({"name": "Another group has this name. Choose another."}) from None
    for kind in ("qsg_seats", "qsg_cleared", "qsg_readers"):
        audience(kind, qsg=group.pk)
    record_deed(
        by=by,
        now=now,
        deed="group.formed",
        detail={"qsg": str(group.pk), "tier": tier, "team": str(team.pk)},
    )
    return group


@operation("group.renamed")
def rename_group(*, by: Principal, now: datetime, qsg: QualitySurveillanceGroup, name: str) -> None:
    """Give a group another name; the one it had stays in its history.

    Raises:
        Http404: it was undone meanwhile.
        NotPermitted: `by` does not administer the portal.
        Invalid: it is called so already, or another group is; or the name is too long.
    """
    by.require("membership.manage", at=PORTAL)
    held = the(QualitySurveillanceGroup.objects.select_for_update().filter(pk=qsg.pk))
    check_lengths({"name": name}, {"name": LONGEST_NAME})
    had, held.name = held.name, name.strip()
    if held.name == had:
        raise Invalid({"name": "That is its name already. Nothing was changed."})
    try:
        with transaction.atomic():
            held.save(update_fields=["name"])
    except IntegrityError:
        raise Invalid({"name": "Another group has this name. Choose another."}) from None
    EarlierGroupName.objects.create(qsg=held, name=had, until_on=london_day(now))
    record_deed(by=by, now=now, deed="group.renamed", detail={"qsg": str(held.pk)})


@operation("group.undone")
def undo_group(*, by: Principal, now: datetime, qsg: QualitySurveillanceGroup) -> None:
    """Take back a group that was made by mistake, with its footprint; nothing else may ever have hung on it.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: it has or had a member, a seat, a paper, a provider, a level, a local group, or something was shared
            with it.
    """
    by.require("membership.manage", at=PORTAL)
    held = the(QualitySurveillanceGroup.objects.select_for_update().filter(pk=qsg.pk))
    try:
        with transaction.atomic():
            forget_audiences(held.pk)
            held.delete()
    except ProtectedError:
        raise Invalid(
            {
                "": f"{qsg} is in use: bodies, people, papers, providers or other groups hang on it, or did, or"
                " something was shared with it. Only a group on which nothing ever hung can be undone."
            }
        ) from None
    record_deed(by=by, now=now, deed="group.undone", detail={"qsg": str(qsg.pk)})


@operation("footprint.kept")
def keep_footprint(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    put_in: Sequence[Agency],
    taken_out: Collection[Agency] = (),
    source: str,
    elsewhere: str = "",
) -> list[FootprintAgency]:
    """Say which bodies' areas lie in a group's footprint. It makes nobody a member, and ends no membership.

    Which providers stand in the area follows in the same act: see ``providers.operations.change_footprint``.

    Args:
        by: who says it.
        now: the moment.
        qsg: whose footprint.
        put_in: the bodies that come in.
        taken_out: those that go out.
        source: where it comes from.
        elsewhere: a code of ``ELSEWHERE``, where a body lies in the footprint of another group of the tier.

    Returns:
        Where bodies that come in lie, or lay, in the footprints of other groups of the tier.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: nothing would change, or a body lies in another such footprint and `elsewhere` does not say what then.
    """
    by.require("membership.manage", at=PORTAL)
    tier = QualitySurveillanceGroup.objects.select_for_update(no_key=True).filter(tier=qsg.tier)
    held = next((one for one in tier.order_by("pk") if one.pk == qsg.pk), None)
    if held is None:
        raise Http404  # it was undone in this moment
    here = set(held.footprint_links.values_list("agency_id", flat=True))
    new = [agency for agency in put_in if agency.pk not in here]
    gone = [agency for agency in taken_out if agency.pk in here]
    if not new and not gone:
        raise Invalid({"": "That is how the footprint stands already. Nothing was changed."})
    there = _elsewhere(held, new)
    if there and elsewhere not in ELSEWHERE:
        raise Invalid({"elsewhere": lies_elsewhere((str(one.agency), str(one.qsg)) for one in there)})
    FootprintAgency.objects.bulk_create(
        FootprintAgency(qsg=held, agency=agency, source=source) for agency in new
    )
    held.footprint_links.filter(agency__in=gone).delete()
    over = there if elsewhere == OVER else []
    FootprintAgency.objects.filter(pk__in=[one.pk for one in over]).delete()
    for group in {held, *(one.qsg for one in over)}:
        group.footprint_known = group.footprint_links.exists()
        group.footprint_note = "" if group.footprint_known else "No body stands in it yet."
        group.save(update_fields=["footprint_known", "footprint_note"])
    record_deed(
        by=by,
        now=now,
        deed="footprint.kept",
        detail={
            "qsg": str(held.pk),
            "in": [str(agency.pk) for agency in new],
            "out": [str(agency.pk) for agency in gone],
            "over_from": sorted({str(one.qsg_id) for one in over}),
        },
    )
    return there


def _elsewhere(held: QualitySurveillanceGroup, bodies: Collection[Agency]) -> list[FootprintAgency]:
    """Where bodies lie in the footprints of other groups of the same tier."""
    others = FootprintAgency.objects.filter(agency__in=bodies, qsg__tier=held.tier).exclude(qsg=held)
    return list(others.select_related("agency", "qsg").order_by("agency__name", "qsg__name"))


@operation("group_members.taken")
def take_members(
    *,
    by: Principal,
    now: datetime,
    qsg: QualitySurveillanceGroup,
    agencies: Sequence[Agency],
    starts_on: date,
) -> list[QSGMember]:
    """Make several bodies full members of a group in one act, or none of them.

    Raises:
        NotPermitted: `by` does not administer the portal.
        Invalid: none is chosen, the start is past, or one is a member or guest on those days.
    """
    by.require("membership.manage", at=PORTAL)
    if not agencies:
        raise Invalid({"agencies": "Choose at least one body."})
    taken = [
        add_qsg_member(by=by, now=now, qsg=qsg, agency=agency, starts_on=starts_on) for agency in agencies
    ]
    record_deed(
        by=by,
        now=now,
        deed="group_members.taken",
        detail={"qsg": str(qsg.pk), "agencies": [str(one.pk) for one in agencies], "from": str(starts_on)},
    )
    return taken
