"""The pages of readiness: one declaration, a body's history, the draft, its signature, and a group's view."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from access.finding import the
from access.principal import OWN_BODY
from access.refusals import NotNow
from access.views import FormPage, Page, version_in
from agencies.forms import NoFields
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.readiness import rules
from agencies.readiness.forms import DraftForm
from agencies.readiness.models import ReadinessAnswer, ReadinessDeclaration
from agencies.readiness.operations import save_draft, sign_declaration, wanting_in
from agencies.readiness.reading import (
    answers_to,
    declarations_seen,
    declared_in,
    groups_of,
    may_see_body,
    may_see_group,
    questions_on,
)
from agencies.views.changing import ChangePage
from agencies.views.groups import group_address
from timekeeping.london import london_day


class DeclarationPage(Page):
    """One declaration with its answers: for readers of the body's groups; a draft for the body's own readers."""

    permission = "directory.read"
    template = "agencies/declaration.jinja"

    def find(self) -> None:
        """Fetch it if this person may read it; otherwise it is absent."""
        day = london_day(self.by.asked_at)
        self.declaration = the(declarations_seen(self.by, day).filter(pk=self.kwargs["id"]))

    def context(self) -> dict[str, Any]:
        """The declaration; of a draft, what is left to do."""
        draft = self.declaration.state == rules.DRAFT
        return {
            "declaration": self.declaration,
            "answers": list(self.declaration.answers.all()),
            "wanting": wanting_in(self.declaration, london_day(self.now)) if draft else [],
            "may_write": draft and self.by.may("readiness.write", at=OWN_BODY),
            "may_sign": draft and self.by.may("readiness.sign", at=OWN_BODY),
        }


class BodyPage(Page):
    """What a body has declared: the declaration that stands, those before it, and for its own people the draft."""

    permission = "directory.read"
    template = "agencies/readiness.jinja"

    def find(self) -> None:
        """Fetch the body if this person reads its declarations; otherwise the page is absent."""
        agency = Agency.objects.filter(pk=self.kwargs["id"]).first()
        if agency is None or not may_see_body(self.by, agency.pk, london_day(self.by.asked_at)):
            raise Http404
        self.agency = agency

    def context(self) -> dict[str, Any]:
        """The declarations in the reader's sight."""
        day = london_day(self.now)
        held = list(declarations_seen(self.by, day).filter(agency=self.agency).order_by("-signed_at", "pk"))
        own = self.agency.pk == self.by.agency_id
        return {
            "agency": self.agency,
            "stands": next((one for one in held if one.state == rules.DECLARED), None),
            "draft": next((one for one in held if one.state == rules.DRAFT), None),
            "past": [one for one in held if one.state == rules.REPLACED],
            "own": own,
            "may_write": own and self.by.may("readiness.write", at=OWN_BODY),
        }


def _own_agency(page: Page) -> Agency:
    agency = Agency.objects.filter(pk=page.by.agency_id).first() if page.by.agency_id else None
    if agency is None:
        raise NotNow("You act for no body at the moment, so there is nothing to declare.")
    return agency


