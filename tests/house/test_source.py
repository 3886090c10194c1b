"""Rules that the source itself keeps, one test each. An exception stands in a list with its reason."""

import ast
import functools
import re

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from access.models import Record, Sighted
from tests.house.code import ROOT, Module, app_names, called, imports, modules, templates

DOORS = ("views", "pages", "forms", "api", "tasks", "urls", "admin")


# --- Deadlines are facts in the database ----------------------------------------------------------


def test_no_deadline_is_left_with_the_broker() -> None:
    """The control run of `make faults`, which shows that such timers are lost, is the one exception."""
    wrong = [
        module.at(node)
        for module in modules()
        if module.name != "qsg_portal.faults.control"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in {"eta", "countdown", "expires", "retry_backoff", "default_retry_delay"}
    ]
    assert wrong == []


# --- One clock ------------------------------------------------------------------------------------

CLOCKS = {
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "localtime"),
    ("functions", "Now"),
}  # fmt: skip
OTHER_CLOCKS = {
    "accounts/adapter.py": "the account library keeps the moment of a password by its own clock",
    "qsg_portal/alive.py": "a file's age is by the machine's clock",
}


def test_pythons_clocks_are_not_read() -> None:
    """The linter bans them too; here a silenced linter is found as well."""
    wrong = []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute):
                whose = (
                    node.value.attr
                    if isinstance(node.value, ast.Attribute)
                    else getattr(node.value, "id", "")
                )
                if (whose, node.attr) in CLOCKS:
                    wrong.append(module.at(node))
            if isinstance(node, ast.ImportFrom):
                last = (node.module or "").split(".")[-1]
                wrong += [module.at(node) for one in node.names if (last, one.name) in CLOCKS]
    assert {place.split(":")[0] for place in wrong} == set(OTHER_CLOCKS)
    assert len(wrong) == len(OTHER_CLOCKS)


SQL_CLOCK = re.compile(
    r"(?<!portal_)\bnow\s*\(\)|\b(current_(date|time|timestamp)|local(time|timestamp)|clock_timestamp|"
    r"statement_timestamp|transaction_timestamp)\b",
    re.IGNORECASE,
)
SQL = re.compile(r"\b(select|insert into|update|delete from|where)\b", re.IGNORECASE)


def test_statements_ask_the_portals_clock_not_the_servers() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value)
        and SQL_CLOCK.search(node.value)
    ]
    assert wrong == []


# --- Sight ----------------------------------------------------------------------------------------


def test_only_access_knows_the_permission_library() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        if module.app != "access"
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("guardian"))
        or (isinstance(node, ast.Import) and any(one.name.startswith("guardian") for one in node.names))
    ]
    assert wrong == []


def test_nobody_asks_the_frameworks_own_permissions() -> None:
    names = {"has_perm", "has_perms", "has_module_perms", "get_objects_for_user", "assign_perm"}
    wrong = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in names
    ]
    assert wrong == []


def test_only_the_base_of_pages_opens_a_page_to_those_not_signed_in() -> None:
    opened = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and any(one.name in {"login_not_required", "csrf_exempt"} for one in node.names)
    }
    assert opened == {"access.views"}


@functools.cache
def of_intelligence() -> frozenset[str]:
    """The models whose rows are intelligence: the Record, what shares its key, and what hangs on either."""
    found: set[type[Model]] = {Record, *(one for one in apps.get_models() if issubclass(one, Sighted))}
    grew = True
    while grew:
        more = {
            model
            for model in apps.get_models()
            if model not in found
            and model._meta.app_label not in ("access", "audit")
            and any(
                isinstance(field, ForeignKey) and field.related_model in found for field in model._meta.fields
            )
        }
        grew = bool(more)
        found |= more
    return frozenset(one.__name__ for one in found)


# Where a door asks for rows of intelligence without ``visible_to`` in the same function, and why it may.
SEEN_ALREADY = {
    "actions.views.detail._clocks": "the clocks of the action that `find` fetched through visible_to",
    "concerns.views.raising._checked": "the author's own draft, which `find` fetched through visible_to",
    "concerns.views.saying.find": "the flag of a record that was fetched through visible_to a line above",
    "clocks.views.context": "another clock of the record that `find` fetched through visible_to",
}


