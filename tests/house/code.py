"""The portal's own source, read as text and as syntax: what the tests of the house look through."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("views", "pages", "api", "tasks", "admin", "forms", "urls", "management")
"""The parts of an app through which something outside comes in."""


@dataclass(frozen=True)
class Module:
    """One file of an app.

    Attributes:
        name: its dotted name.
        path: where it is, from the root.
        tree: its syntax.
    """

    name: str
    path: Path
    tree: ast.Module = field(repr=False, compare=False)

    @property
    def app(self) -> str:
        return self.name.split(".")[0]

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split(".")[1:])

    def is_part(self, *parts: str) -> bool:
        """Whether it stands in one of these parts of its app: ``models``, ``levels.views``."""
        return bool(set(self.parts) & set(parts))

    def at(self, node: ast.AST) -> str:
        """Where something stands, for people to go to."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@functools.cache
def app_names() -> tuple[str, ...]:
    """The portal's own apps, by the settings."""
    return tuple(one.name for one in apps.get_app_configs() if Path(one.path).parent == ROOT)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Every file of every app, migrations apart."""
    found = []
    for app in app_names():
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" in parts:
                continue
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path.relative_to(ROOT), ast.parse(path.read_text(), str(path))))
    return tuple(found)


@functools.cache
def templates() -> tuple[tuple[str, str], ...]:
    """Every template's name and text."""
    folder = ROOT / "templates"
    return tuple(
        (str(path.relative_to(folder)), path.read_text()) for path in sorted(folder.rglob("*.jinja"))
    )


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Every function at the top of a module."""
    return (node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.FunctionDef))


def deed_of(function: ast.FunctionDef) -> str | None:
    """The deed an operation writes to the log; None for what is no operation."""
    for one in function.decorator_list:
        if isinstance(one, ast.Call) and called(one) == "operation":
            return str(ast.literal_eval(one.args[0]))
    return None


def called(call: ast.Call) -> str:
    """The last name of what is called: ``create`` in ``Line.objects.create(...)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def imports(module: Module) -> dict[str, tuple[str, str]]:
    """What each imported name stands for: the module it comes from, and its name there."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                found[one.asname or one.name] = (node.module, one.name)
        elif isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.split(".")[0]] = (one.name, "")
    return found
