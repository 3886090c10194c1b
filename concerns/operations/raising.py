"""Raising a concern: a quick note on one screen, or five short steps that keep a draft."""

from collections.abc import Mapping, Set
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from access.drafts import open_draft, set_about
from access.models import Audience, Record
from access.operations import (
    audience,
    create_record,
    end_shares,
    exclude,
    operation,
    share_record,
    withdraw_record,
)
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from agencies.models import QualitySurveillanceGroup
from audit.operations import record_deed
from clocks.operations import tell_again
from clocks.rules.states import WITHDRAWN
from concerns.models import Concern, ConcernChange
from concerns.operations.lists import shelf
from concerns.operations.looking import time_the_look
from concerns.operations.places import are_known, groups_to_offer, usual_choice
from concerns.operations.safety import flag_if_in_danger
from concerns.operations.telling import tell_the_named
from concerns.operations.timing import SAFETY, stop_clocks
from concerns.operations.writing import (
    change_status,
    content_of,
    guard,
    keep_version,
    mark_changed,
    put_content,
    refuse,
    take_up,
    who_acts,
)
from concerns.rules import content as rules
from concerns.rules import states
from concerns.rules.content import About, Content
from concerns.rules.sharing import (
    Choice,
    audience_keys,
    check_choice,
    from_plain,
    keeping,
    to_plain,
)
from providers.models import Location, Provider
from reference.personal_data import codes
from timekeeping.london import london_day

TRIES = 8


def _check_exists(by: Principal, about: About) -> None:
    """Refuse a provider or place that does not exist; a forged id reads like an absent one."""
    refuse(rules.check_about(about))
    absent = "Choose one of the answers in the list"
    field = "providers" if about.kind == rules.THEME else "provider"
    held = set(Provider.objects.filter(pk__in=about.providers).values_list("pk", flat=True))
    if held != set(about.providers):
        raise Invalid({field: absent})
    if by.own_conflicts & held:
        raise Invalid({field: "You have a declared interest in this provider. Ask a colleague to raise it"})
    if about.location:
        here = Location.objects.filter(pk=about.location, provider_id__in=about.providers)
        if not here.exists():
            raise Invalid({"location": absent})


def _put_about(concern: Concern, about: About) -> None:
    concern.about = about.kind
    concern.location_id = about.location if about.kind == rules.LOCATION else None
    unregistered = about.kind == rules.UNREGISTERED
    concern.service_name = about.name.strip() if unregistered else ""
    concern.service_place = about.place.strip() if unregistered else ""


def _save_new(concern: Concern) -> None:
    """Save a new concern under a reference that nobody has; a taken one is drawn again."""
    for _ in range(TRIES):
        concern.reference = states.new_reference()
        try:
            with transaction.atomic():
                concern.save(force_insert=True)
            return
        except IntegrityError:
            if not Concern.objects.filter(reference=concern.reference).exists():
                raise
    raise NotNow("No free reference was found. Nothing was lost: save again.")


def _give(concern: Concern, choice: Choice, *, by: Principal, now: datetime) -> list[Audience]:
    """Share a concern as chosen, and shut out whom the choice shuts out."""
    audiences = [audience(**key) for key in audience_keys(choice)]
    share_record(record=concern.record, audiences=audiences, by=by, now=now, gateway=choice.gateway)
    exclude(record=concern.record, agencies=choice.excluded, now=now)
    return audiences


