"""Endpoints: one class for one method at one address.

    class Closing(Guarded):                      # what is taken: these fields and no other
        guarded = ("reason",)
        outcome = Text()
        reason = Text()

    class CloseConcern(Deed):                    # POST /api/v1/concerns/<id>/close/
        '''Close a concern with what came of it.'''

        path = "concerns/<uuid:id>/close/"
        permission = "concern.close"             # refused at import without one
        kind = Concern                           # fetched through visible_to, or absent
        takes = Closing
        gives = OneConcern                       # what is answered: the concern as it then stands
        seen = "version"                         # If-Match is wanted, and the operation is told the version
        does = close_concern                     # by=, now=, concern=, seen=, and what was taken

An endpoint holds no rule of the field: it asks, in this order, whether the thing is in sight (else 404,
like an absent one), whether a role held there permits it (403), whether it was taken already
(``Idempotency-Key``), whether it is still what the caller read (412), and what was sent (400). Then the
operation decides (409, 422).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import reverse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from access.api.fields import Given, Guarded, Nothing, Number, Shown, Text
from access.api.problems import Problem
from access.api.reading import UNKEPT, body_of
from access.finding import the
from access.models import Record, Sighted
from access.operations.requests import take_once
from access.principal import OWN_BODY, Place, Principal
from access.reach import Reason, why
from access.refusals import Invalid
from access.roles import ALL_PERMISSIONS
from access.sight import visible_to
from access.tokens import again
from audit.operations import record_reading
from nhsuk.paging import PAGE_SIZE, BadMark, ListPage, Take, page_by_name, page_of, straight
from reference.personal_data import undecided

ENDPOINTS: list[type["Endpoint"]] = []
"""Every endpoint that was made, for the addresses and for the tests of the structure."""

MOST_A_PAGE = 100
KEY = re.compile(r"[!-~]{1,200}")


class Endpoint:
    """One method at one address, open to a caller whose role permits it.

    A subclass says ``path``, ``permission`` (a code of ``access.roles``) and, in its docstring, what it is
    for: the document repeats it. ``abstract = True`` marks a base.
    """

    path: ClassVar[str]
    method: ClassVar[str] = "GET"
    permission: ClassVar[str]
    abstract: ClassVar[bool] = True
    filters: ClassVar[type[Given]] = Nothing
    shows: ClassVar[type[Shown]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse, at import, an endpoint that names no permission."""
        super().__init_subclass__(**kwargs)
        if "abstract" not in cls.__dict__:
            cls.abstract = False
        if cls.abstract:
            return
        permission = getattr(cls, "permission", None)
        if permission not in ALL_PERMISSIONS:
            raise TypeError(f"{cls.__module__}.{cls.__name__} must name a permission; it says {permission!r}")
        ENDPOINTS.append(cls)

    def __init__(self, request: Request, ids: Mapping[str, Any]) -> None:
        """Keep who asks, and for what."""
        self.request, self.ids = request, ids
        self.by: Principal = request.auth  # type: ignore[assignment]
        self.now: datetime = self.by.asked_at

    def run(self) -> Response:
        """Find what is asked for, ask whether it is permitted, then answer."""
        self.wanted = self.read_address()
        self.find()
        self.by.require(self.permission, at=self.place())
        return self.answer()

    def read_address(self) -> dict[str, Any]:
        """Return the parameters of the address.

        Raises:
            Problem: one that there is not, one given twice, one that cannot be read.
        """
        given = self.request.query_params
        errors = {
            name: "This stands twice, or holds a character that no text can have."
            for name, values in given.lists()
            if len(values) > 1 or UNKEPT.search(name + values[0])
        }
        if errors:
            raise Problem(400, errors={UNKEPT.sub("?", name): sentence for name, sentence in errors.items()})
        asked = self.filters(data=given.dict(), context={"address": True})
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def find(self) -> None:
        """Fetch what the address names, through ``visible_to``; raise Http404 if absent."""

    def place(self) -> Place:
        """Return where the role must be held: one's own body unless the endpoint says more."""
        return OWN_BODY

    def answer(self) -> Response:
        """Answer."""
        raise NotImplementedError  # pragma: no cover - each kind says its own

    def told(self, thing: Any) -> Any:
        """Return what is told of a thing: itself, or by the names of ``shows`` what this reader may know of it."""
        return thing

    def plain(self, thing: Any) -> Any:
        """Return a thing as it is written down."""
        return self.shows(self.told(thing)).data

    @classmethod
    def page_name(cls) -> str:
        """What a reading is called in the log."""
        return f"api.{cls.__name__}"


class Reading(Endpoint):
    """Something to read that is no list and no thing with sight: ``tell`` gives it."""

    abstract = True

    def tell(self) -> Any:
        """Return what is shown."""
        raise NotImplementedError  # pragma: no cover - each says its own

    def answer(self) -> Response:
        """Answer with it."""
        return Response(self.plain(self.tell()))


