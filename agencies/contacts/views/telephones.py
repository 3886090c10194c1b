"""Every number needed in an emergency, out of hours too, on a page that prints (JF 2.2, l.127)."""

from datetime import date
from typing import Any

from access.principal import OWN_BODY, PORTAL
from access.views import Page
from agencies.finding import uuid_of
from agencies.models import QSGMember, QualitySurveillanceGroup, Tier
from agencies.numbers import desks_in, sections_of
from agencies.roster import standing
from timekeeping.london import london_day

EVERYWHERE = "all"


class TelephonesPage(Page):
    """The numbers of one's own area and its region, of another area, or of all areas; then the national bodies'."""

    permission = "directory.read"
    template = "agencies/telephones.jinja"

    def context(self) -> dict[str, Any]:
        """The numbers, and which of them the reader may put right."""
        today = london_day(self.now)
        groups = list(QualitySurveillanceGroup.objects.select_related("region").order_by("name"))
        own = self._own(groups, today)
        asked = self.request.GET.get("group", "")
        chosen = next((group for group in groups if group.pk == uuid_of(asked)), None) or own
        whole = asked == EVERYWHERE
        areas = self._in_order(groups, own) if whole else [chosen, chosen.region] if chosen else []
        sections = sections_of([area for area in areas if area], today, whole=whole)
        return {
            "groups": groups,
            "chosen": None if whole else chosen,
            "whole": whole,
            "own": own,
            "sections": sections,
            "desks": [] if whole else desks_in(sections),
            "corrects_all": self.by.may("people.manage", at=PORTAL),
            "corrects": self.by.agency_id if self.by.may("people.manage", at=OWN_BODY) else None,
        }

    def _own(self, groups: list[QualitySurveillanceGroup], today: date) -> QualitySurveillanceGroup | None:
        """The person's own group: where they sit, else where their body is a member."""
        sits = [group for group in groups if group.pk in self.by.seats]
        if not sits and self.by.agency_id:
            held = QSGMember.objects.filter(standing(today), agency_id=self.by.agency_id)
            mine = set(held.values_list("qsg_id", flat=True))
            sits = [group for group in groups if group.pk in mine]
        return min(sits, key=lambda group: group.tier != Tier.LOCAL, default=None)

    def _in_order(
        self, groups: list[QualitySurveillanceGroup], own: QualitySurveillanceGroup | None
    ) -> list[QualitySurveillanceGroup]:
        """All areas: one's own and its region first, then each region with its local groups."""
        region = (own.region or own) if own else None

        def place(group: QualitySurveillanceGroup) -> tuple[bool, ...] | tuple[Any, ...]:
            of = group.region or group
            return own != group, region != of, of.name, group.tier != Tier.REGIONAL, group.name

        return sorted(groups, key=place)
