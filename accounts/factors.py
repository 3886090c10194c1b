"""The second factor: an app's codes, a passkey, or printed codes that work once each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User

Type = Authenticator.Type


@dataclass(frozen=True)
class SecondFactor:
    """What a person can prove themselves with besides the password.

    Attributes:
        app: an authenticator app is set up.
        passkeys: how many passkeys are.
        codes_left: how many printed codes are unused.
        codes_made_at: when they were made.
    """

    app: bool
    passkeys: int
    codes_left: int
    codes_made_at: datetime | None

    @property
    def usable(self) -> bool:
        """Whether the next sign-in can be completed."""
        return self.app or self.passkeys > 0 or self.codes_left > 0


def second_factor_of(user: User) -> SecondFactor:
    """What the person has set up now."""
    return _read(Authenticator.objects.filter(user_id=user.pk))


def with_second_factor(users: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of these people who have a second factor that works: in one question for all of them."""
    held: dict[UUID, list[Authenticator]] = defaultdict(list)
    for each in Authenticator.objects.filter(user__in=list(users)):
        held[each.user_id].append(each)
    return frozenset(user for user, every in held.items() if _read(every).usable)


def without_second_factor() -> Q:
    """Accounts in which nothing is set up besides a password."""
    return ~Q(Exists(Authenticator.objects.filter(user=OuterRef("pk"))))


def _read(every: Iterable[Authenticator]) -> SecondFactor:
    every = list(every)
    found = {each.type: each for each in every}
    codes = found.get(Type.RECOVERY_CODES)
    return SecondFactor(
        app=Type.TOTP in found,
        passkeys=sum(each.type == Type.WEBAUTHN for each in every),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        codes_made_at=codes.created_at if codes else None,
    )


@transaction.atomic
def make_codes(*, user: User, now: datetime) -> Authenticator:
    """Make a fresh set of printed codes; the ones before stop working.

    Args:
        user: whose codes; must have given their password a moment ago.
        now: the moment, kept as when they were made.

    Returns:
        The row that holds their encrypted seed.
    """
    # Two at once must not leave two sets: the person's own row is the lock.
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user_id=user.pk, type=Type.RECOVERY_CODES).delete()
    made: Authenticator = RecoveryCodes.activate(user).instance
    made.created_at = now
    made.save(update_fields=["created_at"])
    return made


def codes_of(user: User) -> list[str]:
    """The unused codes, for the page that prints them, in the order they were made."""
    found = Authenticator.objects.filter(user_id=user.pk, type=Type.RECOVERY_CODES).first()
    return list(found.wrap().get_unused_codes()) if found else []
