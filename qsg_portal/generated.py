"""Documents written from the code: what may follow what, who may what, and the clocks.

Written by ``manage.py generate_docs`` into ``docs/generated`` and compared with what is there by
``make check``, so that what newcomers read is what the portal does.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from access.api import Endpoint
from access.roles import ALL_PERMISSIONS, EVERYBODY, ROLES
from access.views import PUBLIC, Page
from reference.files import read_table
from reference.operations import DATA

FOLDER = Path(settings.BASE_DIR) / "docs" / "generated"
NOTE = "*Written from the code by `make docs`; change the code, not this page.*"

Table = Mapping[str, frozenset[str]]


def documents() -> dict[str, str]:
    """Return each document's file name and text."""
    return {
        "states.md": states_document(),
        "permissions.md": permissions_document(),
        "clocks.md": clocks_document(),
    }


def _page(title: str, words: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, words, *parts]) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


# --- The portal's own source -------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file of one of the portal's apps, as syntax."""

    name: str
    tree: ast.Module

    def is_part(self, part: str) -> bool:
        """Say whether it is this part of its app: ``rules``, ``operations``, ``views``."""
        return part in self.name.split(".")[1:]


def sources() -> Iterator[Source]:
    """Return every file of every app of the portal, migrations apart, in order."""
    root = Path(settings.BASE_DIR)
    for app in sorted(one.path for one in apps.get_app_configs() if Path(one.path).parent == root):
        for path in sorted(Path(app).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if "migrations" not in parts:
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                yield Source(name, ast.parse(path.read_text("utf-8")))


# --- States ------------------------------------------------------------------------------------------


def transition_tables() -> dict[str, Table]:
    """Return every table of what may follow what, by its dotted name: the ``TRANSITIONS`` of the rules."""
    found: dict[str, Table] = {}
    for source in sources():
        if not source.is_part("rules"):
            continue
        for node in source.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.endswith("TRANSITIONS"):
                    found[f"{source.name}.{target.id}"] = getattr(import_module(source.name), target.id)
    return found


def states_document() -> str:
    """Return the document of states: a diagram and a table for each table of transitions."""
    parts = []
    for name, table in transition_tables().items():
        module, _, noun = name.rpartition(".")
        words = _words_of(import_module(module), table)
        rows = [
            [
                words[status],
                f"`{status}`",
                ", ".join(words[then] for then in _in_order(after, table)) or "(an end)",
            ]
            for status, after in table.items()
        ]
        parts.append(f"## {_title(name)}\n\nFrom `{module}`, `{noun}`.")
        parts.append(_diagram(table))
        parts.append(_table(["status", "code", "may become"], rows))
    return _page("States", "What may follow what. A change that is not drawn here is refused.", *parts)


def _title(name: str) -> str:
    app, *_, module, noun = name.split(".")
    kind = noun.removesuffix("TRANSITIONS").strip("_").lower()
    place = module if module not in ("rules", "states") else ""
    return " ".join([app.replace("_", " ").capitalize(), *filter(None, [place, kind])])


def _in_order(statuses: frozenset[str], table: Table) -> list[str]:
    return [status for status in table if status in statuses]


def _words_of(module: Any, table: Table) -> dict[str, str]:
    """Return how the module says each status: the mapping of its own that has just these keys."""
    for name, value in vars(module).items():
        if name.endswith("WORDS") and isinstance(value, Mapping) and set(value) == set(table):
            return {status: str(word) for status, word in value.items()}
    return {status: status.replace("_", " ").capitalize() for status in table}


def _diagram(table: Table) -> str:
    first = next(iter(table))
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    for status, after in table.items():
        lines += [f"    {status} --> {then}" for then in _in_order(after, table)] or [f"    {status} --> [*]"]
    return "\n".join(["```mermaid", *lines, "```"])


# --- Permissions -------------------------------------------------------------------------------------


def addresses() -> Iterator[tuple[str, str, Any]]:
    """Return every address of the portal: its name, its route and its view."""

    def below(patterns: Sequence[Any], space: str, route: str) -> Iterator[tuple[str, str, Any]]:
        for one in patterns:
            here = route + str(one.pattern)
            if isinstance(one, URLResolver):
                inner = f"{space}{one.namespace}:" if one.namespace else space
                yield from below(one.url_patterns, inner, here)
            elif isinstance(one, URLPattern):
                yield f"{space}{one.name}" if one.name else here, here, one.callback

    yield from below(get_resolver().url_patterns, "", "/")


def page_of(view: Any) -> type[Page] | None:
    """Return the page that a view shows; None for a view of a library."""
    shown = getattr(view, "view_class", None)
    return shown if isinstance(shown, type) and issubclass(shown, Page) else None


def endpoints_of(view: Any) -> Mapping[str, type[Endpoint]]:
    """Return the endpoints at an address of the API, by method; none for any other."""
    found: Mapping[str, type[Endpoint]] = getattr(getattr(view, "cls", None), "endpoints", {})
    return found


def required_by() -> dict[str, list[str]]:
    """Return, for each permission, the pages, endpoints of the API and operations that require it.

    A button that is offered to those who may, and a line of the menu, require nothing.
    """
    found: dict[str, list[str]] = {}
    for _, route, view in addresses():
        page = page_of(view)
        if page is not None and page.permission != PUBLIC:
            found.setdefault(page.permission, []).append(f"page `{route}`")
        for method, endpoint in endpoints_of(view).items():
            found.setdefault(endpoint.permission, []).append(f"`{method} {route}`")
    for source in sources():
        for where, permission in sorted(set(_asked_in(source))):
            found.setdefault(permission, []).append(f"`{source.name}.{where}`")
    return found


def _asked_in(source: Source) -> Iterator[tuple[str, str]]:
    if source.name == "access.roles":
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for inner in _without_deeds(node):
            calls = isinstance(inner, ast.Call) and "require" in ast.unparse(inner.func)
            if source.is_part("operations") or calls:
                yield from ((node.name, code) for code in _codes(inner))


def _without_deeds(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without what names a deed: decorators, and ``deed=``."""
    for name, value in ast.iter_fields(node):
        if name == "decorator_list" or (isinstance(node, ast.keyword) and node.arg == "deed"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield one
                yield from _without_deeds(one)


def _codes(node: ast.AST) -> Iterator[str]:
    constants = [node] if isinstance(node, ast.Constant) else getattr(node, "args", [])
    for one in constants if isinstance(constants, list) else []:
        if isinstance(one, ast.Constant) and one.value in ALL_PERMISSIONS:
            yield str(one.value)


def permissions_document() -> str:
    """Return the document of permissions: what each role permits, and what requires each permission."""
    needed = required_by()
    rows, uses = [], []
    for code in sorted(ALL_PERMISSIONS):
        roles = [role.replace("_", " ") for role, permitted in ROLES.items() if code in permitted]
        rows.append([f"`{code}`", "everybody" if code in EVERYBODY else ", ".join(roles)])
        uses.append([f"`{code}`", "<br>".join(needed.get(code, ["nothing"]))])
    nothing = [role.replace("_", " ") for role, permitted in ROLES.items() if not permitted]
    return _page(
        "Permissions",
        "A role is held somewhere (a body, a group, a summit, the portal) and permits this *there*, about what is in "
        "sight. Administration gives no sight.",
        _table(["permission", "given by the roles"], rows),
        f"These roles permit nothing by themselves: {', '.join(nothing)}.",
        "## What requires each",
        _table(["permission", "required by"], uses),
    )


# --- Clocks ------------------------------------------------------------------------------------------


def clocks_document() -> str:
    """Return the document of clocks: kinds, durations, and the steps of each family."""
    intervals, steps = _rows("clock_intervals"), _rows("clock_steps")
    parts = [
        _table(
            ["clock", "code", "lasts", "at most", "starts with", "is met by", "rests on"],
            [
                [
                    row["label"],
                    f"`{row['code']}`",
                    f"{row['amount']} ({row['calendar'].replace('_', ' ')})",
                    row["longest"] or "-",
                    row["starts"],
                    row["met_by"],
                    f"{row['source']} [{row['status']}]",
                ]
                for row in intervals
            ],
        )
    ]
    for family in dict.fromkeys(row["family"] for row in intervals):
        mine = [row for row in steps if row["clock"] == family]
        parts.append(f"## Steps of `{family}`")
        parts.append(
            _table(
                ["step", "at", "told", "what happens", "rests on"],
                [
                    [
                        row["step"].replace("_", " "),
                        row["at"],
                        row["recipients"],
                        row["effect"],
                        f"{row['source']} [{row['status']}]",
                    ]
                    for row in mine
                ],
            )
            if mine
            else "No step is taken before or after it falls due."
        )
    return _page(
        "Clocks",
        "Deadlines as shipped; an administrator may change them from a day on. *Paper* stands in the documents, "
        "*judgement* is the portal's.",
        *parts,
    )


def _rows(code: str) -> list[dict[str, str]]:
    rows, _ = read_table(DATA / f"{code}.csv")
    return [cells for _, cells in rows]
