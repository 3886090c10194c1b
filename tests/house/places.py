"""Where everything of the portal is: each address with the ids that stand in it.

An address with an id in it has its row here; without one ``test_every_address_has_its_place`` fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import reverse

from access.models import Record
from concerns.rules.content import STEPS
from qsg_portal.generated import addresses, endpoints_of, page_of
from reference.models import Entry

ABSENT = UUID("0dd0dd0d-0dd0-4dd0-8dd0-0dd0dd0dd0dd")
"""The key of nothing."""

MODELS = {
    "agency": "agencies.Agency",
    "group": "agencies.QualitySurveillanceGroup",
    "member": "agencies.QSGMember",
    "seat": "agencies.Seat",
    "declaration": "agencies.ReadinessDeclaration",
    "document": "agencies.GroupDocument",
    "signature": "agencies.Signature",
    "person": "accounts.User",
    "post": "agencies.Post",
    "role": "agencies.Membership",
    "portal_role": "agencies.PortalRole",
    "conflict": "access.Conflict",
    "invitation": "agencies.MembershipInvitation",
    "provider": "providers.Provider",
    "judgement": "risk_summits.Judgement",
    "offer": "risk_summits.RingOffer",
    "objection": "risk_summits.RingObjection",
    "handover": "risk_summits.RingHandover",
    "assessment": "risk_summits.ImpactAssessment",
    "criterion": "risk_summits.ExitCriterion",
    "tabled": "risk_summits.Tabled",
    "message": "notifications.Message",
    "clock": "clocks.Clock",
    "location": "providers.Location",
    "commissioning": "providers.Commissioning",
    "licence": "providers.Licence",
    "group_link": "providers.ProviderGroup",
    "regulatory_action": "providers.RegulatoryAction",
    "rating": "providers.Rating",
    "token": "access.Token",
    "import": "providers.ImportRun",
    "list_change": "agencies.ListChange",
    "entry": "reference.Entry",
    "place": "providers.AlternativePlace",
    "succession": "successions.Succession",
    "handing_over": "successions.HandingOver",
    "provider_link": "providers.ProviderSuccession",
}
"""Things that are no records, by what places call them."""

WORDS: dict[str, tuple[Any, ...]] = {
    "step": (*STEPS, "nonsense"),
    "list": ("severity_scale", "nonsense"),
    "judge": ("group", "cqc", "nonsense"),
    "gate": ("safeguarding_adults", "nonsense"),
    "mark": ("nonsense",),
    "uidb36": ("1",),
    "key": ("nonsense",),
    "operation": ("close_concern", "nonsense"),
    "held_kind": ("intelligence", "action", "clock", "nonsense"),
}

# What the ids in an address are of: a kind of record, ``record`` for any, or a name from above.
PLACES: dict[str, dict[str, str]] = {
    "provider": {"id": "provider"},
    "group": {"id": "group"},
    "vacancies": {"id": "group"},
    "set_up": {"id": "group"},
    "proposed_members": {"id": "group"},
    "agencies:rename_group": {"id": "group"},
    "agencies:undo_group": {"id": "group"},
    "footprint": {"id": "group"},
    "record_why": {"id": "record"},
    "record_readers": {"id": "record"},
    "record_saw": {"id": "record"},
    "end_session": {"mark": "mark"},
    "rename_passkey": {"mark": "mark"},
    "remove_passkey": {"mark": "mark"},
    "account_reset_password_from_key": {"uidb36": "uidb36", "key": "key"},
    "revoke_token": {"id": "token"},
    "api:operation": {"operation": "operation"},
    "agencies:agency": {"id": "agency"},
    "agencies:list": {"code": "list"},
    "agencies:add_list_row": {"code": "list"},
    "agencies:list_row": {"id": "entry"},
    "agencies:change_list_row": {"id": "entry"},
    "agencies:end_list_row": {"id": "entry"},
    "agencies:undo_list_change": {"id": "list_change"},
    "agencies:review": {"id": "agency"},
    "agencies:begin_review": {"id": "agency"},
    "agencies:answer_review": {"id": "agency"},
    "agencies:readiness": {"id": "agency"},
    "agencies:declaration": {"id": "declaration"},
    "agencies:group_readiness": {"id": "group"},
    "agencies:appoint": {"id": "agency"},
    "agencies:post": {"id": "post"},
    "agencies:correct_post": {"id": "post"},
    "agencies:stand_in": {"id": "post"},
    "agencies:end_post": {"id": "post"},
    "agencies:correct_numbers": {"id": "agency"},
    "agencies:body_interests": {"id": "agency"},
    "agencies:group_interests": {"id": "group"},
    "agencies:director_meeting": {"id": "director_meeting"},
    "agencies:director_met": {"id": "director_meeting"},
    "agencies:add_seat": {"id": "group"},
    "agencies:add_member": {"id": "group"},
    "agencies:end_member": {"id": "member"},
    "agencies:keep_document": {"id": "group"},
    "agencies:end_document": {"id": "document"},
    "agencies:sign_agreement": {"id": "document"},
    "agencies:withdraw_signature": {"id": "signature"},
    "agencies:end_seat": {"id": "seat"},
    "agencies:change_cleared": {"id": "seat"},
    "agencies:keep_seat": {"id": "seat"},
    "agencies:keep_member": {"id": "member"},
    "agencies:keep_role": {"id": "role"},
    "agencies:keep_portal_role": {"id": "portal_role"},
    "agencies:person": {"id": "person"},
    "agencies:add_role": {"id": "person"},
    "agencies:add_portal_role": {"id": "person"},
    "agencies:shut_out": {"id": "person"},
    "agencies:let_in": {"id": "person"},
    "agencies:forget_factor": {"id": "person"},
    "agencies:end_role": {"id": "role"},
    "agencies:end_portal_role": {"id": "portal_role"},
    "agencies:end_conflict": {"id": "conflict"},
    "agencies:invite_again": {"id": "invitation"},
    "agencies:withdraw_invitation": {"id": "invitation"},
    "agencies:join_from_home": {"id": "invitation"},
    "agencies:invitation": {"key": "key"},
    "providers:declare_conflict": {"id": "provider"},
    "providers:import": {"id": "import"},
    "providers:apply_import": {"id": "import"},
    "providers:set_aside_import": {"id": "import"},
    "providers:set_level": {"id": "provider", "group": "group"},
    **{f"providers:{name}": {"id": "surveillance_level"} for name in (
        "level", "level_met", "level_told", "level_answer", "level_withhold", "level_agree", "level_refuse",
    )},
    "providers:make_plan": {"id": "provider"},
    "providers:plan_drop": {"id": "closure_plan", "agency": "agency"},
    "providers:plan_rung": {"id": "closure_plan", "agency": "agency"},
    "providers:plan_end_place": {"id": "closure_plan", "place": "place"},
    **{f"providers:{name}": {"id": "closure_plan"} for name in (
        "plan", "plan_change", "plan_share", "plan_council", "plan_tell", "plan_read", "plan_place", "plan_incoming",
        "plan_state", "plan_note",
    )},
    "providers:register": {"id": "provider"},
    "providers:enter_action": {"id": "provider"},
    "providers:correct_action": {"id": "regulatory_action"},
    "providers:end_action": {"id": "regulatory_action"},
    "providers:entry": {"id": "provider"},
    "providers:correct": {"id": "provider"},
    "providers:add_place": {"id": "provider"},
    "providers:correct_place": {"id": "location"},
    "providers:add_commissioner": {"id": "provider"},
    "providers:end_commissioner": {"id": "commissioning"},
    "providers:keep_licence": {"id": "provider"},
    "providers:end_licence": {"id": "licence"},
    "providers:place_in_group": {"id": "provider"},
    "providers:take_out_of_group": {"id": "group_link"},
    "successions:open": {"id": "agency"},
    "successions:hand_on": {"id": "succession", "kind": "held_kind"},
    "successions:accept": {"id": "handing_over"},
    "successions:decline": {"id": "handing_over"},
    "successions:take_back": {"id": "handing_over"},
    **{f"successions:{name}": {"id": "succession"} for name in ("detail", "undo", "close", "elsewhere")},
    "providers:succession": {"id": "provider"},
    "providers:link": {"id": "provider"},
    "providers:unlink": {"id": "provider_link"},
    "notifications:message": {"id": "message"},
    "notifications:told": {"id": "message"},
    "clocks:proof": {"id": "clock"},
    "actions:ask_from": {"origin": "record"},
    "actions:ask_about": {"provider": "provider"},
    "concerns:step": {"id": "concern", "step": "step"},
    "concerns:safety": {"id": "record"},
    "concerns:look_level": {"id": "surveillance_level"},
    "meetings:convene": {"of": "record"},
    "visits:plan": {"provider": "provider"},
    "visits:ask": {"provider": "provider"},
    "visits:answer_proposal": {"id": "joint_proposal"},
    "meetings:record_call": {"of": "record"},
    "risk_summits:told": {"id": "risk_summit", "clock": "clock"},
    "risk_summits:judge": {"id": "risk_summit", "judge": "judge"},
    "risk_summits:correct": {"id": "risk_summit", "judgement": "judgement"},
    "risk_summits:take": {"id": "risk_summit", "offer": "offer"},
    "risk_summits:object": {"id": "risk_summit", "offer": "offer"},
    "risk_summits:take_back": {"id": "risk_summit", "objection": "objection"},
    "risk_summits:take_over": {"id": "risk_summit", "handover": "handover"},
    "risk_summits:impact_answer": {"id": "risk_summit", "assessment": "assessment"},
    "risk_summits:gate": {"id": "risk_summit", "gate": "gate"},
    "risk_summits:criterion_met": {"id": "risk_summit", "criterion": "criterion"},
    "risk_summits:change_tabled": {"id": "risk_summit", "tabled": "tabled"},
    **{f"risk_summits:{name}": {"id": "risk_summit"} for name in (
        "detail", "top", "as_it_stands", "acknowledge", "call_body", "list_person", "bring", "view", "danger", "known",
        "propose", "hand_over", "concerned", "sooner", "follow_up", "impact", "criterion", "close", "provider",
        "withhold", "agree", "table",
    )},
    **{f"actions:{name}": {"id": "action"} for name in (
        "detail", "comment", "accept", "decline", "propose", "agree", "keep", "progress", "done", "withdraw",
    )},
    **{f"concerns:{name}": {"id": "concern"} for name in (
        "discard", "concern", "history", "amend", "close", "withdraw", "share", "less", "ask", "too", "opposite",
        "comment", "look",
    )},
    **{f"visits:{name}": {"id": "planned_visit"} for name in (
        "visit", "change", "done", "cancel", "share", "less", "propose",
    )},
    **{f"visits:{name}": {"id": "information_request"} for name in (
        "request", "answered", "withdraw_request", "share_request", "less_request",
    )},
    **{f"meetings:{name}": {"id": "meeting"} for name in (
        "detail", "calendar", "answer", "move", "invite", "cancel", "record", "correct",
    )},
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One address of the portal.

    Attributes:
        name: as ``reverse`` knows it.
        route: as the URLconf writes it.
        page: the page that is there; None where the account library answers.
        parts: what stands in it, by the name of the part.
        needs_sign_in: whether its view is closed to those who are not signed in, by its own mark.
        endpoints: those of the API that are there, by method.
    """

    name: str
    route: str
    page: Any = field(compare=False)
    parts: tuple[str, ...]
    needs_sign_in: bool = True
    endpoints: Any = field(default_factory=dict, compare=False)

    @property
    def pools(self) -> dict[str, str]:
        """What the ids in it are of; an endpoint says so itself."""
        return PLACES.get(self.name) or {part: self._pool(part) for part in self.parts if self.endpoints}

    def _pool(self, part: str) -> str:
        kinds = {getattr(one, "kind", None) for one in self.endpoints.values()} - {None}
        if part != "id" or not kinds:
            return {"qsg": "group", "id": "concern"}.get(part, part)
        (kind,) = kinds
        if kind is Record:
            return "record"
        if kind.__name__ == "Room":  # a room is named by its summit
            return "risk_summit"
        names = {apps.get_model(label): name for name, label in MODELS.items()}
        return names.get(kind) or str(kind.KIND)

    def at(self, **ids: Any) -> str:
        return reverse(self.name, kwargs=ids or None)


