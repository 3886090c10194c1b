"""Reading concerns."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet

from access.api import Choice, Day, Key, Listing, ListingUnder, One, Text
from access.api.endpoints import PageOf
from access.models import Record, Sighted
from access.principal import Principal
from access.reach import explain, plan_of, readers, rooms_out_of_sight
from access.sight import visible_to
from concerns.api import shown
from concerns.models import Comment, Concern, Corroboration, GoAndLook
from concerns.operations.lists import Shelf, shelf
from concerns.operations.reading import Wanted, concerns_seen, finder, history
from concerns.operations.sharing import live_shares
from concerns.rules.states import DRAFT, STATUSES, TOMBSTONES
from nhsuk.paging import Take
from timekeeping.london import london_day


class Shelved:
    """Mixed into an endpoint: the lists of the day, read once."""

    @cached_property
    def shelf(self: Any) -> Shelf:
        """The lists that concerns are written with."""
        return shelf(london_day(self.now))


class ConcernFilters(PageOf):
    """What narrows the list of concerns."""

    provider = Key(required=False, help_text="Whom it is about.")
    group = Key(required=False, help_text="The group in whose area a provider stands.")
    status = Choice([one for one in STATUSES if one != DRAFT], required=False)
    severity = Text(required=False)
    dimension = Text(required=False)
    source = Text(  # type: ignore[assignment]
        required=False, help_text="What the kind of source is called outside its owner."
    )
    since = Day(required=False, help_text="The day in London from which it was raised.")
    words = Text(required=False, max_length=200, help_text="As typed into a search box.")


class ListConcerns(Shelved, Listing):
    """The concerns that you see, the newest first; your drafts stand on the portal's pages only."""

    path = "concerns/"
    permission = "concern.read"
    shows = shown.ConcernLine
    filters = ConcernFilters

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        return concerns_seen(self.by, self.asked, self.shelf)

    def take(self) -> Take:
        """Return how they are found: as on the page."""
        return finder(self.by, self.asked)

    @cached_property
    def asked(self) -> Wanted:
        """What they are narrowed to."""
        return Wanted(
            **{name: one for name, one in self.wanted.items() if name in Wanted.__dataclass_fields__}
        )

    def told(self, thing: Concern) -> Any:
        """Return its line."""
        return shown.line_of(thing)


class OfConcern(Shelved, One):
    """Base of what is read of one concern."""

    abstract = True
    permission = "concern.read"
    kind = Concern
    related = ("location",)


class ReadConcern(OfConcern):
    """One concern, as far as you may know it."""

    path = "concerns/<uuid:id>/"
    shows = shown.ConcernShown

    def told(self, thing: Concern) -> Any:
        """Return what the reader may know of it."""
        return shown.whole_of(self.by, thing, self.shelf)


class ReadHistory(OfConcern):
    """How a concern was changed: each change of which you may read both sides."""

    path = "concerns/<uuid:id>/history/"
    shows = shown.HistoryShown

    def told(self, thing: Concern) -> Any:
        """Return its changes; of a tombstone there is nothing to read."""
        if thing.status in TOMBSTONES:
            return {"steps": []}
        return {"steps": [one for one in history(self.by, thing, self.shelf, self.now) if one.changes]}


class ReadAccess(OfConcern):
    """Why you see a concern; to the body that looks after it also who else does, and with whom it is shared."""

    path = "concerns/<uuid:id>/access/"
    permission = "access.why"
    shows = shown.AccessShown

    def told(self, thing: Concern) -> Any:
        """Return the reasons, and to the owner the readers; a room out of sight is no share of theirs to know."""
        if not thing.record.is_of(self.by) or thing.status in TOMBSTONES:
            return {"why": explain(self.reasons), "readers": [], "shares": []}
        return {"why": explain(self.reasons), **audience_told(self.by, thing.record)}


def audience_told(by: Principal, record: Record) -> dict[str, Any]:
    """Return what the body that looks after a record is told of its readers and its shares."""
    shares = live_shares(record)
    rooms = rooms_out_of_sight(by, [one.audience_id for one in shares])
    return {
        "readers": [{"name": one.name, "agency": one.agency_name} for one in readers(plan_of(record))],
        "shares": [
            {
                "id": one.pk,
                "kind": one.audience.kind,
                "to": str(one.audience.qsg or one.audience.person or one.audience.agency or ""),
                "at": one.at,
                "gateway": one.gateway,
            }
            for one in shares
            if one.audience_id not in rooms
        ],
    }


class ListSaid(Shelved, ListingUnder):
    """Base of the lists of what is said of one concern, the newest first."""

    abstract = True
    permission = "concern.read"
    kind = Concern
    says: ClassVar[type[Sighted]]

    def rows(self) -> QuerySet[Any]:
        """Return what is in sight by itself, too."""
        said = self.says._default_manager.filter(record__parent=self.thing.pk)
        return visible_to(self.by, said).select_related("record__owner", "record__recorded_by")

    def told(self, thing: Any) -> Any:
        """Return what is told of it."""
        return shown.said_of(self.shows, thing)


class ReadSaid(Shelved, One):
    """Base of what is read of one thing that was said."""

    abstract = True
    permission = "concern.read"
    related = ("record__recorded_by",)

    def told(self, thing: Any) -> Any:
        """Return what is told of it."""
        return shown.said_of(self.shows, thing)


class OfCorroborations(Shelved):
    """Mixed into the endpoints of corroborations: how each is known, as this reader may know it."""

    def told(self: Any, thing: Corroboration) -> Any:
        """Return it with its source."""
        return shown.corroboration_of(self.by, thing, self.shelf)


class ListCorroborations(OfCorroborations, ListSaid):
    """What other bodies say that they see too, or see otherwise."""

    path = "concerns/<uuid:id>/corroborations/"
    says = Corroboration
    shows = shown.CorroborationShown


class ReadCorroboration(OfCorroborations, ReadSaid):
    """What one body says that it sees."""

    path = "corroborations/<uuid:id>/"
    kind = Corroboration
    shows = shown.CorroborationShown


class ListComments(ListSaid):
    """Comments on a concern."""

    path = "concerns/<uuid:id>/comments/"
    says = Comment
    shows = shown.CommentShown


class ReadComment(ReadSaid):
    """One comment."""

    path = "comments/<uuid:id>/"
    kind = Comment
    shows = shown.CommentShown


class ListLooks(ListSaid):
    """Who went and looked."""

    path = "concerns/<uuid:id>/looks/"
    says = GoAndLook
    shows = shown.LookShown


class ReadLook(ReadSaid):
    """That somebody went and looked, or why nobody did."""

    path = "looks/<uuid:id>/"
    kind = GoAndLook
    shows = shown.LookShown
