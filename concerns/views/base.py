"""What the pages of concerns share."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from access.principal import OWN_BODY, Place
from access.refusals import Invalid
from access.views import RecordFormPage, version_in
from concerns.forms.finding import LOOK, LookingForm
from concerns.models import Concern
from concerns.operations.lists import Shelf, shelf
from timekeeping.london import london_day


class Shelved:
    """Mixed into a page: the lists of the day, read once."""

    @cached_property
    def shelf(self: Any) -> Shelf:
        """The lists that concerns are written with."""
        return shelf(london_day(self.now))


class Looking:
    """Mixed into a form's page: a button that only looks saves nothing and loses nothing."""

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what was found, or take the form."""
        if LOOK not in request.POST or not issubclass(self.form_class, LookingForm):
            answer: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
            return answer
        form = self.form_class(data=request.POST, **self.form_kwargs())
        form.look()
        once = request.POST.get("once") or uuid.uuid4()
        shown: HttpResponseBase = self.page(form=form, once=once)
        return shown


class DeedPage(Shelved, RecordFormPage):
    """Base of the pages on which something is done with one concern.

    ``at_owner`` says that the role must be held at the body that looks after it; otherwise at one's own.
    """

    abstract = True
    kind = Concern
    at_owner: ClassVar[bool] = True
    done: ClassVar[str] = "Saved."
    renamed: ClassVar[Mapping[str, str]] = {}
    thing: Concern

    def place(self) -> Place:
        """Return the owner, or one's own body."""
        owner: Place = self.thing.record
        return owner if self.at_owner else OWN_BODY

    def possible(self) -> None:
        """Raise NotNow when it cannot be done now; the operation asks again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form while the deed is possible; say why when it is not."""
        self.possible()
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the version that the page shows; to others than its owner it would tell how often it was changed."""
        looking = LOOK in self.request.POST
        seen = (self.seen if looking else self.thing.version) if self.at_owner else None
        return {"seen": seen, "ours": self.thing.record.is_of(self.by)}

    @property
    def seen(self) -> int:
        """The version that the person had before them."""
        return version_in(self.request.POST.get("seen", ""))

    def perform(self, form: Any) -> str:
        """Do it, say that it is done, and go on."""
        with renaming(self.renamed):
            address = self.act(form)
        messages.success(self.request, self.done)
        return address or reverse("concerns:concern", args=[self.thing.pk])

    def act(self, form: Any) -> str:
        """Call the operation; return where to go, if not to the concern."""
        raise NotImplementedError  # pragma: no cover - each page says its own


@contextmanager
def renaming(names: Mapping[str, str]) -> Iterator[None]:
    """Put a rule's refusal at the field of the form that stands for the rule's own."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(
            {names.get(name, name): sentence for name, sentence in refusal.errors.items()}
        ) from refusal