def places() -> Iterator[Place]:
    """Every address of the portal, once."""
    seen = set()
    for name, route, view in addresses():
        parts = _parts(name, route)
        if name not in seen:
            seen.add(name)
            needs_sign_in = getattr(view, "login_required", True)
            yield Place(name, route, page_of(view), parts, needs_sign_in, endpoints_of(view))


def _parts(name: str, route: str) -> tuple[str, ...]:
    if "(?P<" in route:
        return tuple(one.split(">")[0] for one in route.split("(?P<")[1:])
    return tuple(one.split(">")[0].split(":")[-1] for one in route.split("<")[1:])


class Pools:
    """The keys of everything there is in a world, by what it is."""

    def __init__(self) -> None:
        self.keys: dict[str, list[Any]] = {name: list(words) for name, words in WORDS.items()}
        for name, model in MODELS.items():
            self.keys[name] = sorted(apps.get_model(model)._default_manager.values_list("pk", flat=True))
        # One address serves every row of every list; these stand for all of them.
        rows = Entry.objects.filter(list_code="confidence_scale").order_by("pk")
        self.keys["entry"] = list(rows.values_list("pk", flat=True))
        self.keys["record"] = []
        for kind, key in Record.objects.order_by("pk").values_list("kind", "pk"):
            self.keys.setdefault(kind, []).append(key)
            self.keys["record"].append(key)

    def of(self, pool: str) -> list[Any]:
        return self.keys.get(pool, [])

    def every(self, place: Place) -> list[dict[str, Any]]:
        """Every choice of ids for an address, as far as there are things."""
        named = [[(part, key) for key in self.of(place.pools.get(part, "record"))] for part in place.parts]
        return [dict(one) for one in product(*named)]
