"""A change that is said in words before it is made."""

import uuid
from abc import abstractmethod
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from access.refusals import Invalid, NotNow
from access.views import FormPage
from agencies import rules
from agencies.forms import NoFields
from timekeeping.london import london_day

_OURS = frozenset({"csrfmiddlewaretoken", "once", "sure", "again"})


def warned(without: Iterable[tuple[str, str]]) -> list[str]:
    """The warnings about groups that nobody chairs then, or that have no secretariat: one sentence wherever that is."""
    return [rules.last_of_kind(kind, group) for kind, group in without]


class _NotMeant(Exception):
    """Ends a trial: nothing of it is kept."""


class ChangePage(FormPage):
    """A form in two steps: what is meant, then the sentence that says what will happen, and a yes.

    Where nothing is to be filled in, the first step is left out.
    Whoever may act for whom is worth guarding: the second factor is asked for again.
    The change is tried and undone before the sentence is shown, so that a refusal comes at once.
    A subclass gives `title`, `submit`, `back()` and `words(form)`.
    """

    abstract = True
    fresh = True
    template = "agencies/change.jinja"
    title: ClassVar[str]
    submit: ClassVar[str]
    kind: ClassVar[str] = ""

    @property
    def today(self) -> date:
        """The London day."""
        return london_day(self.now)

    @property
    def meant(self) -> bool:
        """Whether the sentence was said yes to; else what is performed is tried, and undone."""
        return "sure" in self.request.POST

    @abstractmethod
    def words(self, form: Any) -> list[str]:
        """What the change will mean, in sentences."""

    def warnings(self, form: Any) -> list[str]:
        """What nobody would do any more after it, in sentences; none unless a subclass says some."""
        return []

    @abstractmethod
    def back(self) -> tuple[str, str]:
        """Where the page leads back to: words and address."""

    @abstractmethod
    def about(self) -> str:
        """The small line over the heading: whom or what it is about; "" for none."""

    def context(self) -> dict[str, Any]:
        """The words around the form."""
        return {
            "title": self.title,
            "submit": self.submit,
            "kind": self.kind,
            "back": self.back(),
            "caption": self.about(),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the empty form, or the sentence at once where the deed needs nothing but a yes."""
        if not issubclass(self.form_class, NoFields):
            return super().get(request, *args, **kwargs)
        return self._tried(self.form_class(data={}, **self.form_kwargs()), uuid.uuid4(), refused=409)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the sentence first; make the change when it was said yes to."""
        if self.meant:
            return super().post(request, *args, **kwargs)
        form: Any = self.form_class(data=request.POST, files=request.FILES, **self.form_kwargs())
        mark = request.POST.get("once") or uuid.uuid4()
        if "again" in request.POST:
            return self.page(form=form, once=mark)
        return self._tried(form, mark)

    def _tried(self, form: Any, mark: Any, *, refused: int = 422) -> HttpResponseBase:
        """Show the sentence, or the form again with what it was refused for."""
        if not form.is_valid() or not self._goes(form):
            return self.page(status=refused, form=form, once=mark)
        said: dict[str, Any] = {
            "words": self.words(form),
            "warnings": self.warnings(form),
            "given": self.given(form),
        }
        return self.page(form=form, once=mark, **said)

    def given(self, form: Any) -> list[tuple[str, str]]:
        """What goes along with the yes: what was typed; where a file was sent, a subclass says what was read in it."""
        lists = self.request.POST.lists()
        return [(name, value) for name, values in lists if name not in _OURS for value in values]

    def _goes(self, form: Any) -> bool:
        """Try the change and undo it; put a refusal's sentence on the form."""
        try:
            with transaction.atomic():
                self.perform(form)
                raise _NotMeant
        except _NotMeant:
            return True
        except Invalid as refusal:
            form.refuse(refusal.errors)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        return False
