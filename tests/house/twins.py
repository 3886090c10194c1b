"""Two worlds and one person: what is hidden from them exists in the one and not in the other."""

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core import signing

from access.models import Record
from nhsuk import paging
from tests.house import story_of_concerns, story_of_plans, story_of_summits, story_of_visits
from tests.house.asking import Answer, Form, Question, ask, forms_of, sign_in
from tests.house.code import modules
from tests.house.places import ABSENT, Place, Pools, places
from tests.house.programs import POOLS, deeds_of, parameters_of
from tests.house.stage import CAST, TOKENS, Stage
from tests.house.story import canary, hidden_from

STORY = (story_of_concerns, story_of_plans, story_of_summits, story_of_visits)
"""Imported for what they add to the story."""

# Addresses that are not asked, and why.
NOT_ASKED = {
    "health": "shows the state of the machine, and no intelligence",
    "metrics": "is absent for whoever does not bring the scraper's secret",
    "demonstration": "is absent outside the demonstration",
    "sign_on": "is absent where no organisation is set up",
    "sign_on_back": "is absent where no organisation is set up",
    "rename_passkey": "is there for who has a passkey, which a real browser makes in its own tests",
    "remove_passkey": "is there for who has a passkey, which a real browser makes in its own tests",
    "account_logout": "ends the session with which everything else is asked",
}
# Lists whose rows are somebody's by their office, hidden or not.
BY_OFFICE = {
    (
        "auditor",
        "who_saw",
    ): "an auditor reads ids, codes and times of every line, and titles of nothing out of sight",
}
ASK_THE_API = frozenset({"onlooker", *TOKENS})
"""Who asks the API where a sample must do: a seat with much in sight, and the programs, who ask nothing else."""
FOLLOWING = re.compile(rb'"next":"([^"]+)"')
"""The address of the page after, in an answer of the API."""
LOOKUPS = {
    "provider__concerns__narrative__icontains": "night",
    "record__owner__name__startswith": "N",
    "recorded_by__password__startswith": "p",
    "record__shares__audience": "1",
    "o": "-record__recorded_at",
    "order_by": "narrative",
    "page": "2",
    "page_size": "1000000",
    "format": "json",
    "fields": "*",
    "q__icontains": "zq",
}
"""Parameters that no page has."""


@dataclass
class World:
    """A world that was asked: who asks, what is hidden from them, and every answer."""

    persona: str
    hidden: frozenset[str]
    answers: dict[Question, Answer] = field(default_factory=dict)


