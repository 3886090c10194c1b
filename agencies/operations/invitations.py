"""Invitations: a person is asked to act for a body, and joins by their own yes.

What is given is given by whoever invited, as they stand when it is accepted: an administrator who is one
no longer gives nothing through a link sent before.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from access.operations import operation
from access.principal import Principal, principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from accounts.models import Letter, User
from accounts.operations import hash_of, stop, write
from agencies.agreements.reading import require_agreement
from agencies.models import (
    Agency,
    MemberKind,
    Membership,
    MembershipInvitation,
    QSGMember,
    QualitySurveillanceGroup,
)
from agencies.operations.dated import require_manager
from agencies.operations.groups import add_seat, require_seats
from agencies.operations.people import add_membership
from agencies.places import NOBODY
from agencies.roster import not_over, standing
from agencies.rules import INVITATION_LIFE
from audit.operations import record_deed
from timekeeping.london import london_day

NO_LONGER = "This invitation no longer stands. Ask whoever invited you for another."


@operation("invitation.sent")
def invite(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    email: str,
    full_name: str,
    role: str,
    qsg: QualitySurveillanceGroup | None = None,
    seat_kind: str = "",
) -> MembershipInvitation:
    """Ask a person to act for a body in a role, and perhaps to take a seat; they are written to.

    Nobody is looked up by the address: one that has an account is invited in the same words and the same time.

    Raises:
        NotPermitted: `by` administers neither the portal nor this body, or may not fill this seat.
        Invalid: the address is one's own, acts for the body already, or is invited already; the body has closed, is no
            full member of the group, or has no agreement in force with it.
    """
    require_manager(by, agency)
    email, today = email.strip().lower(), london_day(now)
    if by.user_id is None:
        raise NotPermitted("Only a person invites a person.")
    if User.objects.filter(pk=by.user_id, email=email).exists():
        raise Invalid({"email": "This is your own address. Nobody gives a role to themselves."})
    if Membership.objects.filter(not_over(today), agency=agency, user__email=email).exists():
        raise Invalid({"email": "They act for this body already. Find them under People."})
    if agency.closed_on and agency.closed_on <= today:
        raise Invalid({"agency": f"{agency} has closed, and takes nobody new."})
    if qsg is not None:
        require_seats(by, agency, seat_kind, cleared=False)
        if not QSGMember.objects.filter(
            standing(today), qsg=qsg, agency=agency, kind=MemberKind.FULL
        ).exists():
            raise Invalid({"seat": f"{agency} is not a member of {qsg}."})
        require_agreement(qsg, agency, today)
    invitation = MembershipInvitation(
        agency=agency,
        role=role,
        email=email,
        full_name=full_name.strip(),
        qsg=qsg,
        seat_kind=seat_kind,
        invited_by_id=by.user_id,
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
        letter=write(kind=Letter.Kind.INVITED, address=email, now=now),
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:
        raise Invalid(
            {"email": "This address is invited already. Send that invitation again, or withdraw it."}
        ) from None
    _record(by, now, "invitation.sent", invitation)
    return invitation


def _record(
    by: Principal, now: datetime, deed: str, invitation: MembershipInvitation, **more: object
) -> None:
    about = {"invitation": str(invitation.pk), "agency": str(invitation.agency_id), "role": invitation.role}
    seat = {"qsg": str(invitation.qsg_id), "kind": invitation.seat_kind} if invitation.qsg_id else {}
    record_deed(by=by, now=now, deed=deed, detail={**about, **seat, **more})


def _locked(invitation: MembershipInvitation) -> MembershipInvitation:
    return (
        MembershipInvitation.objects.select_for_update(of=("self",))
        .select_related("agency", "letter")
        .get(pk=invitation.pk)
    )


@operation("invitation.sent_again")
def invite_again(*, by: Principal, now: datetime, invitation: MembershipInvitation) -> None:
    """Write to the person again; the link before stops working, and the days count from now.

    Raises:
        NotPermitted: `by` administers neither the portal nor this body.
        Invalid: it was accepted or withdrawn.
    """
    held = _locked(invitation)
    require_manager(by, held.agency)
    if held.state(now) in ("accepted", "withdrawn"):
        raise Invalid({"": f"It was {held.state(now)} in the meantime. Nothing was sent."})
    stop(held.letter, now=now)
    held.letter = write(kind=Letter.Kind.INVITED, address=held.email, now=now)
    held.sent_at, held.expires_at = now, now + INVITATION_LIFE
    held.save(update_fields=["letter", "sent_at", "expires_at"])
    _record(by, now, "invitation.sent_again", held)


@operation("invitation.withdrawn")
def withdraw_invitation(*, by: Principal, now: datetime, invitation: MembershipInvitation) -> None:
    """Take an invitation back; its link opens nothing from now on.

    Raises:
        NotPermitted: `by` administers neither the portal nor this body.
        Invalid: it was accepted or withdrawn.
    """
    held = _locked(invitation)
    require_manager(by, held.agency)
    if held.state(now) in ("accepted", "withdrawn"):
        raise Invalid({"": f"It was {held.state(now)} in the meantime. Nothing was changed."})
    stop(held.letter, now=now)
    held.withdrawn_at = now
    held.save(update_fields=["withdrawn_at"])
    _record(by, now, "invitation.withdrawn", held)


def invitation_of(key: str, *, now: datetime) -> MembershipInvitation | None:
    """Find the invitation that waits behind a link; None for one that is used, withdrawn, old or never was."""
    found = (
        MembershipInvitation.objects.select_related("agency", "qsg", "invited_by")
        .filter(letter__key_hash=hash_of(key))
        .first()
    )
    return found if found is not None and found.state(now) == "waiting" else None


def invitations_to(by: Principal, *, now: datetime) -> QuerySet[MembershipInvitation]:
    """Find the invitations that wait for the yes of a person who is signed in, the first sent first; of nobody else."""
    address = User.objects.filter(pk=by.user_id or NOBODY).values("email")
    waiting = MembershipInvitation.objects.filter(
        email__in=address, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    return waiting.select_related("agency", "invited_by").order_by("sent_at", "pk")


@operation("account.opened")
def open_invited_account(
    *,
    by: Principal,
    now: datetime,
    invitation: MembershipInvitation,
    password: str | None,
    telephone: str = "",
) -> User:
    """Open the account of a person who followed their link; what they were invited to waits for their yes.

    Args:
        by: the clockwork: before there is an account there is nobody.
        now: the moment.
        invitation: the one behind the link, which proves the address.
        password: None for who signs in through their own organisation.
        telephone: where the person can be rung.

    Raises:
        NotNow: the invitation no longer stands, or the address has an account by now.
    """
    held = _locked(invitation)
    if held.state(now) != "waiting":
        raise NotNow(NO_LONGER)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                held.email, password, full_name=held.full_name, telephone=telephone
            )
    except IntegrityError:
        raise NotNow(
            "There is an account with this address by now. Open the link again and sign in."
        ) from None
    record_deed(
        by=by,
        now=now,
        deed="account.opened",
        detail={"user": str(user.pk), "invitation": str(held.pk)},
    )
    return user


@operation("invitation.accepted")
def accept_invitation(*, by: Principal, now: datetime, invitation: MembershipInvitation) -> str:
    """Join, by the yes of the person at the address: role, and seat if it can still be given, from today.

    Returns:
        Why the seat that was proposed could not be given; "" where it was, or none was proposed.

    Raises:
        NotPermitted: the address is another person's, or whoever invited is the person.
        NotNow: the invitation no longer stands; whoever invited may not give this any more; the role cannot be given.
    """
    held = _locked(invitation)
    user = User.objects.get(pk=by.user_id or NOBODY)
    if held.state(now) != "waiting":
        raise NotNow(NO_LONGER)
    if user.email != held.email:
        raise NotPermitted("This invitation is for another address. Sign in as the person it was sent to.")
    giver, today = principal_of(held.invited_by_id), london_day(now)
    try:
        add_membership(by=giver, now=now, user=user, agency=held.agency, role=held.role, starts_on=today)
    except NotPermitted as refusal:
        raise NotNow(NO_LONGER) from refusal
    except Invalid as refusal:
        raise NotNow(
            f"You cannot join yet. {_words(refusal)} Nothing was changed: ask your administrator."
        ) from refusal
    no_seat = _seat(giver, now, held, user) if held.qsg_id else ""
    held.accepted_at, held.accepted_by = now, user
    held.save(update_fields=["accepted_at", "accepted_by"])
    _record(by, now, "invitation.accepted", held, **({"seated": not no_seat} if held.qsg_id else {}))
    return no_seat


def _words(refusal: Invalid) -> str:
    return " ".join(refusal.errors.values())


def _seat(giver: Principal, now: datetime, held: MembershipInvitation, user: User) -> str:
    """Give the seat that was proposed; one that cannot stand any more keeps nobody from joining, and it is said why."""
    assert held.qsg is not None  # the caller asked
    try:
        with transaction.atomic():
            add_seat(
                by=giver,
                now=now,
                qsg=held.qsg,
                user=user,
                agency=held.agency,
                kind=held.seat_kind,
                starts_on=london_day(now),
            )
    except Invalid as refusal:
        return _words(refusal)
    except NotPermitted as refusal:
        return str(refusal)
    return ""