@operation("concern.noted")
def note_concern(
    *, by: Principal, now: datetime, about: About, content: Content, decided: Set[str] = frozenset()
) -> Concern:
    """Raise a concern from a quick note: open at once, shared by the group's usual rule, completed later.

    Args:
        by: needs ``concern.raise`` at their own body.
        now: the moment.
        about: what it is about.
        content: one line, how it is known and whether anyone is in danger are enough.
        decided: marks of what looks like a patient's and, the person says, is not.

    Returns:
        The open concern.

    Raises:
        NotPermitted, Invalid: with their sentences.
    """
    by.require("concern.raise", at=OWN_BODY)
    _check_exists(by, about)
    refuse(rules.check_content(content, shelf(london_day(now)).lists, now=now, wanted=rules.ALWAYS))
    concern = _open_at_once(about, content, by=by, now=now, decided=decided, note=True)
    given = _give(concern, usual_choice(about.providers, by.agency_id, now), by=by, now=now)
    flag_if_in_danger(concern, by=by, now=now)
    time_the_look(concern, by=by, now=now)
    detail = {"audiences": [one.pk for one in given], "personal_data": codes(content.texts.values())}
    record_deed(by=by, now=now, deed="concern.noted", record=concern.pk, detail=detail)
    return concern


def _open_at_once(
    about: About,
    content: Content,
    *,
    by: Principal,
    now: datetime,
    decided: Set[str],
    note: bool = False,
    closed: bool = False,
) -> Concern:
    """Make an open concern, shared with nobody yet, of what was checked already."""
    guard({**content.texts, "name": about.name, "place": about.place}, decided=decided)
    record = create_record(kind=Concern.KIND, by=by, now=now, providers=about.providers, closed=closed)
    concern = Concern(
        record=record, status=states.OPEN, to_complete=note, changed_at=now, changed_by_id=by.user_id
    )
    _put_about(concern, about)
    put_content(concern, content)
    concern.severity = concern.severity or rules.NOT_KNOWN
    record.save(update_fields=["happened_at"])
    _save_new(concern)
    ConcernChange.objects.create(concern=concern, became=states.OPEN, at=now, by_id=by.user_id)
    keep_version(concern, by=by, now=now)
    return concern


