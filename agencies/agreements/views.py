"""The pages of a group's documents: kept, ended, signed; and for the portal how every group stands."""

from typing import Any

from django.http import Http404

from access.finding import the
from access.principal import PORTAL, Place
from access.views import Page
from agencies.agreements import operations, rules
from agencies.agreements.forms import DocumentForm, SignForm
from agencies.agreements.models import GroupDocument, Signature
from agencies.agreements.operations import DocumentsOf, shows_papers
from agencies.agreements.reading import papers_of, signers
from agencies.forms import EndNowForm, agency_choices
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.roster import standing
from agencies.views.changing import ChangePage
from agencies.views.groups import group_address
from nhsuk.paging import ListPage, page_by_name
from timekeeping.london import london_day


class _OfDocuments(ChangePage):
    """A change to one group's documents, by its secretariat or chair or the portal's administrator."""

    abstract = True
    permission = "agreement.keep"
    group: QualitySurveillanceGroup

    def place(self) -> Place:
        """The group's documents."""
        return DocumentsOf(self.group)

    def about(self) -> str:
        """The group's name."""
        return self.group.name

    def back(self) -> tuple[str, str]:
        """Back to the group."""
        return f"Back to {self.group}", f"{group_address(self.group)}#papers"


class KeepDocument(_OfDocuments):
    """A document is put on the group's page."""

    form_class = DocumentForm
    title = "Put an agreement or privacy notice on the group's page"
    submit = "Put it there"

    def find(self) -> None:
        """Fetch the group."""
        self.group = the(QualitySurveillanceGroup.objects.filter(pk=self.kwargs["id"]))

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        given = form.cleaned_data
        return rules.kept(
            kind=given["kind"],
            title=given["title"],
            group=self.group.name,
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )

    def perform(self, form: Any) -> str:
        """Put it there."""
        given = form.cleaned_data
        operations.keep_document(
            by=self.by,
            now=self.now,
            qsg=self.group,
            kind=given["kind"],
            title=given["title"],
            place=given["place"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return self.back()[1]


class _OfDocument(_OfDocuments):
    """A change to one document, named by `id` in the address."""

    abstract = True
    document: GroupDocument

    def find(self) -> None:
        """Fetch the document and its group; absent to whoever is shown none of that group's."""
        document = GroupDocument.objects.select_related("qsg").filter(pk=self.kwargs["id"]).first()
        if document is None or not shows_papers(self.by, document.qsg, self.today):
            raise Http404
        self.document, self.group = document, document.qsg

    def about(self) -> str:
        """The document and its group."""
        return f"{self.document.title}, {self.group.name}"


class EndDocument(_OfDocument):
    """A document is no longer in force."""

    form_class = EndNowForm
    title = "End a document"
    submit = "End it"
    kind = "warning"

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        return rules.ended(
            kind=self.document.kind,
            title=self.document.title,
            group=self.group.name,
            starts_on=self.document.starts_on,
            ends_on=form.ends_on,
        )

    def perform(self, form: Any) -> str:
        """End it."""
        operations.end_document(by=self.by, now=self.now, document=self.document, ends_on=form.ends_on)
        return self.back()[1]


class SignAgreement(_OfDocument):
    """Member bodies have signed."""

    form_class = SignForm
    title = "Say who has signed"
    submit = "Save"

    def form_kwargs(self) -> dict[str, Any]:
        """The member bodies that have not signed."""
        signed = set(
            self.document.signatures.filter(standing(self.today)).values_list("agency_id", flat=True)
        )
        every = signers(self.group.pk, day=self.today)[self.group.pk]
        left = [one for one in every if one.pk not in signed]
        return {"agencies": agency_choices(left), "today": self.today}

    def _agencies(self, form: Any) -> list[Agency]:
        return list(Agency.objects.filter(pk__in=form.cleaned_data["agencies"]).order_by("name", "pk"))

    def words(self, form: Any) -> list[str]:
        """What it will mean."""
        return rules.signed(
            agencies=[one.name for one in self._agencies(form)],
            title=self.document.title,
            signed_on=form.cleaned_data["signed_on"],
        )

    def perform(self, form: Any) -> str:
        """Save it."""
        operations.sign_agreement(
            by=self.by,
            now=self.now,
            document=self.document,
            agencies=self._agencies(form),
            signed_on=form.cleaned_data["signed_on"],
        )
        return self.back()[1]


class WithdrawSignature(_OfDocuments):
    """A body's signature stands no longer."""

    form_class = EndNowForm
    title = "End a signature"
    submit = "End it"
    kind = "warning"

    def find(self) -> None:
        """Fetch the signature and its group; absent to whoever is shown none of that group's."""
        of = Signature.objects.select_related("document__qsg", "agency")
        signature = of.filter(pk=self.kwargs["id"]).first()
        if signature is None or not shows_papers(self.by, signature.document.qsg, self.today):
            raise Http404
        self.signature, self.group = signature, signature.document.qsg

    def about(self) -> str:
        """Who signed what."""
        return str(self.signature)

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the end will mean."""
        return rules.withdrawn(
            agency=self.signature.agency.name, title=self.signature.document.title, ends_on=form.ends_on
        )

    def perform(self, form: Any) -> str:
        """End it."""
        operations.withdraw_signature(
            by=self.by, now=self.now, signature=self.signature, ends_on=form.ends_on
        )
        return self.back()[1]


class AgreementsPage(Page):
    """How every group stands: what is in force, who has not signed, which seats stand without; for the portal."""

    permission = "agreement.keep"
    template = "agencies/agreements.jinja"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL

    def context(self) -> dict[str, Any]:
        """A page of groups."""
        found = page_by_name(QualitySurveillanceGroup.objects.all(), mark=self.request.GET.get("from", ""))
        return {"found": ListPage(papers_of(found.rows, london_day(self.now)), found.newer, found.older)}
