"""Which function calls which, as far as names tell: enough to see what writes and what a door reaches."""

import ast
import functools
from dataclasses import dataclass, field

from tests.house.code import Module, called, deed_of, functions, imports, modules

WRITES = frozenset(
    {
        "save", "create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create", "delete",
    }
)  # fmt: skip
"""The framework's ways of writing rows."""
PLAIN = frozenset(
    {"session", "cleaned_data", "detail", "data", "headers", "context", "known", "hash", "errors"}
)
"""What is no row although it has an ``update`` too."""


@dataclass
class Function:
    """One function: whether it is an operation, writes itself, and what it calls."""

    name: tuple[str, str]
    node: ast.FunctionDef = field(repr=False)
    module: Module = field(repr=False)
    deed: str | None
    writes: bool
    calls: set[tuple[str, str]] = field(default_factory=set)


def _writes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or called(call) not in WRITES:
        return False
    whose = call.func.value
    last = whose.attr if isinstance(whose, ast.Attribute) else whose.id if isinstance(whose, ast.Name) else ""
    # A mapping's ``update`` takes a mapping or pairs; a query's takes names only.
    if call.func.attr == "update" and (call.args or not call.keywords):
        return False
    return last not in PLAIN


@functools.cache
def graph() -> dict[tuple[str, str], Function]:
    """Every top function of every app, with the functions of the portal that it names."""
    found: dict[tuple[str, str], Function] = {}
    for module in modules():
        known = imports(module)
        here = {one.name for one in functions(module.tree)}
        for node in functions(module.tree):
            name = (module.name, node.name)
            one = Function(name, node, module, deed_of(node), False)
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and _writes(inner):
                    one.writes = True
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                    if inner.id in here:
                        one.calls.add((module.name, inner.id))
                    elif inner.id in known:
                        one.calls.add(known[inner.id])
            found[name] = one
    return found


def resolve(name: tuple[str, str]) -> tuple[str, str]:
    """Follow a name through the ``__init__`` files that only pass it on."""
    by_name = {one.name: one for one in modules()}
    seen = set()
    while name not in graph() and name[0] in by_name and name not in seen:
        seen.add(name)
        name = imports(by_name[name[0]]).get(name[1], name)
    return name


@functools.cache
def writes_unaudited(name: tuple[str, str]) -> bool:
    """Whether a function writes rows, itself or through others, without an operation's line in the log."""
    return _reaches_a_write(name, frozenset())


def _reaches_a_write(name: tuple[str, str], seen: frozenset[tuple[str, str]]) -> bool:
    name = resolve(name)
    function = graph().get(name)
    if function is None or function.deed or name in seen:
        return False
    return function.writes or any(_reaches_a_write(one, seen | {name}) for one in function.calls)