@operation("concern.raised")
def raise_at_once(
    *,
    by: Principal,
    now: datetime,
    about: About,
    content: Content,
    choice: Choice,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Raise a concern that is complete already, as a body's own system hands one in: the five steps in one.

    Args:
        by: needs ``concern.raise`` at their own body.
        now: the moment.
        about: what it is about.
        content: all that a concern must say.
        choice: who should see it; a person who closes it stays among those named.
        decided: see ``note_concern``.

    Returns:
        The open concern.

    Raises:
        NotPermitted, NotNow, Invalid: with their sentences.
    """
    by.require("concern.raise", at=OWN_BODY)
    if by.agency_id is None:
        raise NotNow("You act for no body at the moment, so nothing can be raised in its name.")
    _check_exists(by, about)
    refuse(rules.check_content(content, shelf(london_day(now)).lists, now=now))
    if choice.closed and by.user_id:
        choice = keeping(choice, who_acts(by))
    refuse(check_choice(choice, owner=by.agency_id) | are_known(choice, now))
    concern = _open_at_once(about, content, by=by, now=now, decided=decided, closed=choice.closed)
    given = _give(concern, choice, by=by, now=now)
    flag_if_in_danger(concern, by=by, now=now)
    time_the_look(concern, by=by, now=now)
    tell_the_named(concern, [one for one, _ in choice.people], by=by, now=now)
    detail = {
        "audiences": [one.pk for one in given],
        "gateway": choice.gateway,
        "closed": choice.closed,
        "excluded": sorted(map(str, choice.excluded)),
        "personal_data": codes(content.texts.values()),
    }
    record_deed(by=by, now=now, deed="concern.raised", record=concern.pk, detail=detail)
    return concern


@operation("concern.draft_started")
def start_draft(*, by: Principal, now: datetime, about: About, decided: Set[str] = frozenset()) -> Concern:
    """Take the first step of raising: keep a draft that only its author sees.

    Args:
        by: needs ``concern.raise`` at their own body.
        now: the moment.
        about: what it is about.
        decided: see ``note_concern``.
    """
    by.require("concern.raise", at=OWN_BODY)
    _check_exists(by, about)
    guard({"name": about.name, "place": about.place}, decided=decided)
    record = create_record(
        kind=Concern.KIND, by=by, now=now, providers=about.providers, gate=Record.Gate.DRAFT
    )
    concern = Concern(record=record, steps_done=[rules.ABOUT], changed_at=now, changed_by_id=by.user_id)
    _put_about(concern, about)
    _save_new(concern)
    ConcernChange.objects.create(concern=concern, became=states.DRAFT, at=now, by_id=by.user_id)
    author = audience("person", person=by.user_id, agency=by.agency_id)
    share_record(record=record, audiences=[author], by=by, now=now)
    record_deed(by=by, now=now, deed="concern.draft_started", record=record.pk, detail={"about": about.kind})
    return concern


def _take_up_draft(by: Principal, concern: Concern, seen: int, step: str) -> Concern:
    """Take a draft for one step of raising; steps are not skipped."""
    by.require("concern.raise", at=OWN_BODY)
    draft = take_up(by=by, concern=concern, seen=seen)
    if draft.status != states.DRAFT:
        raise NotNow("This was raised already. Open it to see how it stands, and change it there.")
    if not rules.may_take(step, set(draft.steps_done)):
        raise NotNow("An earlier step is still open. Take the steps in their order; what you wrote is kept.")
    return draft


def _keep_step(draft: Concern, step: str, *, by: Principal, now: datetime, found: list[str]) -> Concern:
    draft.steps_done = [one for one in rules.STEPS if one in {*draft.steps_done, step}]
    mark_changed(draft, by=by, now=now)
    draft.save()
    detail = {"step": step, "personal_data": found}
    record_deed(by=by, now=now, deed="concern.draft_saved", record=draft.pk, detail=detail)
    return draft


@operation("concern.draft_saved")
def save_about(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    about: About,
    seen: int,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Say anew what a draft is about; who should see it is then asked again.

    Args:
        by: its author.
        now: the moment.
        concern: the draft.
        about: what it is about.
        seen: the draft's ``version`` when the person read it.
        decided: see ``note_concern``.
    """
    draft = _take_up_draft(by, concern, seen, rules.ABOUT)
    _check_exists(by, about)
    texts = {"name": about.name, "place": about.place}
    guard(texts, decided=decided, before=[draft.service_name, draft.service_place])
    set_about(record=draft.record, providers=about.providers)
    _put_about(draft, about)
    draft.steps_done = [one for one in draft.steps_done if one != rules.SEEN_BY]
    return _keep_step(draft, rules.ABOUT, by=by, now=now, found=codes(texts.values()))


@operation("concern.draft_saved")
def save_words(
    *,
    by: Principal,
    now: datetime,
    concern: Concern,
    step: str,
    values: Mapping[str, object],
    seen: int,
    decided: Set[str] = frozenset(),
) -> Concern:
    """Keep what one step of raising says: what happened, or how it is known.

    Args:
        by: its author.
        now: the moment.
        concern: the draft.
        step: ``happened`` or ``known``.
        values: the fields of that step, and ``precision`` with ``happened_at``.
        seen: the draft's ``version`` when the person read it.
        decided: see ``note_concern``.
    """
    draft = _take_up_draft(by, concern, seen, step)
    before = content_of(draft)
    words = Content(**{**{name: getattr(before, name) for name in before.__dataclass_fields__}, **values})
    wanted = {name: one for name, one in rules.IN_FULL.items() if name in rules.FIELDS_OF_STEP[step]}
    refuse(rules.check_content(words, shelf(london_day(now)).lists, now=now, wanted=wanted))
    guard(words.texts, decided=decided, before=before.texts.values())
    put_content(draft, words)
    draft.record.save(update_fields=["happened_at"])
    saved = _keep_step(draft, step, by=by, now=now, found=codes(words.texts.values()))
    flag_if_in_danger(saved, by=by, now=now)
    return saved


@operation("concern.draft_saved")
def save_choice(*, by: Principal, now: datetime, concern: Concern, choice: Choice, seen: int) -> Concern:
    """Keep who should see a draft once it is raised; its author is always one of those named on a closed one.

    Args:
        by: its author.
        now: the moment.
        concern: the draft.
        choice: who should see it.
        seen: the draft's ``version`` when the person read it.
    """
    draft = _take_up_draft(by, concern, seen, rules.SEEN_BY)
    choice = keeping(choice, who_acts(by))
    check_sharing(draft, choice, now=now)
    draft.sharing_plan = to_plain(choice)
    return _keep_step(draft, rules.SEEN_BY, by=by, now=now, found=[])


def check_sharing(concern: Concern, choice: Choice, *, now: datetime) -> None:
    """Refuse a choice that cannot be kept, with a sentence at each field."""
    refuse(check_choice(choice, owner=concern.record.owner_id))
    refuse(are_known(choice, now))


def groups_for(concern: Concern, now: datetime) -> list[QualitySurveillanceGroup]:
    """Return the groups that the owner of a concern is offered."""
    about: list[UUID] = list(concern.record.about.values_list("provider_id", flat=True))
    return groups_to_offer(about, concern.record.owner_id, now)


@operation("concern.raised")
def raise_concern(*, by: Principal, now: datetime, concern: Concern, seen: int) -> Concern:
    """Raise a draft that was checked: open it, and share it as chosen.

    Args:
        by: its author, with ``concern.raise`` at their own body.
        now: the moment.
        concern: the draft.
        seen: the draft's ``version`` on the page that was checked.

    Returns:
        The open concern.

    Raises:
        Http404, NotPermitted, NotNow, Invalid: with their sentences.
    """
    draft = _take_up_draft(by, concern, seen, rules.CHECK)
    words = content_of(draft)
    refuse(rules.check_content(words, shelf(london_day(now)).lists, now=now))
    choice = from_plain(draft.sharing_plan)
    check_sharing(draft, choice, now=now)
    change_status(draft, states.OPEN, by=by, now=now)
    happened_at = words.happened_at or now
    open_draft(record=draft.record, now=now, happened_at=happened_at, closed=choice.closed)
    author = audience("person", person=by.user_id, agency=by.agency_id)
    end_shares(record=draft.record, audiences=[author], now=now)
    given = _give(draft, choice, by=by, now=now)
    draft.version, draft.steps_done, draft.sharing_plan = 1, [], {}
    draft.changed_at, draft.changed_by_id = now, by.user_id
    draft.save()
    keep_version(draft, by=by, now=now)
    time_the_look(draft, by=by, now=now)
    tell_again(record=draft.record, families=SAFETY, now=now)
    tell_the_named(draft, [one for one, _ in choice.people], by=by, now=now)
    detail = {
        "audiences": [one.pk for one in given],
        "gateway": choice.gateway,
        "closed": choice.closed,
        "excluded": sorted(map(str, choice.excluded)),
        "personal_data": codes(words.texts.values()),
    }
    record_deed(by=by, now=now, deed="concern.raised", record=draft.pk, detail=detail)
    return draft


@operation("concern.draft_discarded")
def discard_draft(*, by: Principal, now: datetime, concern: Concern) -> None:
    """Throw a draft away: its words go, and a tombstone for its author stays."""
    by.require("concern.raise", at=OWN_BODY)
    draft = take_up(by=by, concern=concern)
    if draft.status != states.DRAFT:
        raise NotNow("This was raised already, so it cannot be thrown away. It can be withdrawn.")
    change_status(draft, states.WITHDRAWN, by=by, now=now)
    put_content(draft, Content())
    _put_about(draft, About(rules.PROVIDER))
    draft.sharing_plan, draft.steps_done = {}, []
    mark_changed(draft, by=by, now=now)
    draft.save()
    stop_clocks(draft.record, by=by, now=now, reason=WITHDRAWN)
    withdraw_record(record=draft.record, now=now)
    record_deed(by=by, now=now, deed="concern.draft_discarded", record=draft.pk)