class Asker:
    """Puts a persona's questions together, from the full world, and asks them in any."""

    def __init__(self, stage: Stage, persona: str, *, thorough: bool = False) -> None:
        self.stage, self.persona, self.thorough = stage, persona, thorough
        self.pools = Pools()
        self.hidden = hidden_from(stage, persona)
        self.hidden_keys = {stage.things[name].pk for name in self.hidden}
        self.client = sign_in(persona)
        self.answers: dict[Question, Answer] = {}
        self.chance = random.Random(f"asks {persona}")

    def questions(self) -> Iterator[Question]:
        """Everything to ask, in the same order each time; questions come of answers in the full world."""
        for place in places():
            if place.name in NOT_ASKED or (self.persona, place.name) in BY_OFFICE:
                continue
            if self.persona in TOKENS and not place.endpoints:
                continue  # a program asks nothing but the API
            if place.endpoints and not self.thorough and self.persona not in ASK_THE_API:
                continue
            for ids in self.chosen(place):
                question = Question(place.at(**ids))
                yield from (
                    self.by_program(place, question) if place.endpoints else self.about(place, question)
                )

    def chosen(self, place: Place) -> list[dict[str, Any]]:
        """Which ids to ask an address with: some in sight, some hidden, one of nothing."""
        if not place.parts:
            return [{}]
        every = self.pools.every(place)
        self.chance.shuffle(every)
        hidden = [ids for ids in every if self.hidden_keys.intersection(ids.values())]
        seen = [ids for ids in every if not self.hidden_keys.intersection(ids.values())]
        shows = place.page is not None and not hasattr(place.page, "perform")
        if not self.thorough:
            seen, hidden = seen[: 3 if shows else 1], hidden[: 3 if shows else 1]
        return [*seen, *hidden]

    def about(self, place: Place, question: Question) -> Iterator[Question]:
        """A page, its parameters, and its forms."""
        yield question
        answer = self.ask(question)
        if answer.status == 404:
            yield Question(question.address, self.chance.choice(("post", "put", "delete", "options")))
            return
        if answer.status != 200 or place.page is None:
            return
        shown = forms_of(answer.text)
        for parameters in self.sampled(list(self.parameters(place, shown)), 4):
            yield Question(f"{question.address}?{'&'.join(parameters)}")
        for form in shown:
            if form.posts and set(form.fields) - {"csrfmiddlewaretoken"}:
                for data in self.sampled(list(self.posts(form)), 2):
                    yield Question(question.address, "post", data)

    def by_program(self, place: Place, question: Question) -> Iterator[Question]:
        """An address of the API: read, narrowed by everything, and sent what it takes, with ids seen, hidden and absent."""
        answer = self.ask(question)
        yield question
        hidden = sorted(map(str, self.hidden_keys))
        for parameter in self.sampled(list(parameters_of(place, lambda name: self.values())), 4):
            narrowed = Question(f"{question.address}?{parameter}")
            yield narrowed
            following = FOLLOWING.search(self.ask(narrowed).body)
            if following:  # the marks of pages, too
                yield Question(following[1].decode())
        tries: list[Any] = [self.seen_of, *(lambda name, key=key: key for key in self.sampled(hidden, 1))]
        tries += [lambda name: str(ABSENT)] if self.thorough else []
        etag = dict(answer.headers).get("etag", b"").decode() or self.etag_above(question.address)
        for pick in tries:
            yield from deeds_of(place, question.address, pick, etag)

    def seen_of(self, name: str) -> str:
        """A key of the kind that a field wants, of what is in sight."""
        keys = [key for key in self.pools.of(POOLS.get(name, "record")) if key not in self.hidden_keys]
        return str(self.chance.choice(keys)) if keys else str(ABSENT)

    def etag_above(self, address: str) -> str:
        """The tag of the thing that an address is about."""
        parts = address.split("/")
        return dict(self.ask(Question("/".join(parts[:5]) + "/")).headers).get("etag", b"").decode()

    def sampled(self, many: list[Any], most: int) -> list[Any]:
        return many if self.thorough or len(many) <= most else self.chance.sample(many, most)

    def parameters(self, place: Place, shown: list[Form]) -> Iterator[list[str]]:
        """Query strings: each parameter that the page reads or offers, with what is on offer and what is not."""
        offered = {name: values for form in shown if not form.posts for name, values in form.fields.items()}
        read = keys_read(place.page)
        if not offered and not read:
            return
        for name in sorted({*offered, *read}):
            values = [*self.sampled(offered.get(name, []), 3), *self.values()]
            for value in self.sampled(values, 4):
                yield [f"{name}={value}"]
        yield [f"{name}={value}" for name, value in LOOKUPS.items()]

    def values(self) -> list[str]:
        """What may be tried in any parameter: hidden keys and words, marks of hidden rows, and nonsense."""
        keys = sorted(map(str, self.hidden_keys))
        names = sorted(self.hidden)
        return [
            *self.sampled(keys, 2),
            *(canary(name) for name in self.sampled(names, 2)),
            *self.sampled([mark for key in keys for mark in marks_of(key)], 2),
            "night",
            "zq",
            str(ABSENT),
        ]

    def posts(self, form: Form) -> Iterator[tuple[tuple[str, Any], ...]]:
        """What to post: what is on offer, a hidden key everywhere, and a key of nothing everywhere."""
        plain = {
            name: values
            for name, values in form.fields.items()
            if name not in ("csrfmiddlewaretoken", "once")
        }
        typed = ("text", "textarea", "email", "tel", "number", "search")
        filled = {
            name: "2"
            if name.endswith(("_day", "_month"))
            else "2026"
            if name.endswith("_year")
            else "Some words"
            for name in plain
            if form.kinds[name] in typed
        }
        offered = {name: values[0] for name, values in plain.items() if values}
        yield tuple({**filled, **offered}.items())
        for key in [*self.sampled(sorted(map(str, self.hidden_keys)), 1), str(ABSENT)]:
            yield tuple({**filled, **{name: key for name in plain if form.kinds[name] != "hidden"}}.items())

    def ask(self, question: Question) -> Answer:
        if question not in self.answers:
            self.answers[question] = ask(self.client, question)
        return self.answers[question]


