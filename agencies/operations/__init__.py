"""The only writers of agencies, memberships, groups, seats and posts; each keyword-only, with `by` and `now`."""

from agencies.operations.directory import Loaded, add_agency, load_bodies
from agencies.operations.groups import (
    add_qsg_member,
    add_seat,
    end_qsg_member,
    end_seat,
    set_cleared,
)
from agencies.operations.lists import change_row, stand_as_in_2013
from agencies.operations.people import (
    add_membership,
    add_portal_role,
    appoint,
    declare_conflict,
    end_conflict,
    end_membership,
    end_portal_role,
    end_post,
)

__all__ = [
    "Loaded",
    "add_agency",
    "add_membership",
    "add_portal_role",
    "add_qsg_member",
    "add_seat",
    "appoint",
    "change_row",
    "declare_conflict",
    "end_conflict",
    "end_membership",
    "end_portal_role",
    "end_post",
    "end_qsg_member",
    "end_seat",
    "load_bodies",
    "set_cleared",
    "stand_as_in_2013",
]