def unseen(module: Module) -> list[str]:
    """Return the places of a module where rows of intelligence are fetched past ``visible_to``."""
    known = imports(module)
    wrong = []
    scopes = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]
    inside = {inner for scope in scopes for inner in ast.walk(scope)}
    for scope in [*scopes, module.tree]:
        asked = [
            node for node in ast.walk(scope) if isinstance(node, ast.Call) and called(node) == "visible_to"
        ]
        within = {inner for call in asked for inner in ast.walk(call)}
        names = {inner.id for inner in within if isinstance(inner, ast.Name)}
        kept = {
            inner
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
            for inner in ast.walk(node.value)
        }
        for node in ast.walk(scope):
            if scope is module.tree and node in inside:
                continue
            fetched = (
                isinstance(node, ast.Attribute)
                and node.attr in {"objects", "_default_manager", "_base_manager"}
                and isinstance(node.value, ast.Name)
                and node.value.id in of_intelligence()
                and node.value.id in known
            )
            shortcut = isinstance(node, ast.Call) and called(node) in {"get_object_or_404", "get_list_or_404"}
            if (fetched or shortcut) and node not in within and node not in kept:
                where = f"{module.name}.{getattr(scope, 'name', '')}"
                wrong.append(f"{where}: {module.at(node)} {ast.unparse(node)[:60]}")
    return wrong


def test_doors_fetch_intelligence_only_through_visible_to() -> None:
    wrong = [
        place
        for module in modules()
        if module.is_part(*DOORS) and module.app != "access"
        for place in unseen(module)
    ]
    assert [place for place in wrong if place.split(":")[0] not in SEEN_ALREADY] == []
    assert set(SEEN_ALREADY) <= {place.split(":")[0] for place in wrong}, "an excuse is not needed any more"


def test_the_rule_above_sees_what_it_should(tmp_path) -> None:
    """Tried on a door of each kind, so that it cannot pass by seeing nothing."""

    def place(body: str) -> list[str]:
        text = "from actions.models import Action\nfrom access.sight import visible_to\n" + body
        return unseen(Module("actions.views", tmp_path, ast.parse(text)))

    assert place("def f(by):\n    return Action.objects.filter(pk=1)")
    assert place("def f(by):\n    return Action._default_manager.get(pk=1)")
    assert place("q = Action.objects.all()")
    assert place("def f(by):\n    return get_object_or_404(Action, pk=1)")
    assert place("def f(by):\n    visible_to(by, Action.objects.all())\n    return Action.objects.count()")
    assert not place("def f(by):\n    return visible_to(by, Action.objects.filter(pk=1)).first()")
    assert not place("def f(by):\n    rows = Action.objects.filter(pk=1)\n    return visible_to(by, rows)")


# Where the moment at which a *record* happened is read, and why it may be. Of a concern a reader may know only what
# ``concerns.operations.reading.known`` says, so no more than the concern's own content is made from it.
RECORDS_MOMENT = {
    "access.drafts.open_draft": "writes it",
    "concerns.operations.writing.content_of": "the content, which `known` narrows for its reader",
    "concerns.operations.writing.put_content": "writes it",
    "concerns.api.shown.said_of": "when somebody went and looked; it is shown of nothing else",
    "concerns.views.detail._said_entry": "when something was said of a concern",
    "risk_summits.api.reading.ListSummits": "when a summit was called",
    "risk_summits.api.reading.ReadViews": "when a view was stated",
    "risk_summits.api.shown.line_of": "when a summit was called",
    "risk_summits.operations.entering.happened": "when the summit was called",
    "risk_summits.operations.holding.derive_holdings": "when the summit was called",
    "risk_summits.operations.judging.record_judgement": "when the summit was called",
    "risk_summits.operations.responding.earliest": "when the summit was called",
    "risk_summits.showing.held.Held": "when a view was stated",
    "risk_summits.showing.timeline._calling": "when the summit was called",
    "risk_summits.showing.timeline._views": "when a view was stated",
    "risk_summits.views.listing.SummitList": "when a summit was called",
    "concerns/concern.jinja": "when something was said of a concern",
    "providers/level.jinja": "when somebody went and looked",
    "risk_summits/_open.jinja": "when a summit was called",
    "risk_summits/headline.jinja": "when a summit was called",
    "risk_summits/list.jinja": "when a summit was called",
    "risk_summits/room.jinja": "when the summit was called, and when a view was stated",
}
RECORDS = {"record", "origin", "parent", "root", "of"}
"""What a record is called where it is spoken of."""
ITS_MOMENT = re.compile(r"\b(record|origin|parent|root|of)(\.|__)happened_at\b")


def reads_records_moment(module: Module) -> set[str]:
    """Return the functions and classes at the top of a module that read when a record happened."""
    wrong = set()
    for scope in ast.iter_child_nodes(module.tree):
        for node in ast.walk(scope):
            of = node.value if isinstance(node, ast.Attribute) and node.attr == "happened_at" else None
            called_so = of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")
            named = (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and ITS_MOMENT.search(node.value)
            )
            if called_so in RECORDS or named:
                wrong.add(f"{module.name}.{getattr(scope, 'name', '')}")
    return wrong


