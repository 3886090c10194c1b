"""Tokens: which of them live, and who somebody is that shows one."""

from dataclasses import replace

from django.db.models import DateField, DateTimeField, F, Func, Q, QuerySet

from access.models import Token
from access.principal import OWN_BODY, Principal, principal_of, service_of
from accounts.operations import hash_of

NOW = Func(function="portal_now", output_field=DateTimeField())
TODAY = Func(function="portal_today", output_field=DateField())


def living() -> QuerySet[Token]:
    """Return the tokens that are not over by themselves; the standing of whoever made one is asked apart."""
    seated = Q(seat__user=F("user"), seat__agency=F("agency"), seat__starts_on__lte=TODAY) & (
        Q(seat__ends_on=None) | Q(seat__ends_on__gt=TODAY)
    )
    return Token.objects.filter(
        Q(seat=None) | seated, revoked_at=None, expires_at__gt=NOW, user__is_active=True
    )


def bearer(secret: str) -> Principal | None:
    """Return the principal that shows a token, asked afresh; None for a token that is none, or is over.

    A token is over when it has expired or was revoked, when its maker's account is closed, when they act for
    that body no longer, when the seat it names no longer counts, and a service's when they may make none now.
    """
    token = living().filter(hash=hash_of(secret)).select_related("seat").first()
    return stands_for(token) if token else None


def stands_for(token: Token) -> Principal | None:
    """Return the principal that a token now is; None when its maker's standing has ended."""
    person = principal_of(token.user_id)
    if person.agency_id != token.agency_id:
        return None
    if token.seat and token.seat.kind not in person.seats.get(token.seat.qsg_id, ()):
        return None
    if token.service and not person.may("token.make_service", at=OWN_BODY):
        return None
    asking = service_of(person) if token.service else person
    return replace(asking, token_id=token.pk, scopes=frozenset(token.scopes))


def again(by: Principal) -> Principal:
    """Return who asks by a token or in a session, as they are after what they just did."""
    if by.token_id is None:
        return principal_of(by.user_id) if by.user_id else by
    token = living().filter(pk=by.token_id).select_related("seat").first()
    return (stands_for(token) if token else None) or by
