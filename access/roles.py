"""Who may do what: roles are code, and each is held somewhere.

You may do a thing to a record when a role you hold *there* permits it and the record
is in your sight. *There* is the owner for sharing and closing, the asked body for
accepting and declining, the QSG for its meetings and levels, the summit for its
response, one's own body otherwise (visibility.md).
"""

from functools import cache

READING_ROLES = frozenset({"reader", "contributor", "agency_lead"})

EVERYBODY = frozenset({"home.read", "directory.read", "account.own", "notification.read"})

READER = frozenset(
    {
        "concern.read",
        "concern.comment",
        "action.read",
        "action.comment",
        "summit.read",
        "summit.acknowledge",
        "meeting.read",
        "meeting.answer",
        "level.read",
        "closing.read",
        "clock.read",
        "visit.read",
        "information.read",
        "access.why",
        "audit.own",
    }
)
CONTRIBUTOR = READER | {
    "concern.raise",
    "concern.amend",
    "concern.share",
    "concern.withdraw",
    "concern.corroborate",
    "safeguarding.answer",
    "action.progress",
    "concern.go_and_look",
    "summit.inform",
    "readiness.write",
    "register.enter",
    "director.meet",
    "closing.keep",
    "closing.confirm",
    "visit.plan",
    "information.ask",
}
AGENCY_LEAD = CONTRIBUTOR | {
    "concern.close",
    "summit.trigger",
    "summit.state_view",
    "summit.judge_for_body",
    "summit.ring",
    "summit.impact",
    "summit.table",
    "summit.bring",
    "action.ask",
    "action.answer",
    "token.make_service",
    "readiness.sign",
    "closing.decide",
    "succession.offer",
    "succession.answer",
}
CHAIR = frozenset(
    {
        "level.set",
        "summit.judge_together",
        "summit.convene",
        "summit.record",
        "summit.call",
        "summit.close",
        "summit.tell_provider",
        "agreement.keep",
        "interest.see",
        "seat.watch",
    }
)
SECRETARIAT = frozenset(
    {"agreement.keep", "seat.watch", "level.set", "summit.convene", "summit.record", "summit.call"}
)
RESPONSE = frozenset(
    {
        "summit.convene",
        "summit.record",
        "summit.call",
        "summit.judge_together",
        "summit.close",
        "summit.tell_provider",
        "action.ask",
    }
)

ROLES: dict[str, frozenset[str]] = {
    # held at an agency, by membership
    "reader": READER,
    "contributor": CONTRIBUTOR,
    "agency_lead": AGENCY_LEAD,
    "agency_administrator": frozenset({"people.manage"}),
    "emergency_access": frozenset(),
    # held at a QSG, by a seat
    "chair": CHAIR,
    "secretariat": SECRETARIAT,
    "representative": frozenset(),
    "deputy": frozenset(),
    # held at a summit, by the body that convenes or leads the response
    "convenor": RESPONSE,
    "ring_holders_lead": RESPONSE,
    # held at the portal
    "portal_administrator": frozenset(
        {
            "membership.manage",
            "people.manage",
            "agreement.keep",
            "seat.watch",
            "reference.manage",
            "portal.health",
        }
    ),
    "records_officer": frozenset(),
    "auditor": frozenset({"audit.read"}),
}
"""Each role and what it permits there. Administration of members gives no sight."""


def permissions_of(roles: frozenset[str] | set[str]) -> frozenset[str]:
    """Return what these roles, held in one place, permit together there."""
    return frozenset().union(*(ROLES[role] for role in roles)) if roles else frozenset()


ALL_PERMISSIONS = EVERYBODY.union(*ROLES.values())

SCOPES: dict[str, tuple[str, frozenset[str]]] = {
    "directory:read": (
        "Read the directory: bodies, groups, providers", frozenset({"home.read", "directory.read", "seat.watch"}),
    ),
    "concerns:read": ("Read concerns", frozenset({"concern.read", "access.why", "audit.own"})),
    "concerns:raise": ("Raise concerns", frozenset({"concern.raise"})),
    "concerns:write": (
        "Change, share, close and comment on concerns",
        frozenset(
            {
                "concern.amend", "concern.share", "concern.withdraw", "concern.close", "concern.comment",
                "concern.corroborate", "concern.go_and_look", "safeguarding.answer",
            }
        ),
    ),
    "actions:read": ("Read actions", frozenset({"action.read"})),
    "actions:write": (
        "Ask for actions, answer and report on them",
        frozenset({"action.ask", "action.answer", "action.progress", "action.comment"}),
    ),
    "summits:read": ("Read risk summits", frozenset({"summit.read"})),
    "summits:write": (
        "Trigger risk summits and act in them",
        frozenset(code for code in ALL_PERMISSIONS if code.startswith("summit.") and code != "summit.read"),
    ),
    "meetings:read": ("Read meetings", frozenset({"meeting.read"})),
    "meetings:write": ("Answer invitations", frozenset({"meeting.answer"})),
    "levels:read": ("Read surveillance levels", frozenset({"level.read"})),
    "levels:write": ("Set surveillance levels", frozenset({"level.set"})),
    "plans:read": ("Read closure and hand-back plans", frozenset({"closing.read"})),
    "plans:write": (
        "Make and change closure and hand-back plans, and confirm that one was read",
        frozenset({"closing.keep", "closing.confirm", "closing.decide"}),
    ),
    "register:write": ("Enter in the regulatory record", frozenset({"register.enter"})),
    "visits:read": (
        "Read planned visits, and requests for information",
        frozenset({"visit.read", "information.read"}),
    ),
    "visits:write": (
        "Plan visits, and ask providers for information",
        frozenset({"visit.plan", "information.ask"}),
    ),
    "clocks:read": ("Read clocks", frozenset({"clock.read"})),
    "messages:read": ("Read one's messages, and acknowledge them", frozenset({"notification.read"})),
}  # fmt: skip
"""What a token may be for: words, and the permissions to which it is limited. Sight is asked apart, as ever."""

SERVICE_SCOPES = frozenset(
    {
        "directory:read", "concerns:read", "concerns:raise", "actions:read", "summits:read", "meetings:read",
        "levels:read", "plans:read", "clocks:read", "visits:read",
    }
)  # fmt: skip
"""Those a body's own system may have: it reads, and hands concerns in. Every other deed is a person's."""


@cache
def permissions_for(scopes: frozenset[str]) -> frozenset[str]:
    """Return the permissions to which a token of these scopes is limited; ``home.read`` is every token's."""
    return frozenset({"home.read"}).union(*(SCOPES[scope][1] for scope in scopes if scope in SCOPES))


def scope_of(permission: str) -> str:
    """Return the scope that a token needs for a permission; "" for what no token is for."""
    return next((scope for scope, (_, permitted) in SCOPES.items() if permission in permitted), "")
