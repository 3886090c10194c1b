"""The pages of sheets: the template with what stands, and a sheet that is sent, previewed and applied."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from access.principal import Place
from access.refusals import Invalid, NotNow
from access.views import Page
from agencies.finding import uuid_of
from agencies.forms import agency_choices
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup, Role, SeatKind
from agencies.places import NOBODY, SOME_PEOPLE
from agencies.roster import not_over
from agencies.sheets import rules
from agencies.sheets.forms import FetchForm, SheetForm
from agencies.sheets.operations import apply_sheet, mark_of
from agencies.sheets.present import looked_after, sheet_of
from agencies.sheets.reading import as_csv, as_workbook
from agencies.views.changing import ChangePage
from timekeeping.london import london_day

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def groups_of(bodies: QuerySet[Agency], page: Page) -> QuerySet[QualitySurveillanceGroup]:
    """The groups at which these bodies may hold seats."""
    members = QSGMember.objects.filter(
        not_over(london_day(page.now)), kind=MemberKind.FULL, agency__in=bodies
    )
    return QualitySurveillanceGroup.objects.filter(pk__in=members.values("qsg_id"))


class ChangeBySheet(ChangePage):
    """Many people, roles and seats are changed by one sheet: every row is said before anything is done."""

    permission = "people.manage"
    form_class = SheetForm
    template = "agencies/sheet.jinja"
    title = "Change many by spreadsheet"
    told: list[rules.Told]

    def place(self) -> Place:
        """One's own body's people, or everybody: each row asks again."""
        return SOME_PEOPLE

    def about(self) -> str:
        """Nobody in particular."""
        return ""

    def back(self) -> tuple[str, str]:
        """Back to people."""
        return "Back to people", reverse("agencies:people")

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each class; none before a sheet was looked at."""
        return rules.counted(getattr(self, "told", []))

    @property
    def submit(self) -> str:  # type: ignore[override]
        """What saying yes is called; "" where there is nothing to do."""
        counts = self.counts
        if not (counts[rules.NEW] or counts[rules.CHANGED] or counts[rules.ENDED]):
            return ""
        return "Apply the good rows only" if counts[rules.BAD] else "Apply all of it"

    def context(self) -> dict[str, Any]:
        """The rows by class, and what may be fetched."""
        told, bodies = getattr(self, "told", []), looked_after(self.by)
        groups = [(str(one.pk), one.name) for one in groups_of(bodies, self)]
        shown = [
            (label, [one for one in told if one.outcome == outcome])
            for outcome, label in rules.OUTCOMES.items()
            if outcome != rules.UNCHANGED
        ]
        return {
            **super().context(),
            "told": [(label, rows) for label, rows in shown if rows],
            "columns": rules.COLUMNS,
            "roles": Role.labels,
            "seats": SeatKind.labels,
            "fetch": FetchForm(bodies=agency_choices(bodies), groups=groups),
        }

    def given(self, form: Any) -> list[tuple[str, str]]:
        """The rows that were read, the mark of what they come to, and that only the good ones are meant."""
        only = [("good_rows_only", "yes")] if self.counts[rules.BAD] else []
        return [("sheet", form.cleaned_data["sheet"]), ("seen", mark_of(self.told)), *only]

    def words(self, form: Any) -> list[str]:
        """What all of it comes to; each row is said below."""
        return rules.said(self.counts)

    def warnings(self, form: Any) -> list[str]:
        """Those of all rows, each once."""
        return list(dict.fromkeys(sentence for one in self.told for sentence in one.warnings))

    def perform(self, form: Any) -> str:
        """Apply it; before the yes this is the preview, which is taken back."""
        given = form.cleaned_data
        if self.meant and not given["seen"]:
            raise NotNow("Look at the preview first. Nothing was changed.")
        if "rows" not in given:
            raise Invalid({"file": "Choose the file"})
        told = apply_sheet(
            by=self.by,
            now=self.now,
            rows=given["rows"],
            good_rows_only=given["good_rows_only"] if self.meant else True,
            seen=given["seen"] if self.meant else "",
        )
        if self.meant:
            messages.success(self.request, f"The sheet is applied. {rules.said(rules.counted(told))[0]}")
        else:
            self.told = told
        return self.back()[1]


class FetchSheet(Page):
    """The template with what stands: of one body, of one group, or with its heading alone."""

    permission = "people.manage"
    fresh = True

    def place(self) -> Place:
        """One's own body's people, or everybody."""
        return SOME_PEOPLE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the file, and write that it was fetched."""
        today, bodies = london_day(self.now), looked_after(self.by)
        agency = bodies.filter(pk=uuid_of(request.GET.get("body", "")) or NOBODY).first()
        group = groups_of(bodies, self).filter(pk=uuid_of(request.GET.get("group", "")) or NOBODY).first()
        rows = sheet_of(self.by, today, agency=agency, qsg=group) if agency or group else []
        self.read("FetchSheet", shown=[one.pk for one in (agency, group) if one])
        if request.GET.get("as") == "workbook":
            return self.sent(as_workbook(rows), _WORKBOOK, "xlsx")
        return self.sent(as_csv(rows), "text/csv; charset=utf-8", "csv")

    def sent(self, content: bytes, kind: str, ending: str) -> HttpResponse:
        """The file as an answer to keep."""
        named = {"Content-Disposition": f'attachment; filename="people-and-seats.{ending}"'}
        return HttpResponse(content, content_type=kind, headers=named)
