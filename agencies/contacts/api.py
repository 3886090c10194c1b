"""Whom to ring, through the API: posts, who holds them and who stands in, found as the page finds them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Choice, Day, Key, Listing, Named, One, Shown, Text, facts_of
from access.api.endpoints import PageOf
from agencies.contacts.models import Post, PostCode
from agencies.contacts.reading import called, contacts_on, place_called
from agencies.finding import MOST
from timekeeping.london import london_day


class ContactShown(Shown):
    """Who holds a post that others need to find, and how they are reached."""

    id = serializers.UUIDField()
    agency = Named()
    post = serializers.CharField()
    topic = serializers.CharField()
    area = Named(
        allow_null=True, help_text="The group for whose area it is held, where there is one for each."
    )
    holder = serializers.CharField()
    stands_in_for = serializers.UUIDField(
        allow_null=True, help_text="The contact for whose holder this person stands in."
    )
    telephone = serializers.CharField()
    out_of_hours_telephone = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


def told(post: Post) -> Any:
    """Return the post with its holder's name and number."""
    return facts_of(
        ContactShown,
        post,
        holder=str(post.user or post.holder_name),
        telephone=post.number,
        stands_in_for=post.stands_in_for_id,
    )


class ContactFilters(PageOf):
    """What narrows the list of contacts."""

    agency = Key(required=False)
    post = Choice(PostCode.values, required=False)
    area = Key(required=False, help_text="The group for whose area a post is held.")
    q = Text(required=False, max_length=MOST, help_text="Role, body, topic or name; spelling is forgiven.")
    place = Text(required=False, max_length=MOST, help_text="A council, town, region or area team.")
    on = Day(required=False, help_text="The day in London; today unless told.")


class ListContacts(Listing):
    """Who holds which post today, and who stands in, by body."""

    path = "contacts/"
    permission = "directory.read"
    shows = ContactShown
    filters = ContactFilters
    name = "agency__name"
    logged = False

    def rows(self) -> QuerySet[Any]:
        """Return the posts, narrowed; a stand-in is found with whom they stand in for."""
        asked = self.narrowing("agency", "post", "area")
        day = self.wanted.get("on") or london_day(self.now)
        rows = contacts_on(day, stand_ins=True).filter(**asked)
        if "q" in self.wanted:
            rows = rows.filter(
                pk__in=called(contacts_on(day, stand_ins=True), self.wanted["q"]).order_by().values("pk")
            )
        if "place" in self.wanted:
            rows = place_called(self.wanted["place"], day).posts(rows)
        return rows

    def told(self, thing: Any) -> Any:
        """Return the post with its holder's name and number."""
        return told(thing)


class ReadContact(One):
    """One contact, of today, of another day or over."""

    path = "contacts/<uuid:id>/"
    permission = "directory.read"
    kind = Post
    related = ("user", "agency", "area")
    shows = ContactShown
    logged = False

    def told(self, thing: Any) -> Any:
        """Return the post with its holder's name and number."""
        return told(thing)
