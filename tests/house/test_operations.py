"""Operations are the only writers: each says who and when, and each is one line of the log."""

import ast
import re
from importlib import import_module

from access.operations import OPERATIONS as REGISTRY
from audit.models import Line
from tests.house.calls import Function, graph, resolve, writes_unaudited
from tests.house.code import DOORS, Module, deed_of, functions, imports, modules

# What a door may call that writes without being an operation, and why.
WRITERS = {
    "access.views": "keeps the mark of a form that was taken, in the transaction of its operation",
    "access.operations": "makes records and shares for the operations of the apps above, which log them",
    "audit.operations": "is the log itself",
    "accounts": "stands below the roles; each deed is logged by whoever calls it, or as the library tells of it",
    "reference.operations": "loads the field's lists at installation, before there is anybody to log",
    "agencies.importers": "loads the directory's public data at installation",
    "providers.importers": "loads the directory's public data at installation",
    "agencies.stand_ins": "loads the directory's public data at installation",
    "agencies.operations.directory": "loads the directory's public data at installation",
    "clocks.operations.ticking": "is the clockwork; each step of a clock is a row of its own that is never changed",
    "clocks.ticker": "is the clockwork's own process",
    "clocks.operations.watching": "is the clockwork, and only looks",
    "notifications.operations.sending": "is the clockwork; what became of a mail stands on its own row",
    "notifications.operations.answering.mark_seen": "a receipt, which is no deed",
    "concerns.operations.sharing.foresee": "takes back what it makes to look",
    "qsg_portal": "is the top: it composes doors, and the demonstration speaks through operations",
}

MAKES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OPERATIONS = [one for one in graph().values() if one.deed]


def name_of(function: Function) -> str:
    return ".".join(function.name)


def test_there_are_operations() -> None:
    assert len(OPERATIONS) > 50


def test_an_operation_says_who_and_when_and_takes_nothing_by_its_place() -> None:
    wrong = []
    for one in OPERATIONS:
        given = one.node.args
        by_place = given.args or given.posonlyargs or given.vararg
        if by_place or not {"by", "now"} <= {argument.arg for argument in given.kwonlyargs}:
            wrong.append(name_of(one))
    assert wrong == []


def test_an_operation_stands_among_the_operations() -> None:
    assert [name_of(one) for one in OPERATIONS if not one.module.is_part("operations")] == []


def test_every_operation_is_public_and_explained() -> None:
    assert [name_of(one) for one in OPERATIONS if one.node.name.startswith("_")] == []
    assert [name_of(one) for one in OPERATIONS if not ast.get_docstring(one.node)] == []


def test_every_operation_is_in_the_registry_and_its_deed_fits_the_log() -> None:
    for one in OPERATIONS:
        import_module(one.module.name)
    deeds = {str(one.deed) for one in OPERATIONS}
    assert deeds <= set(REGISTRY)
    longest = Line._meta.get_field("deed").max_length or 0
    assert [
        deed for deed in deeds if not re.fullmatch(r"[a-z_]+\.[a-z_]+", deed) or len(deed) > longest
    ] == []


def test_an_operation_is_no_method_and_is_not_made_inside_another() -> None:
    nested = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and deed_of(node) and node not in list(functions(module.tree))
    ]
    assert nested == []


def doors() -> list[Module]:
    return [one for one in modules() if one.is_part(*DOORS)]


def excused(name: tuple[str, str]) -> bool:
    return any(".".join(name).startswith(prefix) or name[0].startswith(prefix) for prefix in WRITERS)


def test_a_door_writes_only_through_operations() -> None:
    """A page, a task or a command calls operations and readers; a writer that is neither has its reason above."""
    wrong = []
    for module in doors():
        if excused((module.name, "")):
            continue
        for name in imports(module).values():
            target = resolve(name)
            if target in graph() and not excused(target) and writes_unaudited(target):
                wrong.append(f"{module.path} calls {'.'.join(target)}")
    assert wrong == []


def test_a_door_writes_no_row_itself() -> None:
    wrong = []
    for module in doors():
        if excused((module.name, "")):
            continue
        wrong.extend(
            module.at(node)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr
            in {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
        )
    assert wrong == []


def test_models_and_rules_call_no_operation() -> None:
    wrong = [
        f"{module.path}: {'.'.join(name)}"
        for module in modules()
        if module.is_part("models", "rules")
        for name in imports(module).values()
        if "operations" in name[0].split(".")
    ]
    assert wrong == []


def test_every_excuse_is_still_needed() -> None:
    names = {module.name for module in modules()} | {".".join(name) for name in graph()}
    assert [prefix for prefix in WRITERS if not any(name.startswith(prefix) for name in names)] == []
