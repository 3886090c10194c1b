"""What is done with concerns: each the operation of the same name."""

from typing import Any, ClassVar

from access.api import Deed
from access.principal import OWN_BODY, Place
from concerns.api import given, reading
from concerns.models import Concern
from concerns.operations.changing import amend_concern, close_concern, supersede_concern, withdraw_concern
from concerns.operations.looking import record_look
from concerns.operations.raising import note_concern, raise_at_once
from concerns.operations.saying import comment, corroborate
from concerns.operations.sharing import ask_to_share, share_less, share_more
from concerns.operations.writing import content_of


class RaiseConcern(Deed):
    """Raise a concern that is complete, and share it as you say.

    Whether anyone is in danger starts clocks: ring the council or the police first, and raise it then.
    """

    path = "concerns/"
    permission = "concern.raise"
    takes = given.ConcernGiven
    gives = reading.ReadConcern
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Raise it."""
        return raise_at_once(
            by=self.by,
            now=self.now,
            about=given.about_of(said["about"]),
            content=given.content_of(said),
            choice=given.sharing_of(said["sharing"]),
            decided=said.get("decided", frozenset()),
        )


class NoteConcern(Deed):
    """Raise a concern by a quick note: shared by the group's usual rule, and completed later."""

    path = "concerns/notes/"
    permission = "concern.raise"
    takes = given.NoteGiven
    gives = reading.ReadConcern
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Note it."""
        return note_concern(
            by=self.by,
            now=self.now,
            about=given.about_of(said["about"]),
            content=given.content_of(said),
            decided=said.get("decided", frozenset()),
        )


class OwnersDeed(Deed):
    """Base of what the body that looks after a concern does with it, upon what was read."""

    abstract = True
    kind = Concern
    gives = reading.ReadConcern
    seen = "version"

    def place(self) -> Place:
        """Return the owner."""
        owner: Place = self.thing.record
        return owner


class AmendConcern(OwnersDeed):
    """Change what a concern says; what it said before is kept."""

    path = "concerns/<uuid:id>/"
    method = "PATCH"
    permission = "concern.amend"
    takes = given.ConcernChanged

    def act(self, said: dict[str, Any]) -> Any:
        """Change it."""
        return amend_concern(
            by=self.by,
            now=self.now,
            concern=self.thing,
            content=given.content_of(said, content_of(self.thing)),
            seen=self.thing.version,
            decided=said.get("decided", frozenset()),
        )


class CloseConcern(OwnersDeed):
    """Close a concern with what came of it."""

    path = "concerns/<uuid:id>/close/"
    permission = "concern.close"
    takes = given.ClosingGiven
    does = close_concern


class WithdrawConcern(OwnersDeed):
    """Take a concern back: those who had it keep a tombstone without its words."""

    path = "concerns/<uuid:id>/withdraw/"
    permission = "concern.withdraw"
    takes = given.ReasonGiven
    does = withdraw_concern


class SupersedeConcern(OwnersDeed):
    """Let another concern of the same body take the place of this one."""

    path = "concerns/<uuid:id>/supersede/"
    permission = "concern.withdraw"
    takes = given.ReplacementGiven
    does = supersede_concern


class ShareConcern(OwnersDeed):
    """Share a concern with more people; those whose words go with it are told."""

    path = "concerns/<uuid:id>/share/"
    permission = "concern.share"
    takes = given.SharingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Share it."""
        share_more(
            by=self.by,
            now=self.now,
            concern=self.thing,
            choice=given.sharing_of(said),
            seen=self.thing.version,
        )
        return self.thing


class UnshareConcern(OwnersDeed):
    """End shares of a concern, and shut bodies out: their sight ends at their next request."""

    path = "concerns/<uuid:id>/unshare/"
    permission = "concern.share"
    takes = given.EndingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """End them."""
        share_less(
            by=self.by,
            now=self.now,
            concern=self.thing,
            shares=said.get("shares", ()),
            seen=self.thing.version,
            excluded=frozenset(said.get("excluded", ())),
        )
        return self.thing


class ReadersDeed(Deed):
    """Base of what any reader of a concern may add to it."""

    abstract = True
    kind = Concern
    makes = True

    def place(self) -> Place:
        """Return one's own body: whoever sees it may say something."""
        return OWN_BODY


class AskToShare(ReadersDeed):
    """Ask the body that looks after a concern to share it further. It decides."""

    path = "concerns/<uuid:id>/ask-to-share/"
    permission = "concern.comment"
    takes = given.WishGiven
    gives = reading.ReadConcern
    makes: ClassVar[bool] = False

    def act(self, said: dict[str, Any]) -> Any:
        """Ask."""
        ask_to_share(by=self.by, now=self.now, concern=self.thing, **said)
        return self.thing


class Corroborate(ReadersDeed):
    """Say for your body that it sees it too, or sees the opposite."""

    path = "concerns/<uuid:id>/corroborations/"
    permission = "concern.corroborate"
    takes = given.CorroborationGiven
    gives = reading.ReadCorroboration
    does = corroborate


class CommentOnConcern(ReadersDeed):
    """Say a word on a concern."""

    path = "concerns/<uuid:id>/comments/"
    permission = "concern.comment"
    takes = given.CommentGiven
    gives = reading.ReadComment

    def act(self, said: dict[str, Any]) -> Any:
        """Say it."""
        people = given.people_of({"people": said.pop("people", ())})
        return comment(by=self.by, now=self.now, concern=self.thing, people=people, **said)


class RecordLook(ReadersDeed):
    """Write down who went and looked and what was found, or why nobody went. It meets the clock by the deed."""

    path = "concerns/<uuid:id>/looks/"
    permission = "concern.go_and_look"
    takes = given.LookGiven
    gives = reading.ReadLook

    def act(self, said: dict[str, Any]) -> Any:
        """Write it down."""
        return record_look(by=self.by, now=self.now, record=self.thing.record, **said)
