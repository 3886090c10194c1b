"""What the API tells that is no single app's: who one is, what a record is and why one sees it, and its own document."""

from functools import cache, partial
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.response import Response

from access.api import (
    FIRST_DAY_WITHOUT,
    Choice,
    Endpoint,
    Key,
    Listing,
    Moment,
    Named,
    One,
    Reading,
    Scope,
    Shown,
)
from access.api.described import SECURITY
from access.api.endpoints import PageOf
from access.models import Record
from access.newest import first_of_kinds
from access.principal import Place
from access.reach import explain
from access.sight import visible_to
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.vacancies.reading import Watched
from nhsuk.paging import Take, straight
from notifications.inbox import things_of
from qsg_portal.pages.groups import attention_to
from qsg_portal.pages.timeline import RECORDS


class SeatHeld(Shown):
    """A seat that counts now."""

    qsg = Named()
    kinds = serializers.ListField(child=serializers.CharField())


class MeShown(Shown):
    """Who calls, for whom, and what they may do there."""

    kind = serializers.CharField(help_text="`person`, or `token` for a body's own system.")
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    agency = Named(allow_null=True)
    agency_roles = serializers.ListField(child=serializers.CharField())
    portal_roles = serializers.ListField(child=serializers.CharField())
    seats = SeatHeld(many=True)
    scopes = serializers.ListField(
        child=Scope(), allow_null=True, help_text="Of a token, what it is for; null in a session."
    )
    asked_at = Moment(help_text="The portal's own time.")


class Me(Reading):
    """Who you are to the portal at this moment."""

    path = "me/"
    permission = "home.read"
    shows = MeShown

    def tell(self) -> Any:
        """Return the principal."""
        by = self.by
        groups = QualitySurveillanceGroup.objects.filter(pk__in=by.seats).order_by("name")
        return {
            "kind": by.kind,
            "id": by.user_id,
            "name": by.name,
            "agency": Agency.objects.filter(pk=by.agency_id).first() if by.agency_id else None,
            "agency_roles": sorted(by.agency_roles),
            "portal_roles": sorted(by.portal_roles),
            "seats": [{"qsg": one, "kinds": sorted(by.seats[one.pk])} for one in groups],
            "scopes": None if by.scopes is None else sorted(by.scopes),
            "asked_at": by.asked_at,
        }


class RecordLine(Shown):
    """Anything that has sight, in a list of several kinds.

    When it happened is told by the thing itself: what may be known of that depends on who reads, and on the source.
    """

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    owner = Named()
    recorded_at = Moment()


class RecordShown(RecordLine):
    """Anything that has sight, and why the caller sees it."""

    why = serializers.ListField(child=serializers.CharField())


def line_of(record: Record, title: str) -> dict[str, Any]:
    """Return a record as a list tells it."""
    return {
        "id": record.pk,
        "kind": record.kind,
        "title": title,
        "owner": record.owner,
        "recorded_at": record.recorded_at,
    }


class RecordFilters(PageOf):
    """What narrows the list of records."""

    kind = Choice(list(RECORDS), required=False)
    provider = Key(required=False, help_text="Whom it is about.")


class ListRecords(Listing):
    """The concerns, summits, actions, levels, plans and meetings that you see, the newest first: of one provider, its timeline."""

    path = "records/"
    permission = "concern.read"
    shows = RecordLine
    filters = RecordFilters
    moment = "recorded_at"

    @property
    def kinds(self) -> list[str]:
        """The kinds that are wanted."""
        return [self.wanted["kind"]] if "kind" in self.wanted else list(RECORDS)

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        rows = (
            Record.objects.filter(kind__in=self.kinds).exclude(gate=Record.Gate.DRAFT).select_related("owner")
        )
        if "provider" in self.wanted:
            rows = rows.filter(about__provider=self.wanted["provider"])
        return visible_to(self.by, rows)

    def take(self) -> Take:
        """Return how they are found: of one provider by its own index, else kind by kind."""
        if "provider" in self.wanted:
            return straight
        return partial(first_of_kinds, self.by, self.kinds)

    def filled(self, rows: Any) -> Any:
        """Return each with its title, in one question a kind."""
        things = things_of(one.pk for one in rows)
        return [line_of(one, things[one.pk].title) for one in rows]


class NumberShown(Shown):
    """Somebody to ring; a blank number means that the source has none."""

    who = serializers.CharField()
    number = serializers.CharField()


class VacancyShown(Shown):
    """A seat that is wanted and nobody holds, with since when, as far as any date says."""

    kind = serializers.CharField(help_text="Of body, a code of `agency_kinds`; or `chair`, or `secretariat`.")
    words = serializers.CharField()
    counts = serializers.BooleanField(help_text="The kind of body counts for a quorum.")
    numbers = NumberShown(many=True)


class EndingShown(Shown):
    """A seat that counts today and will not before long."""

    words = serializers.CharField()
    ends_on = serializers.DateField(help_text=FIRST_DAY_WITHOUT)


class VacanciesShown(Shown):
    """What a group's seats ask of whoever watches over them."""

    qsg = Named()
    vacancies = VacancyShown(many=True)
    endings = EndingShown(many=True)


class ReadVacancies(One):
    """The seats that a group lacks, whom to ring, and the seats about to end; for its chair and secretariat."""

    path = "qsgs/<uuid:id>/vacancies/"
    permission = "seat.watch"
    kind = QualitySurveillanceGroup
    shows = VacanciesShown
    logged = False
    thing: QualitySurveillanceGroup

    def place(self) -> Place:
        """Return the group: its secretariat and chair, and the portal's administrator."""
        return Watched(self.thing)

    def told(self, thing: QualitySurveillanceGroup) -> Any:
        """Return what its seats ask today."""
        asked = attention_to([thing], self.now)[0]
        return {"qsg": thing, "vacancies": asked.vacancies, "endings": asked.endings}


class ReadRecord(One):
    """What a record is, whatever its kind, and why you see it."""

    path = "records/<uuid:id>/"
    permission = "access.why"
    kind = Record
    related = ("owner",)
    shows = RecordShown

    def told(self, thing: Record) -> Any:
        """Return it with its title and the reasons."""
        return {**line_of(thing, things_of([thing.pk])[thing.pk].title), "why": explain(self.reasons)}


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document: the same for everybody, for it names no thing that is kept."""
    made: dict[str, Any] = SchemaGenerator(urlconf="qsg_portal.urls").get_schema(request=None, public=True)
    made.setdefault("components", {})["securitySchemes"] = SECURITY
    return made


class ReadDocument(Endpoint):
    """This document."""

    path = "schema/"
    permission = "home.read"

    def answer(self) -> Response:
        """Answer with it."""
        return Response(document())