class PageOf(Given):
    """The parameters of every list."""

    cursor = Text(required=False, help_text="From `next` or `previous` of another page.")
    page_size = Number(
        required=False, min_value=1, max_value=MOST_A_PAGE, help_text="25 unless told; at most 100."
    )


class Listing(Endpoint):
    """A list, a page at a time, by the key of the row it starts after; nothing is counted.

    ``rows`` gives what is in sight; ``moment`` or ``name`` is the field by which it is ordered.
    A list of intelligence writes one line of the log a page; ``logged = False`` is for the directory.
    """

    abstract = True
    filters: ClassVar[type[PageOf]] = PageOf
    moment: ClassVar[str] = "record__recorded_at"
    soonest: ClassVar[bool] = False
    name: ClassVar[str] = ""
    logged: ClassVar[bool] = True

    def rows(self) -> QuerySet[Any]:
        """Return the rows, through ``visible_to``, narrowed by ``self.wanted``."""
        raise NotImplementedError  # pragma: no cover - each says its own

    def narrowing(self, *names: str, **others: str) -> dict[str, Any]:
        """Return the parameters that were given as conditions: each by its own name, or by another's."""
        columns = {**{name: name for name in names}, **others}
        return {columns[name]: value for name, value in self.wanted.items() if name in columns}

    def take(self) -> Take:
        """Return how the first rows are found, where the order's own index is not enough."""
        return straight

    def records(self, rows: Iterable[Any]) -> list[UUID]:
        """Return the records that these rows show, for the log."""
        return [one.pk for one in rows]

    def filled(self, rows: Sequence[Any]) -> Iterable[Any]:
        """Return the rows of a page with what is asked for all of them at once."""
        return rows

    def answer(self) -> Response:
        """Answer with a page, and write which records it showed."""
        page = self.page()
        if self.logged:
            record_reading(
                by=self.by, now=self.now, page=self.page_name(), shown=dict.fromkeys(self.records(page.rows))
            )
        return Response(
            {
                "next": self._at(page.older),
                "previous": self._at(page.newer),
                "results": [self.plain(one) for one in self.filled(page.rows)],
            }
        )

    def page(self) -> ListPage:
        """Take the page that was asked for."""
        mark, size = self.wanted.get("cursor", ""), self.wanted.get("page_size", PAGE_SIZE)
        try:
            if self.name:
                return page_by_name(self.rows(), name=self.name, mark=mark, size=size, strict=True)
            return page_of(
                self.rows(),
                moment=self.moment,
                mark=mark,
                size=size,
                soonest=self.soonest,
                take=self.take(),
                strict=True,
            )
        except BadMark:
            raise Problem(400, errors={"cursor": "Take this from `next` or `previous` of a page."}) from None

    def _at(self, mark: str) -> str | None:
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", mark) if mark else None


class AboutOne(Endpoint):
    """Base of whatever is about one thing, named by ``id`` in the address.

    A thing with sight is fetched through ``visible_to``; so is a row that hangs on a record, which says
    ``through``. A row of the directory is there for everybody.
    """

    abstract = True
    kind: ClassVar[type[Model]]
    related: ClassVar[tuple[str, ...]] = ()
    through: ClassVar[str] = ""
    thing: Any

    def find(self) -> None:
        """Fetch the thing if it is in sight; otherwise it is absent."""
        related = (
            ("record", "record__owner", *self.related) if issubclass(self.kind, Sighted) else self.related
        )
        things = self.kind._default_manager.select_related(*related)
        if issubclass(self.kind, Sighted | Record) or self.through:
            things = visible_to(self.by, things, through=self.through)
        self.thing = the(things.filter(pk=self.ids["id"]))


class ListingUnder(AboutOne, Listing):
    """A list of what hangs on one thing: the thing must be in sight, and each row by itself."""

    abstract = True


