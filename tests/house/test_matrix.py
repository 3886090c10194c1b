"""Every address as every kind of persona: what comes back follows from what the page declares and what roles permit.

Nothing is listed by hand. The addresses are the URLconf's; who may is ``ROLES`` and where the page says that the role must
be held; what is in sight is ``visible_to``. A page that answers otherwise fails, and so does one that nobody can open.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Record
from access.principal import OWN_BODY, PORTAL, Principal
from access.refusals import NotNow, NotPermitted
from access.roles import EVERYBODY, permissions_of
from access.sight import visible_to
from access.views import PUBLIC
from agencies.models import Agency, QualitySurveillanceGroup
from risk_summits.models import Room
from tests.house import story_of_concerns, story_of_plans, story_of_summits, story_of_visits
from tests.house.asking import Answer, Question, ask, sign_in, still_signer
from tests.house.places import ABSENT, MODELS, WORDS, Place, Pools, places
from tests.house.stage import CAST, Persona, Stage, key, set_the_stage
from tests.house.story import tell, undone
from tests.house.twins import NOT_ASKED

STORY = (story_of_concerns, story_of_plans, story_of_summits, story_of_visits)
"""Imported for what they add to the story."""

SIGN_IN = reverse("account_login")
REFUSED, ABSENCE, ELSEWHERE = 403, 404, 302
LET_IN = frozenset({200, 302, 405, 409})
"""What whoever may is answered: the page, another page, that it takes a form only, or the rule's own sentence."""
DONE_OR_SAID = frozenset({200, 201, 204, 400, 409, 422, 428})
"""What whoever may do a thing is answered to an empty request: done, or what is wanted."""
WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session")', re.IGNORECASE)


@dataclass
class Portal:
    """The whole story, and what stands in it."""

    stage: Stage
    pools: Pools

    def seen_by(self, by: Principal) -> frozenset[Any]:
        return frozenset(visible_to(by, Record.objects.all()).values_list("pk", flat=True))


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker):
    """The story told once; every question is taken back."""
    patch = pytest.MonkeyPatch()
    still_signer(patch)
    with django_db_blocker.unblock(), transaction.atomic():
        yield Portal(tell(set_the_stage()), Pools())
        transaction.set_rollback(True)
    patch.undo()


def standing(persona: Persona) -> tuple[Any, ...]:
    """What tells personas apart to the roles: what those held at a body, at groups and at the portal permit there."""
    seats = frozenset(permissions_of({kind}) for _, kind, _ in persona.seats) - {frozenset()}
    return permissions_of(set(persona.roles)), seats, persona.portal


KINDS_OF_PERSON = list({standing(one): name for name, one in reversed(CAST.items()) if one.active}.values())
"""One of the cast for each standing, and whoever's body leads the response."""
ASKING = [*KINDS_OF_PERSON, *({"shut_out"} - set(KINDS_OF_PERSON))]


def asked(place: Place) -> bool:
    return place.name not in NOT_ASKED and not place.endpoints and place.name != "api:nothing"


def of_the_api() -> list[Place]:
    return [place for place in places() if place.endpoints]


def roles_at(where: Any, name: str, by: Principal) -> set[str]:
    """The roles that a persona holds somewhere, by the cast; by the thing's own rule where it has one (a summit)."""
    persona = CAST[name]
    if where is OWN_BODY:
        return set(persona.roles)
    if where is PORTAL:
        return {persona.portal} - {""}
    if isinstance(where, Agency):
        return set(persona.roles) if where.pk == key(f"body {persona.body}") else set()
    if isinstance(where, QualitySurveillanceGroup):
        return {kind for group, kind, _ in persona.seats if key(f"group {group}") == where.pk}
    return set(where.roles_of(by))


