"""The only writers of agencies, memberships, groups, seats, posts and interests; each keyword-only, with `by` and `now`."""

from agencies.operations.directory import Loaded, add_agency, keep_bodies, load_bodies
from agencies.operations.groups import (
    add_qsg_member,
    add_seat,
    end_qsg_member,
    end_seat,
    set_cleared,
)
from agencies.operations.interests import declare_conflict, end_conflict
from agencies.operations.invitations import (
    accept_invitation,
    invitation_of,
    invitations_to,
    invite,
    invite_again,
    open_invited_account,
    withdraw_invitation,
)
from agencies.operations.keeping_on import (
    keep_membership_on,
    keep_portal_role_on,
    keep_qsg_member_on,
    keep_seat_on,
)
from agencies.operations.leaving import Leaver, end_leavers, leavers_of
from agencies.operations.lists import stand_as_in_2013
from agencies.operations.people import (
    add_membership,
    add_portal_role,
    end_membership,
    end_portal_role,
    forget_factor,
    let_in,
    shut_out,
)
from agencies.operations.posts import appoint, correct_numbers, correct_post, end_post, stand_in

__all__ = [
    "Leaver",
    "Loaded",
    "accept_invitation",
    "add_agency",
    "add_membership",
    "add_portal_role",
    "add_qsg_member",
    "add_seat",
    "appoint",
    "correct_numbers",
    "correct_post",
    "declare_conflict",
    "end_conflict",
    "end_leavers",
    "end_membership",
    "end_portal_role",
    "end_post",
    "end_qsg_member",
    "end_seat",
    "forget_factor",
    "invitation_of",
    "invitations_to",
    "invite",
    "invite_again",
    "keep_bodies",
    "keep_membership_on",
    "keep_portal_role_on",
    "keep_qsg_member_on",
    "keep_seat_on",
    "leavers_of",
    "let_in",
    "load_bodies",
    "open_invited_account",
    "set_cleared",
    "shut_out",
    "stand_as_in_2013",
    "stand_in",
    "withdraw_invitation",
]