class WriteDraft(FormPage):
    """The draft of one's own body: what stands in it, or in the last declaration, is there to go on from."""

    permission = "readiness.write"
    template = "agencies/readiness_draft.jinja"
    form_class = DraftForm

    @cached_property
    def agency(self) -> Agency:
        """One's own body."""
        return _own_agency(self)

    @cached_property
    def standing(self) -> ReadinessDeclaration | None:
        """The draft, else the declaration that stands."""
        held = ReadinessDeclaration.objects.filter(agency=self.agency).prefetch_related("answers")
        found = {one.state: one for one in held if one.state != rules.REPLACED}
        return found.get(rules.DRAFT) or found.get(rules.DECLARED)

    @cached_property
    def answered(self) -> tuple[dict[int, rules.Answer], list[ReadinessAnswer]]:
        """What stands, by the question of today that it answers; and what answers none of today's."""
        if self.standing is None:
            return {}, []
        return answers_to(self.standing, questions_on(london_day(self.now)))

    def form_kwargs(self) -> dict[str, Any]:
        """The questions of today, and what stands."""
        initial: dict[str, Any] = dict(rules.texts_of(self.answered[0]))
        before = list(initial.values())
        if self.standing and self.standing.state == rules.DRAFT:
            initial["board_on"] = self.standing.board_on
        return {"questions": questions_on(london_day(self.now)), "initial": initial, "before": before}

    def context(self) -> dict[str, Any]:
        """The body, and which version the person has before them."""
        held = self.standing
        version = held.version if held and held.state == rules.DRAFT else 0
        if self.request.method == "POST":
            version = version_in(self.request.POST.get("seen", ""))
        return {
            "agency": self.agency,
            "seen": version,
            "draft": bool(held and held.state == rules.DRAFT),
            "unasked": self.answered[1],
        }

    def perform(self, form: Any) -> str:
        """Save the draft."""
        made = save_draft(
            by=self.by,
            now=self.now,
            agency=self.agency,
            answers=form.answers(),
            board_on=form.cleaned_data["board_on"],
            seen=version_in(self.request.POST.get("seen", "")),
            decided=form.decided,
        )
        messages.success(self.request, "The draft is saved. Only readers at your own body see it.")
        return reverse("agencies:declaration", args=[made.pk])


class SignDeclaration(ChangePage):
    """The draft of one's own body is signed off, in words first. It guards no access, so it asks no factor again."""

    permission = "readiness.sign"
    fresh = False
    form_class = NoFields
    title = "Sign the declaration of readiness"
    submit = "Sign and publish it"

    def find(self) -> None:
        """Fetch one's own body's draft, if there is one."""
        drafts = ReadinessDeclaration.objects.filter(state=rules.DRAFT, agency=self.by.agency_id)
        self.draft = drafts.select_related("agency").first() if self.by.agency_id else None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the form, where there is a whole draft; the address says which version is signed."""
        if self.draft is None:
            raise NotNow("There is no draft to sign. Nothing was changed.")
        left = wanting_in(self.draft, self.today)
        if left:
            raise NotNow(f"It is not whole yet. {' '.join(left)}")
        if "version" not in request.GET:
            return redirect(f"{request.path}?version={self.draft.version}")
        return super().get(request, *args, **kwargs)

    @property
    def version(self) -> int:
        """The version of the draft that the person has before them."""
        return version_in(self.request.GET.get("version", ""))

    def about(self) -> str:
        """The body's name."""
        return self.by.agency_name

    def back(self) -> tuple[str, str]:
        """Back to the body's declarations."""
        return "Back to the declarations", reverse("agencies:readiness", args=[self.by.agency_id])

    def words(self, form: Any) -> list[str]:
        """What signing means."""
        assert self.draft is not None  # the trial has refused to sign nothing
        agency = self.draft.agency
        before = ReadinessDeclaration.objects.filter(agency=agency, state=rules.DECLARED).first()
        return rules.signs(
            agency=agency.name,
            person=self.by.name,
            groups=[one.name for one in groups_of(agency.pk, self.today)],
            replaces=london_day(before.signed_at) if before and before.signed_at else None,
        )

    def perform(self, form: Any) -> str:
        """Sign it."""
        if self.draft is None:
            raise NotNow("There is no draft to sign. Somebody may have signed it meanwhile.")
        sign_declaration(by=self.by, now=self.now, agency=self.draft.agency, seen=self.version)
        return self.back()[1]


class GroupPage(Page):
    """Who of a group has declared, and who has not: for readers at its member bodies."""

    permission = "directory.read"
    template = "agencies/group_readiness.jinja"

    def find(self) -> None:
        """Fetch the group if this person reads at one of its bodies; otherwise the page is absent."""
        group = QualitySurveillanceGroup.objects.filter(pk=self.kwargs["id"]).first()
        if group is None or not may_see_group(self.by, group.pk, london_day(self.by.asked_at)):
            raise Http404
        self.group = group

    def context(self) -> dict[str, Any]:
        """Each member body, with its declaration."""
        bodies = declared_in(self.group, london_day(self.now))
        return {
            "group": self.group,
            "declared": [one for one in bodies if one.declaration],
            "silent": [one.agency for one in bodies if not one.declaration],
            "back": (f"Back to {self.group}", group_address(self.group)),
        }