class Asker:
    """A persona who opens every address with something in sight, where there is anything, and with something hidden."""

    def __init__(self, portal: Portal, name: str) -> None:
        self.portal, self.name = portal, name
        self.by = portal.stage.by(name)
        self.seen = portal.seen_by(self.by)
        self.client = sign_in(name)

    def in_sight(self, place: Place, ids: dict[str, Any]) -> bool:
        """Whether every record that the address names is in sight, by the rule of sight alone."""
        for part, value in ids.items():
            pool = place.pools.get(part, "record")
            if pool in WORDS:
                continue
            model = MODELS.get(pool)
            if model is None and not self._record_in_sight(place, value):
                return False
        return True

    def _record_in_sight(self, place: Place, pk: Any) -> bool:
        kinds = [place.page, *place.endpoints.values()]
        if any(getattr(one, "kind", None) is Room for one in kinds):
            pk = Room.objects.values_list("pk", flat=True).get(summit=pk)
        return pk in self.seen

    def chosen(self, place: Place) -> Iterator[tuple[dict[str, Any], bool]]:
        """The ids to ask with, and whether what they name is in sight: one of each, as far as there are."""
        found: set[bool] = set()
        for ids in self.portal.pools.every(place):
            in_sight = self.in_sight(place, ids)
            if in_sight not in found:
                found.add(in_sight)
                yield ids, in_sight
            if len(found) == 2:
                return

    @cached_property
    def absence(self) -> Answer:
        """The one answer to every address at which nothing is."""
        return self.ask(reverse("record_why", args=[ABSENT]))

    def expected(self, place: Place, ids: dict[str, Any], in_sight: bool) -> frozenset[int]:
        """What may come back, from what the page declares."""
        if place.page is None or place.page.permission == PUBLIC:
            return LET_IN | {ABSENCE}
        if not in_sight:
            return frozenset({ABSENCE})
        page = self.page_at(place, ids)
        try:
            page.find()
        except Http404:
            return frozenset({ABSENCE})
        except (NotPermitted, NotNow):
            pass  # it asked early; the role decides below
        held = roles_at(page.place(), self.name, self.by)
        if place.page.permission in EVERYBODY | permissions_of(held):
            return LET_IN
        return frozenset({REFUSED})

    @cached_property
    def api_absence(self) -> Answer:
        """The one answer of the API to every address at which nothing is."""
        return self.ask(f"/api/v1/concerns/{ABSENT}/")

    def expected_of(self, endpoint: Any, ids: dict[str, Any], in_sight: bool) -> frozenset[int]:
        """What may come back from an endpoint, from what it declares."""
        if not in_sight:
            return frozenset({ABSENCE})
        asking = endpoint(SimpleNamespace(auth=self.by), ids)
        asking.wanted = {}
        try:
            asking.find()
        except Http404:
            return frozenset({ABSENCE})
        held = roles_at(asking.place(), self.name, self.by)
        if endpoint.permission not in EVERYBODY | permissions_of(held):
            return frozenset({REFUSED})
        return frozenset({200}) if endpoint.method == "GET" else DONE_OR_SAID

    def wrong_of(self, place: Place, ids: dict[str, Any], in_sight: bool) -> list[str]:
        """What is wrong with the answers of the endpoints at an address."""
        wrong = []
        for method, endpoint in place.endpoints.items():
            with undone():
                expected = self.expected_of(endpoint, ids, in_sight)
            question = Question(place.at(**ids), method.lower(), json="" if method == "GET" else "{}")
            with CaptureQueriesContext(connection) as queries:
                answer = ask(self.client, question)
            written = [one["sql"][:80] for one in queries.captured_queries if WRITES.match(one["sql"])]
            narrower = expected == DONE_OR_SAID and answer.status == REFUSED
            if answer.status not in expected and not narrower:
                wrong.append(f"{self.name} {question}: {answer.status}, not {sorted(expected)}")
            if expected == {ABSENCE} and answer != self.api_absence:
                wrong.append(f"{self.name} {question}: what is hidden is told from what is absent")
            if answer.status in (ABSENCE, REFUSED) and written:
                wrong.append(f"{self.name} {question}: {answer.status} wrote {written}")
            if expected.isdisjoint({ABSENCE, REFUSED}) and answer.status != REFUSED:
                OPENED[endpoint.__name__].add(self.name)
        return wrong

    def page_at(self, place: Place, ids: dict[str, Any]) -> Any:
        """The page as a request to it would find it."""
        request = RequestFactory().get(place.at(**ids))
        request.principal, request.now = self.by, self.by.asked_at  # type: ignore[attr-defined]
        request.user = SimpleNamespace(pk=self.by.user_id, is_authenticated=True)
        request.session = self.client.session  # type: ignore[assignment]
        page = place.page()
        page.setup(request, **ids)
        page.by, page.now = self.by, self.by.asked_at
        return page

    def opens(self, place: Place) -> bool:
        """Whether this persona can open the address with any ids."""
        for ids in self.portal.pools.every(place):
            if self.in_sight(place, ids):
                with undone():
                    allowed = self.expected(place, ids, True) == LET_IN
                if allowed and self.ask(place.at(**ids)).status in LET_IN:
                    return True
        return False

    def wrong_at(self, place: Place, ids: dict[str, Any], in_sight: bool) -> list[str]:
        """What is wrong with the answers to an address, opened and posted to."""
        address, wrong = place.at(**ids), []
        with undone():
            expected = self.expected(place, ids, in_sight)
        answer = self.ask(address)
        narrower = expected == LET_IN and answer.status == REFUSED
        if answer.status not in expected and not narrower:
            wrong.append(f"{self.name} {address}: {answer.status}, not {sorted(expected)}")
        if not in_sight and answer != self.absence:
            wrong.append(f"{self.name} {address}: what is hidden is told from what is absent")
        if answer.status in LET_IN:
            OPENED[place.name].add(self.name)
        elif in_sight and expected.isdisjoint(LET_IN):
            posted, written = writing(self.client, address)
            if posted.status not in expected or written:
                wrong.append(
                    f"{self.name} POST {address}: {posted.status}, not {sorted(expected)}; wrote {written}"
                )
        return wrong

    def ask(self, address: str) -> Answer:
        return ask(self.client, Question(address))


