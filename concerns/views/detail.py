"""A concern: what is known, who else sees it, what is being done, and every change of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.models import Listing, Record
from access.principal import OWN_BODY, Place
from access.reach import by_body, plan_of, readers, rooms_out_of_sight
from access.sight import visible_to
from access.views import RecordPage
from actions.operations import actions_from
from clocks.showing import labelled
from concerns.models import Comment, Concern, ConcernChange, Corroboration, GoAndLook
from concerns.operations.changing import closing_outcomes
from concerns.operations.reading import Around, around, history, present
from concerns.operations.safety import entries_of
from concerns.operations.sharing import live_shares
from concerns.operations.timing import SAFETY, open_clocks
from concerns.panels import Button, buttons_for, panels_for
from concerns.rules import danger
from concerns.rules.content import IN_DANGER
from concerns.rules.origins import OPPOSITE, STANCE_WORDS, TOO
from concerns.rules.sharing import GATEWAYS
from concerns.rules.states import CLOSED, DRAFT, OPEN, TOMBSTONES, WORDS
from concerns.rules.words import FIELD_WORDS
from concerns.views.base import Shelved
from concerns.views.listing import about_words
from notifications.inbox import things_of

OWN_KINDS = (Corroboration.KIND, Comment.KIND, GoAndLook.KIND)
FACTS = (
    "happened",
    "source",
    "reliability",
    "severity",
    "confidence",
    "dimensions",
    "outcome_domain",
    "danger",
)


class ConcernPage(Shelved, RecordPage):
    """One concern, each part only as far as it is in the reader's sight."""

    permission = "concern.read"
    template = "concerns/concern.jinja"
    kind = Concern
    thing: Concern

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; a draft goes on where it stands, a tombstone says only that it was."""
        if self.thing.status == DRAFT:
            return HttpResponseRedirect(self.thing.get_absolute_url())
        if self.thing.status in TOMBSTONES:
            self.template = "concerns/tombstone.jinja"
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the parts of the page."""
        concern = self.thing
        if concern.status in TOMBSTONES:
            return {"status": WORDS[concern.status], "replacement": self._replacement()}
        ours = concern.record.is_of(self.by)
        said = around(self.by, concern, self.shelf)
        says = present(concern, ours=ours, shelf=self.shelf)
        clocks = open_clocks(concern.record)
        return {
            "status": WORDS[concern.status],
            "about": about_words(concern),
            "providers": list(concern.record.providers.all()),
            "says": says,
            "facts_rows": [{"key": FIELD_WORDS[name], "value": says[name]} for name in FACTS if says[name]],
            "said": said,
            "stances": STANCE_WORDS,
            "reports": [(one, self._source(one)) for one in said.reports],
            "in_danger": concern.danger in IN_DANGER or any(one.family in SAFETY for one in clocks),
            "clocks": labelled(clocks, self.now),
            "actions": actions_from(self.by, concern.record),
            "panels": panels_for(self.by, concern, self.now),
            "buttons": [*self._buttons(ours), *buttons_for(self.by, concern, self.now)],
            "timeline_entries": self._timeline(said),
            "ours": ours,
            "readers": self._readers() if self._is_owner() else [],
            "shares": self._shares() if self._is_owner() else [],
        }

    def _is_owner(self) -> bool:
        return bool(self.thing.record.is_of(self.by))

    def _replacement(self) -> Concern | None:
        """Return the concern that took its place, where the reader sees it."""
        return visible_to(self.by, Concern.objects.filter(pk=self.thing.superseded_by_id)).first()

    def _source(self, report: Corroboration) -> str:
        """Return how a report is known, as this reader may know it."""
        if report.record.is_of(self.by):
            label = self.shelf.label("source_kind", report.source_kind)
            return f"{label}: {report.source_other}" if report.source_other else label
        return self.shelf.shown_outside(report.source_kind)

    def _buttons(self, ours: bool) -> list[Button]:
        """Return the deeds that this person may do in this status, named as what they are."""
        is_open, stands = self.thing.status == OPEN, self.thing.status in (OPEN, CLOSED)
        note = self.thing.to_complete

        def at_owner(permission: str) -> bool:
            return self.by.may(f"concern.{permission}", at=self.thing.record)

        def at_home(permission: str) -> bool:
            return self.by.may(permission, at=OWN_BODY)

        others = is_open and not ours and at_home("concern.corroborate")
        offered = [
            (is_open and note and at_owner("amend"), "Complete this note", "concerns:amend"),
            (stands and at_owner("share"), "Share this", "concerns:share"),
            (others, STANCE_WORDS[TOO], "concerns:too"),
            (others, STANCE_WORDS[OPPOSITE], "concerns:opposite"),
            (is_open and at_home("action.ask"), "Ask for action", "actions:ask_from"),
            (is_open and at_home("concern.comment"), "Comment", "concerns:comment"),
            (is_open and at_home("concern.go_and_look"), "Say who went and looked", "concerns:look"),
            (is_open and not note and at_owner("amend"), "Change this", "concerns:amend"),
            (stands and at_owner("share"), "Share with fewer", "concerns:less"),
            (stands and not ours and at_home("concern.comment"), "Ask to share it", "concerns:ask"),
            (is_open and at_owner("close"), "Close this", "concerns:close"),
            (stands and at_owner("withdraw"), "Withdraw this", "concerns:withdraw"),
        ]
        return [Button(text, reverse(page, args=[self.thing.pk])) for may, text, page in offered if may]

    def _timeline(self, said: Around) -> list[dict[str, Any]]:
        """Return everything that happened, the newest first."""
        outcomes = closing_outcomes(self.now)
        changed = self.thing.changes.exclude(became=DRAFT).select_related("by")
        entries = [_change_entry(one, outcomes) for one in changed]
        entries += [
            {
                "at": step.at,
                "what": "Changed",
                "by": step.by,
                "href": reverse("concerns:history", args=[self.thing.pk]),
            }
            for step in history(self.by, self.thing, self.shelf, self.now)
            if step.changes
        ]
        for one in (*said.reports, *said.comments, *said.looks):
            entries.append(_said_entry(one))
        entries += [
            {
                "at": one.happened_at,
                "recorded_at": one.recorded_at,
                "what": danger.DEED_WORDS[one.deed],
                "by": f"{one.by}, {one.agency}",
                "href": reverse("concerns:safety", args=[self.thing.pk]),
            }
            for one in entries_of(self.thing.record)
        ]
        entries += self._what_came_of_it()
        return sorted(entries, key=lambda entry: entry["at"], reverse=True)

    def _what_came_of_it(self) -> list[dict[str, Any]]:
        """Return the actions, summits and other things that came from it, as far as the reader sees them."""
        born = Record.objects.filter(parent=self.thing.pk).exclude(kind__in=OWN_KINDS)
        records = {one.pk: one for one in visible_to(self.by, born.select_related("owner"))}
        return [
            {
                "at": records[key].recorded_at,
                "what": one.title,
                "by": str(records[key].owner),
                "href": one.get_absolute_url(),
            }
            for key, one in things_of(records).items()
        ]

    def _readers(self) -> list[dict[str, Any]]:
        """Return who can see it, by body and name, for the body that looks after it."""
        held = by_body(readers(plan_of(self.thing.record)))
        return [
            {"name": name, "count": len(people), "people": [one.name for one in people]}
            for name, people in held.items()
        ]

    def _shares(self) -> list[dict[str, Any]]:
        """Return each live share: with whom, since when, by whom, why.

        The people of a room that the reader does not see stand there by name, as anybody named does.
        """
        shares = live_shares(self.thing.record)
        rooms = rooms_out_of_sight(self.by, [one.audience_id for one in shares])
        rows = [
            {"with": words, "at": one.at, "by": one.by, "why": GATEWAYS.get(one.gateway, "")}
            for one in shares
            for words in (
                self._people_in(rooms[one.audience_id]) if one.audience_id in rooms else [share_words(one)]
            )
        ]
        return sorted(rows, key=lambda row: (row["at"], row["with"]))

    def _people_in(self, room: UUID) -> list[str]:
        """Return the people of a room by name, the owner's own apart: they see it anyway."""
        listed = Listing.objects.filter(summit=room, ended_at=None).exclude(agency=self.thing.record.owner)
        return [f"{one.user}, {one.agency}" for one in listed.select_related("user", "agency")]


