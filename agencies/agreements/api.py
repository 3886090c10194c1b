"""A group's agreement and privacy notice through the API, for the group's bodies."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers

from access.api import FIRST_DAY_WITHOUT, ListingUnder, Named, Shown
from agencies.agreements.models import GroupDocument
from agencies.agreements.reading import may_see_papers
from agencies.models import QualitySurveillanceGroup
from timekeeping.london import london_day


class SignatureShown(Shown):
    """A body's signature, and from which to which day it binds."""

    agency = Named()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text=FIRST_DAY_WITHOUT)


class DocumentShown(Shown):
    """A document of a group: `agreement` (signed by its bodies) or `notice` (the privacy notice, signed by nobody)."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    place = serializers.CharField(help_text="Where it is kept; the portal does not hold the text.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text=FIRST_DAY_WITHOUT)
    signatures = SignatureShown(many=True)


class ListDocuments(ListingUnder):
    """The information-sharing agreements and privacy notices of a group of which your body is a member."""

    path = "qsgs/<uuid:id>/documents/"
    permission = "directory.read"
    kind = QualitySurveillanceGroup
    shows = DocumentShown
    name = "title"
    logged = False

    def find(self) -> None:
        """Fetch the group; absent for bodies that are not in it."""
        super().find()
        if not may_see_papers(self.by, self.thing.pk, london_day(self.now)):
            raise Http404

    def rows(self) -> QuerySet[Any]:
        """Return its documents, those that are over too."""
        rows = GroupDocument.objects.filter(qsg=self.thing)
        return rows.prefetch_related("signatures__agency")

    def told(self, thing: GroupDocument) -> Any:
        """Return it with its signatures."""
        return {
            **{
                name: getattr(thing, name)
                for name in ("id", "kind", "title", "place", "starts_on", "ends_on")
            },
            "signatures": list(thing.signatures.all()),
        }