def writing(client: Client, address: str) -> tuple[Answer, list[str]]:
    """Post to an address, and say what that wrote."""
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, Question(address, "post", (("text", "Some words"),)))
    return answer, [one["sql"][:80] for one in asked.captured_queries if WRITES.match(one["sql"])]


OPENED: dict[str, set[str]] = defaultdict(set)
"""Who opened which address, as it turned out."""


@pytest.mark.parametrize("name", ASKING)
def test_every_address_answers_as_declared(portal, name) -> None:
    asker, wrong = Asker(portal, name), []
    for place in filter(asked, places()):
        for ids, in_sight in asker.chosen(place):
            wrong += asker.wrong_at(place, ids, in_sight)
    assert wrong == []


# What is worth guarding, and why: these ask for the second factor again.
GUARDED = {
    "agencies:add_seat": "who sits where",
    "agencies:add_member": "who sits where",
    "agencies:end_member": "who sits where",
    "agencies:keep_document": "which bodies can be given seats",
    "agencies:end_document": "which bodies can be given seats",
    "agencies:sign_agreement": "which bodies can be given seats",
    "agencies:withdraw_signature": "which bodies can be given seats",
    "agencies:end_seat": "who sits where",
    "agencies:change_cleared": "who receives restricted items",
    "agencies:form_group": "where things can be shared",
    "agencies:rename_group": "what everybody knows a group by",
    "agencies:undo_group": "where things can be shared",
    "footprint": "which bodies are wanted as members",
    "proposed_members": "who sits where",
    "agencies:keep_seat": "who sits where",
    "agencies:keep_member": "who sits where",
    "agencies:keep_role": "who may act for a body",
    "agencies:keep_portal_role": "who looks after the portal",
    "agencies:leavers": "who may act for a body",
    "agencies:sheet": "who may act for a body",
    "agencies:fetch_sheet": "addresses of many people at once",
    "agencies:invite": "who may act for a body",
    "agencies:invite_again": "who may act for a body",
    "agencies:withdraw_invitation": "who may act for a body",
    "agencies:add_role": "who may act for a body",
    "agencies:end_role": "who may act for a body",
    "agencies:add_portal_role": "who looks after the portal",
    "agencies:end_portal_role": "who looks after the portal",
    "agencies:end_conflict": "what is kept from whom",
    "agencies:begin_review": "who may act for a body",
    "agencies:answer_review": "who may act for a body",
    "agencies:add_list_row": "what the portal works by, for everybody",
    "agencies:change_list_row": "what the portal works by, for everybody",
    "agencies:end_list_row": "what the portal works by, for everybody",
    "agencies:undo_list_change": "what the portal works by, for everybody",
    "agencies:appoint": "who is rung, and who reads what is sealed",
    "agencies:end_post": "who is rung, and who reads what is sealed",
    "agencies:stand_in": "who is rung, and who reads what is sealed",
    "agencies:correct_post": "who is rung",
    "agencies:correct_numbers": "who is rung",
    "agencies:shut_out": "others' accounts",
    "agencies:let_in": "others' accounts",
    "agencies:forget_factor": "others' accounts",
    "providers:new_import": "what the directory says of everybody's providers and bodies",
    "providers:apply_import": "what the directory says of everybody's providers and bodies",
    "providers:set_aside_import": "what waits for an administrator's yes",
    "successions:open": "who looks after what of a body that closes",
    "successions:undo": "who looks after what of a body that closes",
    "successions:take_back": "who looks after what of a body that closes",
    "successions:close": "who looks after what of a body that closes",
    "successions:elsewhere": "who looks after what of a body that closes",
    "successions:hand_on": "who looks after what of a body that closes",
    "successions:accept": "who looks after what of a body that closes",
    "successions:decline": "who looks after what of a body that closes",
    "providers:link": "what the directory says of everybody's providers and bodies",
    "providers:unlink": "what the directory says of everybody's providers and bodies",
    "unlink_sign_on": "who opens one's account",
    "make_token": "what may ask in one's name, or one's body's",
}


