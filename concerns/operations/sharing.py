"""Sharing more and less: its owner's deeds. A reader asks (mission C14)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from access import reach
from access.models import Audience, Record, Share
from access.operations import audience, end_shares, exclude, operation, readers_with, share_record
from access.principal import OWN_BODY, Principal
from access.reach import Plan, Reader
from access.refusals import Invalid, NotNow
from agencies.models import Agency, QualitySurveillanceGroup
from audit.operations import record_deed
from concerns.models import Concern
from concerns.operations.changing import require_owner
from concerns.operations.places import are_known
from concerns.operations.telling import tell_of_the_asking, tell_of_the_widening, tell_the_named
from concerns.operations.writing import mark_changed, refuse, take_up
from concerns.rules.sharing import Choice, audience_keys, check_choice, not_seen_by
from concerns.rules.states import CLOSED, OPEN, WORDS

Kind = Audience.Kind


@dataclass(frozen=True)
class Foreseen:
    """Who will see a concern as it is about to be shared.

    Attributes:
        readers: everyone, by body and name.
        not_them: who will not, in words.
    """

    readers: tuple[Reader, ...]
    not_them: tuple[str, ...]

    @property
    def bodies(self) -> list[dict[str, object]]:
        """By body, with counts and names, as the page draws it."""
        held = reach.by_body(self.readers)
        return [
            {"name": name, "count": len(people), "people": [one.name for one in people]}
            for name, people in held.items()
        ]


def foresee(
    *,
    owner: UUID,
    choice: Choice,
    providers: Iterable[UUID],
    saved: Record | None = None,
) -> Foreseen:
    """Return who would see a concern shared like this, before anything is saved. Writes nothing.

    Args:
        owner: the body that owns it.
        choice: who should see it; with ``saved``, what is added.
        providers: whom it is about.
        saved: the record, when it is shared already; a gate that it stands behind goes on counting, a draft's apart.
    """
    base = reach.plan_of(saved) if saved else Plan(owner=owner, closed=choice.closed, kind=Concern.KIND)
    plan = replace(
        base,
        gate=Record.Gate.OPEN if base.gate == Record.Gate.DRAFT else base.gate,
        named_people=base.named_people | choice.people,
        providers=base.providers | frozenset(providers),
        excluded=base.excluded | choice.excluded,
    )
    wanted = [key for key in audience_keys(choice) if key["kind"] != Kind.PERSON]
    return Foreseen(tuple(readers_with(plan, wanted)), tuple(_not_them(owner, choice, saved)))


def _not_them(owner: UUID, choice: Choice, saved: Record | None) -> list[str]:
    if saved is not None:
        held = choice_of(saved)
        choice = replace(
            choice,
            closed=held.closed,
            people=choice.people | held.people,
            agencies=choice.agencies | held.agencies,
            groups=choice.groups | held.groups,
            all_groups=choice.all_groups or held.all_groups,
            excluded=choice.excluded | held.excluded,
        )
    groups = QualitySurveillanceGroup.objects.filter(pk__in=[one for _, one in choice.groups])
    shut_out = Agency.objects.filter(pk__in=choice.excluded)
    return not_seen_by(
        choice,
        owner=owner,
        group_names=dict(groups.values_list("pk", "name")),
        agency_names=dict(shut_out.values_list("pk", "name")),
    )


def live_shares(record: Record) -> list[Share]:
    """Return a record's live shares, the oldest first."""
    held = record.shares.filter(ended_at=None)
    return list(
        held.select_related("audience__qsg", "audience__agency", "audience__person", "by").order_by(
            "at", "id"
        )
    )


def choice_of(record: Record) -> Choice:
    """Return with whom a record is shared now, as a choice."""
    live = [one.audience for one in live_shares(record)]
    return Choice(
        closed=record.closed,
        people=frozenset(
            (one.person_id, one.agency_id)
            for one in live
            if one.kind == Kind.PERSON and one.person_id and one.agency_id
        ),
        agencies=frozenset(one.agency_id for one in live if one.kind == Kind.AGENCY and one.agency_id),
        groups=frozenset((one.kind, one.qsg_id) for one in live if one.qsg_id),
        all_groups=any(one.kind == Kind.ALL_SEATS for one in live),
        excluded=frozenset(record.exclusions.values_list("agency_id", flat=True)),
    )


@dataclass(frozen=True)
class Words:
    """A body whose words hang on a concern, and who wrote them."""

    agency: str
    authors: tuple[UUID, ...]


def words_that_go_with(concern: Concern) -> list[Words]:
    """Return the other bodies whose comments and reports more people will read when a concern is shared more.

    Words that their author narrowed stay where they are.
    """
    # Not narrowed to what the sharer sees: whoever's words go must be told, and only the names of bodies are shown.
    children = (
        Record.objects.filter(parent=concern.pk, parent_rule=Record.ParentRule.REQUIRED, narrowed=False)
        .exclude(owner=concern.record.owner_id)
        .select_related("owner")
        .order_by("owner__name", "recorded_at")
    )
    held: dict[str, list[UUID]] = {}
    for one in children:
        held.setdefault(str(one.owner), []).extend([one.recorded_by_id] if one.recorded_by_id else [])
    return [Words(name, tuple(dict.fromkeys(authors))) for name, authors in held.items()]