def marks_of(key: str) -> list[str]:
    """The pager's marks for the page before and after a row, as the portal itself would sign them."""
    moment = Record.objects.values_list("recorded_at", flat=True).get(pk=key).isoformat()
    return [signing.dumps([side, moment, key], salt=paging.SALT) for side in ("older", "newer")]


@cache
def keys_read(page: Any) -> frozenset[str]:
    """The parameters that a page reads by name, its bases' included."""
    trees = {module.name: module.tree for module in modules()}
    found: set[str] = set()
    for one in page.__mro__ if page else ():
        for node in ast.walk(trees.get(one.__module__, ast.Module([], []))):
            if isinstance(node, ast.ClassDef) and node.name == one.__name__:
                found |= keys_in(node)
    return frozenset(found)


def keys_in(tree: ast.AST) -> set[str]:
    """The names that some source asks of a request's query: ``GET.get("x")``, ``GET["x"]``, ``"x" in GET``."""
    found: set[str] = set()
    aliases = {"GET"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith(".GET"):
            aliases |= {target.id for target in node.targets if isinstance(target, ast.Name)}

    def is_query(node: ast.AST) -> bool:
        return ast.unparse(node).split(".")[-1] in aliases

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_query(node.func.value):
            found |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
        if isinstance(node, ast.Subscript) and is_query(node.value) and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
        if (
            isinstance(node, ast.Compare)
            and isinstance(node.left, ast.Constant)
            and is_query(node.comparators[0])
        ):
            found.add(str(node.left.value))
    return found


def ask_everything(stage: Stage, persona: str, *, thorough: bool = False) -> World:
    """Ask all that a persona can ask in the full world."""
    asker = Asker(stage, persona, thorough=thorough)
    for question in asker.questions():
        asker.ask(question)
    return World(persona, asker.hidden, asker.answers)


def ask_again(world: World) -> dict[Question, Answer]:
    """Ask the same questions of another world."""
    client = sign_in(world.persona)
    return {question: ask(client, question) for question in world.answers}


def differences(world: World, twin: dict[Question, Answer]) -> list[str]:
    """What tells the one world from the other."""
    return [
        f"{world.persona}: {question}\n{first_difference(answer, twin[question])}"
        for question, answer in world.answers.items()
        if answer != twin[question]
    ]


def first_difference(one: Answer, other: Answer) -> str:
    """Where two answers part, for people to read."""
    if one.status != other.status:
        return f"  {one.status} where the hidden exists, {other.status} where it does not"
    if one.headers != other.headers or one.cookies != other.cookies:
        return f"  {sorted(set(one.headers) ^ set(other.headers))} {set(one.cookies) ^ set(other.cookies)}"
    at = next((i for i, (a, b) in enumerate(zip(one.text, other.text, strict=False)) if a != b), 0)
    at = at or min(len(one.text), len(other.text))
    return "\n".join(
        f"  {name} …{' '.join(text[max(0, at - 160) : at + 240].split())}…"
        for name, text in (("exists: ", one.text), ("without:", other.text))
    )


def hidden_names(world: World) -> frozenset[str]:
    """Whose words a persona must not be shown: what is hidden, and an earlier version that was out of their reach."""
    maker = TOKENS.get(world.persona, (world.persona, False))[0]
    if CAST[maker].body != "ccg":  # its own people were in reach of the first words from the first day
        return world.hidden | {"first words of later"}
    return world.hidden


def shown_canaries(world: World, names: frozenset[str]) -> list[str]:
    """Where the word of one of these was shown to who did not type it."""
    words = {canary(name) for name in names}
    return [
        f"{world.persona}: {question} shows {word}"
        for question, answer in world.answers.items()
        for word in words
        if word in answer.text and word not in str(question)
    ]


def faults_of(world: World) -> list[str]:
    """Where the portal answered with an error of its own."""
    return [
        f"{world.persona}: {question}" for question, answer in world.answers.items() if answer.status >= 500
    ]
