"""The bases of every page: none exists without saying who may open it.

A page asks in this order: is it in sight (else 404, like an absent one), does a role held
there permit it (else 403), is it possible now (else the rule's own sentence, 409).
"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from access.finding import the
from access.models import Sighted, Submission
from access.principal import OWN_BODY, Place, Principal
from access.reach import Reason, explain, why
from access.refusals import Invalid, NotNow, NotPermitted
from access.roles import ALL_PERMISSIONS
from access.sight import visible_to
from accounts.fresh import ask_again, is_fresh
from audit.operations import record_reading

PUBLIC = "public"
PAGES: list[type["Page"]] = []
"""Every page that was made, for the tests of the structure."""


class Page(View):
    """A page that a signed-in person may open when a role permits it.

    A subclass says ``permission`` (a code of ``access.roles``, or PUBLIC) and
    ``template``; ``abstract = True`` marks a base; ``fresh = True`` asks again for the
    second factor where it was not given a short time ago, and keeps what was typed.
    """

    permission: ClassVar[str]
    fresh: ClassVar[bool] = False
    template: str = ""
    abstract: ClassVar[bool] = True
    request: HttpRequest
    by: Principal

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse, at import, a page that names no permission."""
        super().__init_subclass__(**kwargs)
        if "abstract" not in cls.__dict__:
            cls.abstract = False
        if cls.abstract:
            return
        permission = getattr(cls, "permission", None)
        if permission != PUBLIC and permission not in ALL_PERMISSIONS:
            raise TypeError(f"{cls.__module__}.{cls.__name__} must name a permission; it says {permission!r}")
        PAGES.append(cls)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view; only a PUBLIC page is open to those not signed in."""
        view = super().as_view(**initkwargs)
        return login_not_required(view) if cls.permission == PUBLIC else view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find what is asked for, ask whether it is permitted, then answer."""
        if self.permission == PUBLIC:
            return super().dispatch(request, *args, **kwargs)
        self.by = request.principal  # type: ignore[attr-defined]
        self.now = self.by.asked_at
        try:
            self.find()
            self.by.require(self.permission, at=self.place())
            if self.fresh and not is_fresh(request.session, self.now):
                return ask_again(request, self.now)
            return super().dispatch(request, *args, **kwargs)
        except NotPermitted as refusal:
            return self.refuse("errors/403.jinja", str(refusal), 403)
        except NotNow as refusal:
            return self.refuse("errors/409.jinja", str(refusal), 409)

    def refuse(self, template: str, sentence: str, status: int) -> HttpResponse:
        """Answer a refusal with its own sentence."""
        return render(self.request, template, {"by": self.by, "sentence": sentence}, status=status)

    def find(self) -> None:
        """Fetch what the address names, through ``visible_to``; raise Http404 if absent."""

    def place(self) -> Place:
        """Return where the role must be held: one's own body unless the page says more."""
        return OWN_BODY

    def context(self) -> dict[str, Any]:
        """Return what the template is given, ``by`` and ``now`` apart."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        return self.page()

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """Render the template."""
        known = {"by": self.by, "now": self.now} if self.permission != PUBLIC else {}
        return render(self.request, self.template, {**known, **self.context(), **more}, status=status)

    def read(self, page: str, shown: Iterable[uuid.UUID]) -> None:
        """Write in the log that a list of intelligence was read: one line a page."""
        record_reading(by=self.by, now=self.now, page=page, shown=shown)


class RecordPage(Page):
    """A page about one thing with sight, named by ``id`` in the address."""

    abstract = True
    kind: ClassVar[type[Sighted]]
    thing: Any
    reasons: list[Reason]

    def find(self) -> None:
        """Fetch the thing if it is in sight; otherwise it is absent."""
        things = visible_to(self.by, self.kind._default_manager.select_related("record", "record__owner"))
        self.thing = the(things.filter(pk=self.kwargs["id"]))
        self.reasons = why(self.by, self.thing.record)

    def place(self) -> Place:
        """Return where it is looked after: the roles there decide about sharing, closing and the like."""
        record: Place = self.thing.record
        return record

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, and write that it was read."""
        self.log_reading()
        return self.page()

    def log_reading(self) -> None:
        """Write that this thing was opened, and by which right."""
        reading = [one.code if one.audience is None else one.audience for one in self.reasons]
        record_reading(
            by=self.by, now=self.now, page=type(self).__name__, record=self.thing.pk, through=reading
        )

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        """Render the template with ``thing`` and ``why`` it can be seen."""
        return super().page(status, thing=self.thing, why=explain(self.reasons), **more)


class Former:
    """Mixed into a page: shows a form and performs one operation with what it holds.

    The same form posted twenty times is taken once; a refusal keeps what was typed.
    """

    form_class: type[BaseForm]
    stale = False  # a refusal has said that it stands otherwise meanwhile

    def had_seen(self: Any, version: int) -> int | str:
        """Return the version that the person has before them: of a form shown again its own, unless they were told.

        Args:
            version: as it stands now.
        """
        if self.request.method == "GET" or self.stale:
            return version
        return str(self.request.POST.get("seen", ""))

    def form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made with, the posted data apart."""
        return {}

    def perform(self, form: Any) -> str:
        """Call the operation; return the address to go to. May raise NotNow or Invalid."""
        raise NotImplementedError

    def get(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the empty form."""
        return self.page(form=self.form_class(**self.form_kwargs()), once=uuid.uuid4())

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Perform, or show the form again with a sentence beside each fault."""
        form = self.form_class(data=request.POST, files=request.FILES, **self.form_kwargs())
        once = once_in(request.POST.get("once", ""))
        taken = Submission.objects.filter(once=self._mark(once)).first()
        if taken:
            return HttpResponseRedirect(taken.address)
        if form.is_valid():
            try:
                return HttpResponseRedirect(self._perform_once(form, once))
            except NotNow as refusal:
                self.stale = True
                form.add_error(None, str(refusal))
            except Invalid as refusal:
                for name, sentence in refusal.errors.items():
                    form.add_error(name if name in form.fields else None, sentence)
        return self.page(status=422, form=form, once=once)

    def _perform_once(self: Any, form: Any, once: uuid.UUID) -> str:
        """Perform inside one transaction with the form's mark, so that it is taken once."""
        try:
            with transaction.atomic():
                mark = Submission.objects.create(
                    once=self._mark(once), user_id=self.by.user_id, address="/", at=self.now
                )
                mark.address = self.perform(form)
                mark.save(update_fields=["address"])
        except IntegrityError:
            taken = Submission.objects.filter(once=self._mark(once)).first()
            if taken is None:
                raise
            mark = taken
        return str(mark.address)

    def _mark(self: Any, once: uuid.UUID) -> uuid.UUID:
        """Return the mark as this person's own: another's is no mark of theirs."""
        return uuid.uuid5(self.by.user_id, str(once))


class FormPage(Former, Page):
    """A form that is about no record yet."""

    abstract = True


class RecordFormPage(Former, RecordPage):
    """A form about one thing with sight."""

    abstract = True


def version_in(text: str) -> int:
    """Return the version that a form says the person had before them.

    Args:
        text: as it was posted.

    Returns:
        The number; -1, which is nobody's and so stale, for what is missing or forged.
    """
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def once_in(text: str) -> uuid.UUID:
    """Return the form's mark; a form without one is taken as new."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