def test_when_a_record_happened_is_read_only_where_it_may_be_known() -> None:
    read = {place for module in modules() for place in reads_records_moment(module)}
    read |= {name for name, text in templates() if ITS_MOMENT.search(text)}
    assert sorted(read - set(RECORDS_MOMENT)) == []
    assert sorted(set(RECORDS_MOMENT) - read) == [], "an excuse is not needed any more"


def test_the_rule_above_sees_a_record_by_any_of_its_names(tmp_path) -> None:
    def place(body: str) -> set[str]:
        return reads_records_moment(Module("actions.rules", tmp_path, ast.parse(body)))

    assert place("def f(origin):\n    return origin.happened_at")
    assert place("def f(thing):\n    return thing.record.happened_at")
    assert place("class Rows:\n    moment = 'record__happened_at'")
    assert not place("def f(turn):\n    return turn.happened_at")


# --- Templates ------------------------------------------------------------------------------------


def is_plain_text(name: str) -> bool:
    """Whether a template makes plain text, in which escaping would spoil what is said."""
    return name.startswith("account/letters/") or bool(re.match(r"emails/\w*(_text|_subject)\.jinja", name))


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("nothing is let past the escaping", r"\|\s*safe\b|autoescape\s+false|\bMarkup\b"),
        ("no markup is put together from parts", r"""["']?\bhtml["']?\s*:\s*[^,}\n]*~"""),
        ("no inline style", r"""\sstyle\s*="""),
        ("no inline script on an element", r"""<[^>]*\son[a-z]+\s*=\s*["']"""),
        ("no address that runs a script", r"javascript:"),
        ("no script without this answer's nonce", r"<script(?![^>]*(nonce=|src=))"),
        ("nothing from another machine", r"""(src|href|action)\s*=\s*["']https?://(?!\{)"""),
    ],
)
def test_templates(rule: str, pattern: str) -> None:
    wrong = [
        f"{name}: {found.group(0).strip()}"
        for name, text in templates()
        if not (name.startswith("emails/") and "inline style" in rule)  # mail readers know no style sheets
        if not (is_plain_text(name) and "escaping" in rule)
        for found in re.finditer(pattern, re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))
        if not (
            found.group(0).strip().startswith("href") and "nhs.uk" in text[found.start() : found.end() + 40]
        )
    ]
    assert wrong == [], rule


def test_a_template_that_posts_a_form_carries_the_token() -> None:
    wrong = [
        name
        for name, text in templates()
        if re.search(r"<form\b[^>]*method=.post", text, re.IGNORECASE) and "csrf" not in text
    ]
    assert wrong == []


def test_a_form_of_ours_carries_its_mark() -> None:
    """Every page that shows a form through the base draws it by the box that puts the mark in."""
    wrong = [
        name
        for name, text in templates()
        if re.search(r"form\.as_fields|as_field_group", text)
        and "form_box" not in text
        and "once" not in text
        and not re.search(r"<form\b[^>]*method=.get", text)
        and not name.startswith(("components/", "account/", "mfa/"))
    ]
    assert wrong == []


def test_nobody_trusts_text_as_markup() -> None:
    allowed = {
        "nhsuk": "the form library's own rendered components",
    }
    wrong = [
        module.at(node)
        for module in modules()
        if module.app not in allowed
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in {"mark_safe", "Markup", "SafeString", "format_html"}
    ]
    assert wrong == []


# --- The rooms ------------------------------------------------------------------------------------


def test_signals_are_heard_in_one_file() -> None:
    hearing = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and any(one.name == "receiver" for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "") == "django.db.models.signals")
    }
    assert hearing <= {"qsg_portal.hearing"}


def test_there_are_no_rooms_for_odds_and_ends() -> None:
    vague = {
        "services",
        "selectors",
        "repositories",
        "signals",
        "presenters",
        "core",
        "common",
        "utils",
        "helpers",
    }
    assert [module.name for module in modules() if vague & set(module.name.split("."))] == []


def test_every_app_is_in_the_layers() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    layers = text.split("[[tool.importlinter.contracts]]")[1]
    assert [app for app in app_names() if f'"{app}"' not in layers] == []


def test_no_address_of_a_thing_is_a_number() -> None:
    """Numbers can be counted through, and a gap in them tells of what is hidden."""
    wrong = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "<int:" in node.value
    ]
    assert wrong == []


def test_every_thing_with_an_address_has_a_random_key() -> None:
    """Rows that no address and no form names may be counted."""
    allowed = {"access.Circle", "access.CircleReading", "access.RecordProvider", "access.RecordExclusion",
               "access.LastReader", "access.Audience", "access.Standing",
               "meetings.EssentialBody", "providers.ImportLine"}  # fmt: skip
    wrong = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in app_names()
        and model._meta.label not in allowed
        and model._meta.pk.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}
    ]
    assert wrong == []
