"""What the pages of this room share."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict

from access.finding import the
from access.models import Submission
from access.principal import OWN_BODY, Place
from access.views import FormPage, RecordFormPage, RecordPage, once_in, version_in
from agencies.finding import uuid_of
from providers.models import Provider

ANYWAY = "anyway"
"""The name of the button that does it in spite of what was said before."""


class ReadPage(RecordPage):
    """Base of the page of one thing: whoever sees it may read it."""

    abstract = True

    def place(self) -> Place:
        """Return one's own body."""
        return OWN_BODY


class DeedPage(RecordFormPage):
    """Base of the pages on which something is done with one visit or request, by the body that looks after it."""

    abstract = True
    template = "visits/deed.jinja"
    heading: ClassVar[str]
    submit: ClassVar[str]
    done: ClassVar[str]

    def possible(self) -> None:
        """Raise NotNow when it cannot be done now; the operation asks again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form while the deed is possible; say why when it is not."""
        self.possible()
        self.log_reading()
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the words around the form, and the version that the page shows."""
        return {"heading": self.heading, "submit": self.submit, "seen": self.had_seen(self.thing.version)}

    @property
    def seen(self) -> int:
        """The version that the person had before them."""
        return version_in(self.request.POST.get("seen", ""))

    def perform(self, form: Any) -> str:
        """Do it, say that it is done, and go to the thing."""
        self.act(form)
        messages.success(self.request, self.said())
        address: str = self.thing.get_absolute_url()
        return address

    def said(self) -> str:
        """Return the sentence that says that it is done."""
        return self.done

    def act(self, form: Any) -> None:
        """Call the operation."""
        raise NotImplementedError  # pragma: no cover - each page says its own


class AboutProvider(FormPage):
    """Base of the pages on which something new is entered about a provider."""

    abstract = True
    provider: Provider

    def find(self) -> None:
        """Fetch the provider; absent where there is none."""
        self.provider = the(Provider.objects.filter(pk=self.kwargs["provider"]))

    def context(self) -> dict[str, Any]:
        """Return the provider."""
        return {"provider": self.provider}


def provider_in(query: QueryDict) -> Provider | None:
    """Return the provider that an address narrows to, if it names one."""
    key = uuid_of(query.get("provider", ""))
    return Provider.objects.filter(pk=key).first() if key else None


class WarnsFirst:
    """Mixed into a form's page: what is to be thought of is said once before it is done."""

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say what there is to say, and do it when the person then still wants it."""
        if ANYWAY not in request.POST and "look" not in request.POST:
            form = self.form_class(data=request.POST, **self.form_kwargs())
            said = self.said_before(form) if form.is_valid() else {}
            if said and not self.taken(request):
                shown: HttpResponseBase = self.page(form=form, once=request.POST.get("once", ""), **said)
                return shown
        answer: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def taken(self: Any, request: HttpRequest) -> bool:
        """Say whether this very form was taken already: what it entered is nothing to be warned of."""
        mark = self._mark(once_in(request.POST.get("once", "")))
        return bool(Submission.objects.filter(once=mark).exists())

    def said_before(self, form: Any) -> dict[str, Any]:
        """Return what the page shows before it is done; nothing where there is nothing to say."""
        raise NotImplementedError  # pragma: no cover - each page says its own