class One(AboutOne):
    """One thing, with its ETag. Each reading is a line of the log; of the directory, ``logged = False``."""

    abstract = True
    logged: ClassVar[bool] = True

    @property
    def record(self) -> Record:
        """The record by which it is seen."""
        return self.thing if isinstance(self.thing, Record) else self.thing.record

    def address(self) -> str:
        """Return where the thing is read."""
        return reverse(f"api:{name_of(self.path)}", kwargs={"id": self.thing.pk})

    def answer(self) -> Response:
        """Answer with it, and write that it was read."""
        return self.shown()

    @cached_property
    def reasons(self) -> list[Reason]:
        """Why the caller sees it."""
        return why(self.by, self.record)

    def shown(self, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Answer with the thing as it stands."""
        if self.logged:
            reading = [one.code if one.audience is None else one.audience for one in self.reasons]
            record_reading(
                by=self.by, now=self.now, page=self.page_name(), record=self.record.pk, through=reading
            )
        body = self.plain(self.thing)
        return Response(body, status, headers={"ETag": etag_of(body), **(headers or {})})


def _words(given: Any) -> str:
    """Return what was sent in a field as the one text in which the operation looks: a list's lines joined."""
    return "\n".join(map(str, given)) if isinstance(given, list) else str(given or "")


def name_of(route: str) -> str:
    """Return what an address is called: its path, with its parts by their names."""
    return "-".join(one.strip("<>").rpartition(":")[2] for one in route.strip("/").split("/"))


def etag_of(body: Any) -> str:
    """Return the tag of what a caller was shown: of that alone, so that it tells of no change they do not see."""
    text = JSONRenderer().render(body)
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'


class Deed(One):
    """Does one operation with what was sent, and answers with the thing it made or changed.

    ``kind`` is the thing it is done with, None for what is about none yet. ``called`` is that thing's name
    among the operation's arguments, by default its model's.
    """

    abstract = True
    method: ClassVar[str] = "POST"
    kind: ClassVar[type[Model] | None] = None  # type: ignore[assignment]
    takes: ClassVar[type[Given]] = Nothing
    gives: ClassVar[type[One]]
    does: ClassVar[Callable[..., Any]]
    seen: ClassVar[str] = ""
    called: ClassVar[str] = ""
    makes: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the operation as it is: it is no method."""
        if callable(does := cls.__dict__.get("does")):
            cls.does = staticmethod(does)
        super().__init_subclass__(**kwargs)

    def find(self) -> None:
        """Fetch the thing, where there is one."""
        if self.kind is not None:
            super().find()

    def act(self, said: dict[str, Any]) -> Any:
        """Call the operation; return what it made or changed."""
        about: dict[str, Any] = {}
        if self.kind is not None:
            about[self.called or str(self.kind._meta.model_name)] = self.thing
        if self.seen:
            about["seen"] = getattr(self.thing, self.seen)
        return self.does(by=self.by, now=self.now, **about, **said)

    def key_of(self, done: Any) -> UUID:
        """Return the key of what is answered with, by what the operation returned: its own unless told otherwise."""
        held: UUID = done.pk
        return held

    def answer(self) -> Response:
        """Do it, once for each key, and answer."""
        key = self.request.headers.get("Idempotency-Key")
        sent = body_of(self.request)
        if key is None or self.method != "POST":
            return self.given(self.perform())
        if not KEY.fullmatch(key):
            raise Problem(
                400, errors={"Idempotency-Key": "Send 1 to 200 letters, digits and signs, without spaces."}
            )
        asked = f"{self.method} {self.request.get_full_path()}\n".encode() + sent
        caller = self.by.token_id or self.by.user_id
        assert caller is not None
        return self.given(take_once(caller=caller, key=key, request=asked, now=self.now, act=self.perform))

    def perform(self) -> UUID:
        """Check what was sent against what was read, and do it; return the key of what is answered with."""
        self.check_seen()
        said = self.takes(data=self.request.data)
        said.is_valid(raise_exception=True)
        try:
            return self.key_of(self.act(dict(said.validated_data)))
        except Invalid as refusal:
            raise Problem(422, errors=refusal.errors, **self.found_in(said.validated_data)) from refusal

    def check_seen(self) -> None:
        """Refuse to change what is not as the caller read it; say how it now stands."""
        if not self.seen:
            return
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            raise Problem(428)
        now = self.given_of(self.key_of(self.thing))
        if now is None:
            raise Problem(412)
        body = now.plain(now.thing)
        if etag_of(body) not in [one.strip() for one in wanted.split(",")]:
            raise Problem(412, current=body, headers={"ETag": etag_of(body)})

    def found_in(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what in the words looks like a patient's, with the marks under which it can be decided."""
        if not issubclass(self.takes, Guarded):
            return {}
        texts = {name: _words(said.get(name)) for name in self.takes.guarded}
        found = undecided(texts, decided=said.get("decided", frozenset()))
        findings = {
            name: [{"text": one.text, "looks_like": one.looks_like, "mark": one.mark} for one in each]
            for name, each in found.items()
        }
        return {"findings": findings} if findings else {}

    def given(self, key: UUID | None) -> Response:
        """Answer with the thing as it stands in the caller's sight, after the first doing and after a repeated one."""
        shown = self.given_of(key) or self.given_afresh(key)
        if shown is None:
            return Response(status=204)
        if not self.makes:
            return shown.shown()
        return shown.shown(201, {"Location": self.request.build_absolute_uri(shown.address())})

    def given_afresh(self, key: UUID | None) -> One | None:
        """Return it to who is asked afresh: what was just made may name its maker, whom nothing named when they asked."""
        self.request.auth = again(self.by)
        return self.given_of(key)

    def given_of(self, key: UUID | None) -> One | None:
        """Return what is answered with, if the caller may read it."""
        shown = self.gives(self.request, {"id": key})
        try:
            shown.find()
        except Http404:
            return None
        return shown if self.by.may(shown.permission, at=shown.place()) else None