def test_what_is_worth_guarding_is_listed() -> None:
    assert {place.name for place in places() if place.page and place.page.fresh} == set(GUARDED)


@pytest.mark.parametrize("name", GUARDED)
def test_what_is_worth_guarding_asks_for_the_second_factor_again(portal, name) -> None:
    """Of whoever may, and nothing is written before it is given; to whoever may not, it answers as ever.

    The cast has none of their own here, so they are led to setting one up.
    """
    (place,) = (one for one in places() if one.name == name)
    asked_of = []
    for persona in KINDS_OF_PERSON:
        asker, stale = Asker(portal, persona), sign_in(persona, fresh=False)
        asked_of += [asks_again(asker, stale, place, *chosen) for chosen in asker.chosen(place)]
        if persona == "portal_administrator" and not any(asked_of):  # the first at hand may be their own
            every = ((ids, asker.in_sight(place, ids)) for ids in portal.pools.every(place))
            asked_of += [asks_again(asker, stale, place, *one) for one in every]
    assert any(asked_of)


def asks_again(asker: Asker, stale: Any, place: Place, ids: dict[str, Any], in_sight: bool) -> bool:
    """Hold one address to it; say whether this persona was asked."""
    with undone():
        let_in = asker.expected(place, ids, in_sight) == LET_IN
    answer = asker.ask(place.at(**ids))
    stale_answer = ask(stale, Question(place.at(**ids)))
    if not let_in or answer.status == REFUSED:
        assert stale_answer == answer
        return False
    again = reverse("second_factor")
    assert stale_answer.status == ELSEWHERE
    assert dict(stale_answer.headers)["location"].decode().startswith(again)
    posted, written = writing(stale, place.at(**ids))
    assert dict(posted.headers)["location"].decode().startswith(again)
    assert written == []
    return True


@pytest.mark.parametrize("way", ["get", "post"])
def test_whoever_is_not_signed_in_is_sent_to_sign_in(portal, way) -> None:
    """Everywhere but on pages that say PUBLIC, and those with which the library lets people in, marked by itself."""
    client, wrong = sign_in(None), []
    for place in places():
        open_to_all = place.page.permission == PUBLIC if place.page else not place.needs_sign_in
        if open_to_all:  # the account library's, or the API's, which answers 401: see below
            continue
        address = place.at(**portal.pools.every(place)[0])
        answer, written = writing(client, address) if way == "post" else (ask(client, Question(address)), [])
        to = dict(answer.headers).get("location", b"").decode()
        if answer.status != ELSEWHERE or not to.startswith(SIGN_IN) or written:
            wrong.append(f"{way} {address}: {answer.status} {to} {written}")
    assert wrong == []


def test_somebody_can_open_every_page(portal) -> None:
    """So that nothing above is true only because nobody gets there. Whoever has not asked yet asks now."""
    unopened = [place for place in filter(asked, places()) if place.page and not OPENED[place.name]]
    askers = [Asker(portal, name) for name, persona in CAST.items() if persona.active] if unopened else []
    assert [place.name for place in unopened if not any(one.opens(place) for one in askers)] == []


# --- The API ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKING)
def test_every_endpoint_answers_as_declared(portal, name) -> None:
    asker, wrong = Asker(portal, name), []
    for place in of_the_api():
        for ids, in_sight in asker.chosen(place):
            wrong += asker.wrong_of(place, ids, in_sight)
    assert wrong == []


def test_no_program_gets_in_without_a_token(portal) -> None:
    client, wrong = sign_in(None), []
    for place in (one for one in places() if one.name.startswith("api:") and not one.page):
        for ids in (portal.pools.every(place) or [{}])[:1]:
            address = place.at(**ids)
            wrong += [
                f"{way} {address}"
                for way in ("get", "post", "patch", "put", "delete", "options")
                if ask(client, Question(address, way)).status != 401
            ]
    assert wrong == []


def test_somebody_can_use_every_endpoint(portal) -> None:
    unused = {one for place in of_the_api() for one in place.endpoints.values() if not OPENED[one.__name__]}
    for name, persona in CAST.items():
        if unused and persona.active:
            asker = Asker(portal, name)
            for place in of_the_api():
                if unused & set(place.endpoints.values()):
                    for ids in portal.pools.every(place):
                        asker.wrong_of(place, ids, asker.in_sight(place, ids))
            unused = {one for one in unused if not OPENED[one.__name__]}
    assert {one.__name__ for one in unused} == set()
