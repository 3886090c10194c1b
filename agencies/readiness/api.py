"""Declarations of readiness through the API: who of a group has declared, and what. They are written by people."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers

from access.api import ListingUnder, Moment, Named, One, Shown
from access.finding import the
from agencies.models import MemberKind, QSGMember, QualitySurveillanceGroup
from agencies.readiness.models import ReadinessDeclaration
from agencies.readiness.reading import declarations_seen, declared_in, may_see_group
from agencies.roster import standing
from timekeeping.london import london_day


class BodyDeclared(Shown):
    """A member body of a group, and what it declared; nulls where it has not."""

    agency = Named()
    declaration = serializers.UUIDField(allow_null=True)
    board_on = serializers.DateField(allow_null=True)
    signed_at = Moment(allow_null=True)
    signed_by = Named(allow_null=True)


class ListDeclared(ListingUnder):
    """The members of a group of which your body is one, each with the declaration that it published."""

    path = "qsgs/<uuid:id>/readiness/"
    permission = "directory.read"
    kind = QualitySurveillanceGroup
    shows = BodyDeclared
    name = "agency__name"
    logged = False

    def find(self) -> None:
        """Fetch the group; absent for whoever reads at none of its bodies."""
        super().find()
        if not may_see_group(self.by, self.thing.pk, london_day(self.now)):
            raise Http404

    def rows(self) -> QuerySet[Any]:
        """Return the memberships."""
        held = QSGMember.objects.filter(standing(london_day(self.now)), qsg=self.thing, kind=MemberKind.FULL)
        return held.select_related("agency")

    def filled(self, rows: Any) -> Any:
        """Return each body with its declaration, in one question."""
        found = {one.agency.pk: one.declaration for one in declared_in(self.thing, london_day(self.now))}
        return [{"agency": one.agency, "held": found.get(one.agency_id)} for one in rows]

    def told(self, thing: Any) -> Any:
        """Return the body, and when it declared."""
        held: ReadinessDeclaration | None = thing["held"]
        return {
            "agency": thing["agency"],
            "declaration": held.pk if held else None,
            "board_on": held.board_on if held else None,
            "signed_at": held.signed_at if held else None,
            "signed_by": held.signed_by if held else None,
        }


class AnswerShown(Shown):
    """A question as it stood, its answer and evidence."""

    position = serializers.IntegerField()
    question = serializers.CharField()
    text = serializers.CharField()
    evidence = serializers.CharField()


class DeclarationShown(Shown):
    """A declaration of readiness."""

    id = serializers.UUIDField()
    agency = Named()
    state = serializers.CharField(help_text="`draft` (your own body's alone), `declared` or `replaced`.")
    board_on = serializers.DateField(allow_null=True)
    signed_at = Moment(allow_null=True)
    signed_by = Named(allow_null=True)
    answers = AnswerShown(many=True)


class ReadDeclaration(One):
    """One declaration with its answers: of your body, or signed by a body of your groups."""

    path = "readiness/<uuid:id>/"
    permission = "directory.read"
    kind = ReadinessDeclaration
    shows = DeclarationShown
    logged = False

    def find(self) -> None:
        """Fetch it if the caller may read it; otherwise it is absent."""
        self.thing = the(declarations_seen(self.by, london_day(self.now)).filter(pk=self.ids["id"]))

    def told(self, thing: ReadinessDeclaration) -> Any:
        """Return it with its answers."""
        names = ("id", "agency", "state", "board_on", "signed_at", "signed_by")
        return {**{name: getattr(thing, name) for name in names}, "answers": list(thing.answers.all())}