def share_words(share: Any) -> str:
    """Return with whom a share shares."""
    audience = share.audience
    if audience.person:
        return f"{audience.person}, {audience.agency}"
    place = audience.qsg or audience.agency
    label = audience.Kind(audience.kind).label
    return f"{label}: {place}" if place else label


def _change_entry(change: ConcernChange, outcomes: dict[str, str]) -> dict[str, Any]:
    what = "Raised" if change.became == OPEN else WORDS[change.became]
    if change.outcome:
        what = f"{what}: {outcomes.get(change.outcome, change.outcome)}"
    return {"at": change.at, "what": what, "by": str(change.by or ""), "text": change.reason}


def _said_entry(one: Any) -> dict[str, Any]:
    return {
        "at": one.record.happened_at,
        "recorded_at": one.record.recorded_at,
        "what": one.title,
        "by": f"{one.record.recorded_by}, {one.record.owner}",
        "href": f"#said-{one.pk}",
    }


class HistoryPage(Shelved, RecordPage):
    """Each change of a concern in words, as far as the reader may read both its sides."""

    permission = "concern.read"
    template = "concerns/history.jinja"
    kind = Concern
    thing: Concern

    def place(self) -> Place:
        """Return one's own body: whoever sees it may read it."""
        return OWN_BODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; of a tombstone there is nothing to read."""
        if self.thing.status in (DRAFT, *TOMBSTONES):
            return HttpResponseRedirect(reverse("concerns:concern", args=[self.thing.pk]))
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the changes."""
        return {"steps": history(self.by, self.thing, self.shelf, self.now)}
