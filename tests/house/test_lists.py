"""Which lists steer the portal is said by the apps that work by them, and by those alone."""

import ast

from reference.rules import LISTS
from reference.steering import STEERS, done_with
from tests.house.code import modules

# Where a list is named and nothing hangs on it: what prints, loads or moves lists whole.
NOT_STEERED = {
    "agencies.operations.lists": "the cast of 2013 moves the days of three lists",
    "qsg_portal.generated": "prints the lists that ship",
    "qsg_portal.pages.providers": "composes a page over what the apps below read",
    "agencies.lists.reading": "says what the codes of every list are called",
    "agencies.lists.views.reading": "tells the published facts from the rest",
}
PLAIN = ("qsg_portal.demo", "qsg_portal.faults")


def named() -> dict[str, set[str]]:
    """The lists that each app names in its code, but where it says what it does with them."""
    found: dict[str, set[str]] = {}
    for module in modules():
        app = module.name.split(".")[0]
        if app == "reference" or module.name.endswith("steered") or module.name.startswith(PLAIN):
            continue
        if module.name in NOT_STEERED or ".migrations." in module.name or app == "tests":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in LISTS:
                found.setdefault(app, set()).add(node.value)
    return found


def test_an_app_that_works_by_a_list_says_what_it_does_with_it() -> None:
    said = {
        app: {
            node.args[0].value
            for module in modules()
            if module.name.split(".")[0] == app and module.name.endswith("steered")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "steers"
        }
        for app in named()
    }
    assert {app: lists - said[app] for app, lists in named().items() if lists - said[app]} == {}


def test_what_is_said_of_a_list_is_said_of_one_that_somebody_reads() -> None:
    read = set().union(*named().values()) | {
        "bank_holidays",
        "relations",
    }  # read by `reference` itself, for all
    assert set(STEERS) == read
    assert all(done_with(code) for code in STEERS)
