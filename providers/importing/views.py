"""The administrator's pages of imports: all of them, a new one, one with its differences, and the answer to it."""

from abc import abstractmethod
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from access.finding import the
from access.principal import PORTAL, Place
from access.views import FormPage, Page
from nhsuk.paging import page_of
from providers.importing import rules
from providers.importing.catalogue import KINDS
from providers.importing.forms import AnswerForm, NoForm, UploadForm
from providers.importing.models import ImportRun
from providers.importing.operations import (
    apply_import,
    one_at_a_time,
    preview_import,
    set_aside_import,
)
from timekeeping.london import day_in_words

_PAGE = 50
_SPANS = 50


def _label(run: ImportRun) -> str:
    return KINDS[run.kind].label if run.kind in KINDS else run.kind


class _Imports(Page):
    """For whoever administers the portal: the directory is the same for everybody."""

    abstract = True
    permission = "membership.manage"

    def place(self) -> Place:
        """The portal itself."""
        return PORTAL


class ImportsPage(_Imports):
    """Every import, the newest first: whose, when, what became of it."""

    template = "providers/imports.jinja"

    def context(self) -> dict[str, Any]:
        """A page of them."""
        rows = ImportRun.objects.defer("content", "unchanged_rows")
        found = page_of(
            rows.select_related("previewed_by"), moment="previewed_at", mark=self.request.GET.get("from", "")
        )
        return {"found": found, "runs": [(run, _label(run)) for run in found.rows]}


class ImportPage(_Imports):
    """One import: its counts, and the rows of one class a page at a time, by number, with what changes or why not."""

    template = "providers/import.jinja"

    def find(self) -> None:
        """Fetch it; absent where there is none."""
        found = ImportRun.objects.defer("content").select_related("previewed_by", "answered_by")
        self.run = the(found.filter(pk=self.kwargs["id"]))

    def context(self) -> dict[str, Any]:
        """The counts, the class asked for or the first that has rows, and a page of it."""
        counts = [(code, label, self.run.counts.get(code, 0)) for code, label in rules.OUTCOMES.items()]
        filled = [code for code, _, number in counts if number]
        asked = self.request.GET.get("show", "")
        chosen = asked if asked in filled else next(iter(filled), "")
        lines = self.run.lines.filter(outcome=chosen)
        pages = -(-lines.count() // _PAGE)
        number = min(_number(self.request.GET.get("page", "")), max(pages, 1))
        rows = lines[(number - 1) * _PAGE : number * _PAGE]
        spans = self.run.unchanged_rows.split(", ")
        return {
            "run": self.run,
            "label": _label(self.run),
            "uncompared": KINDS[self.run.kind].uncompared if self.run.kind in KINDS else "",
            "counts": counts,
            "chosen": chosen,
            "chosen_label": rules.OUTCOMES.get(chosen, ""),
            "rows": [(line, _changes(line.changes)) for line in rows],
            "forgotten": chosen in rules.OF_THE_NEWEST and not pages,
            "unchanged": ", ".join(spans[:_SPANS]),
            "more_unchanged": max(len(spans) - _SPANS, 0),
            "number": number,
            "pages": pages,
        }


def _number(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def _changes(changes: rules.Changes) -> list[tuple[str, str, str]]:
    return [
        (rules.FIELDS.get(field, field), _shown(field, before), _shown(field, after))
        for field, before, after in rules.in_order(changes)
    ]


def _shown(field: str, value: str) -> str:
    if field.endswith("_on") and value:
        return day_in_words(date.fromisoformat(value))
    return value.replace("_", " ") if field in ("kind", "status") else value


class _ImportForm(FormPage, _Imports):
    """Base of the forms, which take long: the same one sent twice is told so at once and not kept waiting."""

    abstract = True

    def _perform_once(self, form: Any, once: UUID) -> str:
        """Hold the imports before the form is taken."""
        with transaction.atomic():
            one_at_a_time()
            return super()._perform_once(form, once)


class NewImport(_ImportForm):
    """A file is sent and compared; nothing of the directory changes yet."""

    fresh = True
    template = "providers/import_new.jinja"
    form_class = UploadForm

    def perform(self, form: Any) -> str:
        """Keep the preview."""
        sent = form.cleaned_data["file"]
        run = preview_import(
            by=self.by, now=self.now, kind=form.cleaned_data["kind"], file=sent.file, name=sent.name
        )
        return run.get_absolute_url()


class _Answer(_ImportForm, ImportPage):
    """An answer to an import that waits."""

    abstract = True
    fresh = True
    template = "providers/import_answer.jinja"
    title: str
    submit: str

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, while it waits; what is answered leads to its page."""
        if self.run.state != rules.PREVIEWED:
            return HttpResponseRedirect(self.run.get_absolute_url())
        return super().get(request, *args, **kwargs)

    @abstractmethod
    def words(self) -> list[str]:
        """What the answer will mean."""

    def context(self) -> dict[str, Any]:
        """The import, and what the answer means for it."""
        return {
            "run": self.run,
            "label": _label(self.run),
            "title": self.title,
            "submit": self.submit,
            "words": self.words(),
        }


class ApplyImport(_Answer):
    """Yes: exactly the file that was previewed is applied, whole or not at all."""

    form_class = AnswerForm
    title = "Apply this import"
    submit = "Apply it"

    def form_kwargs(self) -> dict[str, Any]:
        """How many rows are bad, and how many things would be open again."""
        return {"bad": self.run.counts.get(rules.BAD, 0), "reopened": self.run.counts.get(rules.REOPENED, 0)}

    def words(self) -> list[str]:
        """What will change."""
        bad = self.run.counts.get(rules.BAD, 0)
        told = rules.counted(self.run.counts)
        return (
            [*told, f"Bad rows: {bad:,}. Unless you choose otherwise, nothing is applied."] if bad else told
        )

    def perform(self, form: Any) -> str:
        """Apply it."""
        good, again = (bool(form.cleaned_data.get(name)) for name in ("good_rows_only", "reopen"))
        apply_import(by=self.by, now=self.now, run=self.run, good_rows_only=good, reopen=again)
        messages.success(self.request, "The import is applied.")
        return self.run.get_absolute_url()


class SetAsideImport(_Answer):
    """No: the file is forgotten and its report kept."""

    form_class = NoForm
    title = "Set this import aside"
    submit = "Set it aside"

    def words(self) -> list[str]:
        """Nothing changes."""
        return ["Nothing in the directory changes. What the preview said stays in the list of imports."]

    def perform(self, form: Any) -> str:
        """Set it aside."""
        set_aside_import(by=self.by, now=self.now, run=self.run)
        return reverse("providers:imports")
