"""The writers of tokens: made, revoked, forgotten."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from access.models import Token
from access.operations import operation
from access.principal import OWN_BODY, Principal
from access.refusals import Invalid, NotNow
from access.roles import SCOPES, SERVICE_SCOPES
from access.tokens import living
from accounts.models import Letter, User
from accounts.operations import hash_of, write
from audit.operations import record_deed

DAYS = (30, 90, 365)
"""How long a token may live."""
MOST = 20
"""How many living tokens a person may have: more are not looked after."""
NAME_LONGEST = 80
PREFIX = "qsp_"
"""What a secret begins with, so that one that was published is recognised by those who look for such."""


@operation("token.made")
def make_token(
    *,
    by: Principal,
    now: datetime,
    name: str,
    scopes: Collection[str],
    days: int,
    service: bool = False,
    seat: UUID | None = None,
) -> tuple[Token, str]:
    """Make a token of a person, or of their body's own system; whoever makes it is written to.

    Args:
        by: a person signed in; for a service ``token.make_service`` at their own body.
        now: the moment.
        name: what it is for.
        scopes: codes of ``access.roles.SCOPES``; a service has those of ``SERVICE_SCOPES`` only.
        days: one of ``DAYS``.
        service: a body's own system instead of the person.
        seat: a seat of the person with which the token ends; it adds nothing to what is seen.

    Returns:
        The token, and its secret, which nothing can show again.

    Raises:
        NotPermitted, NotNow, Invalid: with their sentences.
    """
    by.require("token.make_service" if service else "account.own", at=OWN_BODY)
    if by.user_id is None or by.token_id:
        raise NotNow("Only a person who is signed in can make a token.")
    if living().filter(user=by.user_id).count() >= MOST:
        raise NotNow(f"You have {MOST} tokens. Revoke one that is not used any more; then make another.")
    errors = {}
    if not name.strip() or len(name) > NAME_LONGEST:
        errors["name"] = f"Say in at most {NAME_LONGEST} characters what it is for"
    if not scopes or not set(scopes) <= (SERVICE_SCOPES if service else SCOPES.keys()):
        errors["scopes"] = "Choose what it may do, from the list"
    if days not in DAYS:
        errors["days"] = "Choose how long it lives, from the list"
    if errors:
        raise Invalid(errors)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        hash=hash_of(secret),
        name=name.strip(),
        user_id=by.user_id,
        agency_id=by.agency_id,
        seat_id=seat,
        service=service,
        scopes=sorted(set(scopes)),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    if seat and not living().filter(pk=token.pk).exists():
        raise Invalid({"seat": "Choose one of your seats"})
    maker = User.objects.get(pk=by.user_id)
    write(kind=Letter.Kind.TOKEN_MADE, address=maker.email, now=now)
    detail = {"made": str(token.pk), "scopes": token.scopes, "service": service, "days": days}
    record_deed(by=by, now=now, deed="token.made", detail=detail)
    return token, secret


@operation("token.revoked")
def revoke_token(*, by: Principal, now: datetime, token: UUID) -> None:
    """End a token; it is dead at the next request.

    Args:
        by: whoever made it, or for a service token a person of that body with ``token.make_service``.
        now: the moment.
        token: its key; somebody else's is absent.

    Raises:
        Http404: there is none of theirs. One that is over already is no mistake.
    """
    held = next((one for one in tokens_of(by, over=True) if one.pk == token), None)
    if held is None:
        raise Http404
    Token.objects.filter(pk=held.pk, revoked_at=None).update(revoked_at=now)
    record_deed(by=by, now=now, deed="token.revoked", detail={"revoked": str(held.pk)})


def end_tokens(*, now: datetime, user: UUID | None = None) -> int:
    """End every token that a person made, their own and their body's systems'; a part of a deed that writes its own line.

    Args:
        now: the moment.
        user: whose; None for everybody's, after a restore.

    Returns:
        How many ended.
    """
    whose = {"user": user} if user else {}
    return Token.objects.filter(revoked_at=None, **whose).update(revoked_at=now)


def release_seat(*, now: datetime, seat: UUID) -> None:
    """End the tokens that name a seat that is taken back, and let go of it; a part of a deed that writes its own line.

    A token that names no seat has no seat to end with, so none is let go alive.

    Args:
        now: the moment.
        seat: the seat's key.
    """
    ended = Coalesce(F("revoked_at"), Value(now), output_field=DateTimeField())
    Token.objects.filter(seat=seat).update(revoked_at=ended, seat=None)


def tokens_of(by: Principal, *, over: bool = False) -> list[Token]:
    """Return the tokens that a person looks after, the newest first: their own, and as a lead their body's systems'.

    Args:
        by: a person.
        over: those that are over too.
    """
    mine = Token.objects.filter(user=by.user_id) if over else living().filter(user=by.user_id)
    found = list(mine.select_related("user", "seat"))
    if by.agency_id and by.may("token.make_service", at=OWN_BODY):
        every = Token.objects.all() if over else living()
        others = every.filter(service=True, agency=by.agency_id).exclude(user=by.user_id)
        found += others.select_related("user", "seat")
    return sorted(found, key=lambda one: (one.made_at, one.pk), reverse=True)
