"""Every permission is required somewhere, and nothing requires one that no role gives."""

import ast
import re

from access.roles import ALL_PERMISSIONS, EVERYBODY, ROLES
from access.views import PAGES, PUBLIC
from qsg_portal.generated import required_by
from tests.house.code import called, modules

CODE = re.compile(r"[a-z_]+\.[a-z_]+")
ASKING = re.compile(r"may|offered|require\w*|\w*_require\w*|check_may_\w+")
"""What a function that asks for a permission is called."""
LIBRARYS = "raise_if_reauthentication_required"


def pages() -> list:
    return [page for page in PAGES if not page.__module__.startswith("tests.")]


def test_every_permission_is_required_by_a_page_or_an_operation() -> None:
    """An entry of the menu is an offer, and offers are not counted."""
    assert sorted(ALL_PERMISSIONS - set(required_by())) == []


def test_whatever_is_required_is_given_by_some_role() -> None:
    assert [page.__name__ for page in pages() if page.permission not in ALL_PERMISSIONS | {PUBLIC}] == []
    wrong = []
    for module in modules():
        for node in ast.walk(module.tree):
            if (
                not isinstance(node, ast.Call)
                or not ASKING.fullmatch(called(node))
                or called(node) == LIBRARYS
            ):
                continue
            said = [one.value for one in node.args if isinstance(one, ast.Constant)]
            said += [one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)]
            wrong += [
                f"{module.at(node)}: {code}"
                for code in said
                if isinstance(code, str) and CODE.fullmatch(code) and code not in ALL_PERMISSIONS
            ]
    assert wrong == []


def test_what_everybody_may_gives_no_sight() -> None:
    """Of intelligence, nothing is everybody's: these pages show each reader's own part, or none."""
    assert {"home.read", "directory.read", "account.own", "notification.read"} >= EVERYBODY


def test_roles_are_known_to_the_directory_and_no_others() -> None:
    from agencies.models import PortalRoleKind, Role, SeatKind

    held = {*Role.values, *SeatKind.values, *PortalRoleKind.values, "convenor", "ring_holders_lead"}
    assert set(ROLES) == held
