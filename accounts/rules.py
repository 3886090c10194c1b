"""When account mail is tried again, and how long sign-in lasts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# Whoever asked for a letter a day ago asks again, or asks somebody; what comes later only puzzles them.
LETTER_LIFE = timedelta(days=1)
KEEP_LETTERS = timedelta(days=30)
MOST_RESETS, RESETS_WITHIN = 5, timedelta(minutes=15)
"""So many links to set a new password go to one address in that time, whoever asks for them."""
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)

FEW_CODES = 3


def next_try(tries: int, now: datetime) -> datetime:
    """When to try a letter again after `tries` failures: 30 s, doubling, up to half an hour."""
    wait = FIRST_WAIT * 2 ** min(max(tries, 1) - 1, 10)
    return now + min(wait, LONGEST_WAIT)


@dataclass(frozen=True)
class Limits:
    """When a session ends.

    Attributes:
        ends_at: when it ends if nothing more is done, UTC.
        final_at: when it ends whatever is done, UTC.
        now: the moment this was true, UTC.
        warn_seconds: how long before the end a person is warned.
    """

    ends_at: datetime
    final_at: datetime
    now: datetime
    warn_seconds: int

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.now >= self.ends_at

    @property
    def seconds_left(self) -> int:
        """Seconds until it ends if nothing more is done; 0 when it has."""
        return max(0, int((self.ends_at - self.now).total_seconds()))

    @property
    def seconds_to_absolute(self) -> int:
        """Seconds until it ends whatever is done; 0 when it has."""
        return max(0, int((self.final_at - self.now).total_seconds()))


def limits(
    *,
    began_at: datetime,
    seen_at: datetime,
    now: datetime,
    idle: timedelta,
    absolute: timedelta,
    warn: timedelta,
) -> Limits:
    """Work out when a session ends.

    Args:
        began_at: when the person signed in.
        seen_at: when they last did something.
        now: the moment.
        idle: how long it lasts without activity.
        absolute: how long it lasts whatever is done.
        warn: how long before the end to warn; at least two minutes (WCAG 2.2.1).
    """
    final_at = began_at + absolute
    return Limits(min(seen_at + idle, final_at), final_at, now, int(warn.total_seconds()))


# What an organisation's signature may be made with: public keys only, never none and never a shared secret.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_APART = timedelta(minutes=1)
OLDEST_CLAIM = timedelta(minutes=10)


def why_refused(
    claims: Mapping[str, object], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> str:
    """Say what is wrong with what an organisation signed of somebody; "" for nothing (OpenID Connect Core 3.1.3.7).

    Args:
        claims: what it signed; the signature was checked.
        issuer: who must have signed it.
        client_id: for whom it must be.
        nonce: to which question it must answer.
        now: the moment, UTC.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        return "issuer"
    if client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != client_id):
        return "audience"
    if claims.get("azp", client_id) != client_id:
        return "audience"
    if not nonce or claims.get("nonce") != nonce:
        return "nonce"
    if not _in_time(claims.get("iat"), claims.get("exp"), claims.get("nbf"), now):
        return "time"
    if not isinstance(claims.get("sub"), str) or not 0 < len(str(claims["sub"])) <= 255:
        return "subject"
    if not isinstance(claims.get("email"), str) or claims.get("email_verified") is not True:
        return "address"
    return ""


def _in_time(issued: object, expires: object, not_before: object, now: datetime) -> bool:
    """Whether a claim was made lately and holds still, the two clocks being a minute apart at most."""
    moments = [issued, expires] if not_before is None else [issued, expires, not_before]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in moments):
        return False
    seconds, apart = now.timestamp(), CLOCKS_APART.total_seconds()
    made, ends = float(str(issued)), float(str(expires))
    begins = made if not_before is None else float(str(not_before))
    return (
        seconds < ends + apart
        and made <= seconds + apart
        and begins <= seconds + apart
        and seconds - made < OLDEST_CLAIM.total_seconds()
    )


def gave_two_factors(claims: Mapping[str, object], strong: frozenset[str]) -> bool:
    """Whether the organisation says that it asked for a second factor (RFC 8176 "mfa", or a class named as such).

    Args:
        claims: what it signed.
        strong: the classes (`acr`) that count, by the settings.
    """
    methods = claims.get("amr")
    return (isinstance(methods, list) and "mfa" in methods) or claims.get("acr") in strong


def device_in_words(user_agent: str) -> str:
    """Name a device so that its owner knows it, such as "Firefox on Windows"."""
    browsers = (
        ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    )  # fmt: skip
    systems = (
        ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Mac OS", "a Mac"), ("CrOS", "a Chromebook"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown device")