def _take_up_shared(by: Principal, concern: Concern, seen: int) -> Concern:
    held = take_up(by=by, concern=concern, seen=seen)
    require_owner(by, held, "concern.share")
    if held.status not in (OPEN, CLOSED):
        raise NotNow(f"This concern is {WORDS[held.status].lower()}, so it is not shared further.")
    return held


@operation("concern.shared")
def share_more(*, by: Principal, now: datetime, concern: Concern, choice: Choice, seen: int) -> list[Share]:
    """Share a concern with more people; those whose words go with it are told.

    Args:
        by: needs ``concern.share`` at the owner: only the owner shares onward.
        now: the moment.
        concern: in sight of ``by``.
        choice: whom to add; ``closed`` is not changed here, ``excluded`` is added to.
        seen: its ``version`` when the person read it.

    Returns:
        The new shares.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    held = _take_up_shared(by, concern, seen)
    record = held.record
    before = choice_of(record)
    added = replace(choice, closed=False)
    refuse(check_choice(added, owner=record.owner_id))
    refuse(are_known(added, now))
    if (added.agencies | {agency for _, agency in added.people}) & before.excluded:
        raise Invalid({"agencies": "This body was shut out of the concern, so it cannot be given it"})
    new = share_record(
        record=record,
        audiences=[audience(**key) for key in audience_keys(added)],
        by=by,
        now=now,
        gateway=added.gateway,
    )
    exclude(record=record, agencies=added.excluded, now=now)
    if not new and not added.excluded - before.excluded:
        raise Invalid({"": "They can see it already, so nothing was changed."})
    mark_changed(held, by=by, now=now)
    held.save()
    if new:
        authors = [one for words in words_that_go_with(held) for one in words.authors]
        tell_of_the_widening(held, authors, by=by, now=now)
        tell_the_named(held, [one for one, _ in added.people - before.people], by=by, now=now)
    detail = {
        "audiences": [one.audience_id for one in new],
        "gateway": added.gateway,
        "excluded": sorted(map(str, added.excluded)),
    }
    record_deed(by=by, now=now, deed="concern.shared", record=held.pk, detail=detail)
    return new


@operation("concern.share_ended")
def share_less(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    shares: Iterable[UUID],
    seen: int,
    excluded: frozenset[UUID] = frozenset(),
) -> None:
    """End shares, and shut bodies out: their sight ends at their next request.

    Args:
        by: needs ``concern.share`` at the owner.
        now: the moment.
        concern: in sight of ``by``.
        shares: the shares to end, of this concern.
        seen: its ``version`` when the person read it.
        excluded: bodies to shut out, whatever they were granted.
    """
    held = _take_up_shared(by, concern, seen)
    record, wanted = held.record, set(shares)
    ending = [one for one in live_shares(record) if one.pk in wanted]
    if len(ending) != len(wanted):
        raise Invalid({"shares": "Choose one of the answers in the list"})
    if not ending and not excluded:
        raise Invalid({"shares": "Choose who should no longer see it"})
    if not reach.bodies_of(record).isdisjoint(excluded):
        raise Invalid({"excluded": "Your own body cannot be shut out of what it raised"})
    refuse(are_known(Choice(excluded=excluded), now))
    end_shares(record=record, audiences=[one.audience for one in ending], now=now)
    if record.closed and not _somebody_at_owner_reads(record):
        raise Invalid(
            {"shares": "A closed concern needs somebody at your own body who can handle it. Keep one"}
        )
    exclude(record=record, agencies=excluded, now=now)
    mark_changed(held, by=by, now=now)
    held.save()
    detail = {
        "audiences": [one.audience_id for one in ending],
        "excluded": sorted(map(str, excluded)),
    }
    record_deed(by=by, now=now, deed="concern.share_ended", record=held.pk, detail=detail)


def _somebody_at_owner_reads(record: Record) -> bool:
    """Say whether anybody at the owner sees a record now; emergency access, which passes, does not count."""
    found = reach.readers(reach.plan_of(record), emergency=False)
    return not reach.bodies_of(record).isdisjoint(one.agency_id for one in found)


@operation("concern.share_asked")
def ask_to_share(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    group: UUID | None = None,
    agency: UUID | None = None,
) -> None:
    """Ask the owner to share further: a reader asks, and the owner decides.

    Args:
        by: needs ``concern.comment`` at their own body, and must see the concern.
        now: the moment.
        concern: in sight of ``by``.
        group: the group that should see it, or
        agency: the body that should.
    """
    held = take_up(by=by, concern=concern)
    by.require("concern.comment", at=OWN_BODY)
    if held.record.is_of(by):
        raise NotNow("Your own body looks after this concern, so it can share it itself.")
    if held.status not in (OPEN, CLOSED):
        raise NotNow(f"This concern is {WORDS[held.status].lower()}, so it is not shared further.")
    if (group is None) == (agency is None):
        raise Invalid({"agency": "Say who else should see it: one group, or one body"})
    refuse(
        are_known(
            Choice(
                groups=frozenset({("qsg_seats", group)}) if group else frozenset(),
                agencies=frozenset({agency}) if agency else frozenset(),
            ),
            now,
        )
    )
    wish, about = ("group", group) if group else ("agency", agency)
    tell_of_the_asking(held, wish=wish, about=about, by=by, now=now)
    detail = {wish: str(about)}
    record_deed(by=by, now=now, deed="concern.share_asked", record=held.pk, detail=detail)
