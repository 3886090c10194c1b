"""What the bodies say and judge, what is known, and who is in danger."""

from typing import Any

from django.http import Http404

from access.refusals import NotNow
from reference.operations import rows
from risk_summits.forms.judging import CorrectForm, DangerForm, JudgementForm, KnownForm, ViewForm
from risk_summits.operations import (
    add_known,
    correct_judgement,
    record_judgement,
    say_danger,
    state_view,
)
from risk_summits.operations.facts import judgements
from risk_summits.operations.judging import check_may_judge
from risk_summits.rules import judging, sealing
from risk_summits.showing import voices
from risk_summits.showing.held import Held
from risk_summits.views.base import RoomFormPage
from timekeeping.london import london_day


class ViewPage(RoomFormPage):
    """State the own body's view, unseen by the others."""

    permission = "summit.state_view"
    at_room = False
    form_class = ViewForm
    heading = "What does your body say?"
    button = "State this view"
    done = "Your body's view is stated."
    anchor = "views"

    def form_kwargs(self) -> dict[str, Any]:
        """Return the answers."""
        held = Held(self.thing, self.by, self.now)
        return {"answers": [(code, held.outcome("stated_view", code)) for code in sealing.ANSWERS]}

    def context(self) -> dict[str, Any]:
        """Say who sees it."""
        sealed = (
            "The views have been revealed, so everyone in this room sees it at once."
            if self.thing.revealed_at
            else "Nobody of another body sees it until all views are in, the meeting opens, or four hours have passed. "
            "If people are in danger, say that apart: it is never sealed."
        )
        return {**super().context(), "intro": sealed}

    def act(self, form: Any) -> None:
        """State it."""
        state_view(**form.told(), **self.known())


class DangerPage(RoomFormPage):
    """Say that people are, or may be, in danger."""

    permission = "summit.inform"
    at_room = False
    form_class = DangerForm
    heading = "Somebody may be in danger"
    intro = "Ring 999 or the council's safeguarding desk first. Everyone in this room hears what you say here at once."
    button = "Say it"
    done = "It is written down. Everyone in this room is told."
    anchor = "known"

    def act(self, form: Any) -> None:
        """Say it."""
        say_danger(**form.told(), **self.known())


class KnownPage(RoomFormPage):
    """Add to what is known."""

    permission = "summit.inform"
    at_room = False
    form_class = KnownForm
    heading = "Add to what is known"
    intro = "Everyone in this room sees it at once."
    done = "It is added to what is known."
    anchor = "known"

    def act(self, form: Any) -> None:
        """Add it."""
        add_known(**form.told(), **self.known())


class JudgePage(RoomFormPage):
    """Record a judgement: the group's, or the own body's."""

    permission = "summit.read"  # the sentence says whose judgement it is
    at_room = False
    form_class = JudgementForm
    button = "Record this judgement"
    done = "Recorded, with when it was judged and when you recorded it."
    anchor = "judgements"

    def find(self) -> None:
        """Fetch the room; a judge that is none is absent."""
        super().find()
        self.judge = self.kwargs["judge"]
        if self.judge not in judging.LISTS:
            raise Http404

    def possible(self) -> None:
        """For the body, or those who speak for the group."""
        check_may_judge(self.by, self.thing, self.judge, now=self.now)

    def form_kwargs(self) -> dict[str, Any]:
        """Return this judge's list."""
        list_code = judging.LISTS[self.judge]
        day = london_day(self.now)
        held = [row for row in rows("outcome_codes", on=day) if row["list"] == list_code]
        return {
            "judge": self.judge,
            "codes": [(str(row["code"]), str(row["label"])) for row in held],
            "hints": {
                **{
                    str(row["code"]): "Starts the time in which the bodies must meet"
                    for row in held
                    if judging.starts_response(self.judge, str(row["code"]))
                },
                judging.NOT_TAKEN_FORWARD: "Closes the summit. Safeguarding must have been answered first",
            },
            "severities": [
                (str(row["code"]), str(row["label"]))
                for row in rows("severity_scale", on=day)
                if row["code"] != "none_good"
            ],
        }

    def context(self) -> dict[str, Any]:
        """Return whose judgement it is."""
        stands = voices.judgements_of(Held(self.thing, self.by, self.now))
        return {**super().context(), "page_heading": judging.WORDS[self.judge], "stands": stands}

    def act(self, form: Any) -> None:
        """Record it, on what was seen."""
        record_judgement(judge=self.judge, seen=self.seen, **form.told(), **self.known())


class CorrectPage(RoomFormPage):
    """Put the moment of a judgement right."""

    permission = "summit.read"
    at_room = False
    form_class = CorrectForm
    heading = "Put the time right"
    intro = "The clocks it started are stopped as corrected, and others start from the right time. Both stay."
    done = "Put right. What stood before is kept too."
    anchor = "judgements"

    def find(self) -> None:
        """Fetch the judgement of the address."""
        super().find()
        self.judgement = judgements(self.thing).filter(pk=self.kwargs["judgement"]).first()
        if self.judgement is None and not self.thing.judgements.filter(pk=self.kwargs["judgement"]).exists():
            raise Http404

    def possible(self) -> None:
        """One that stands, by whoever may record it."""
        if self.judgement is None:
            raise NotNow("This judgement has been corrected already. Look at how it stands now.")
        check_may_judge(self.by, self.thing, self.judgement.judge, now=self.now)

    def act(self, form: Any) -> None:
        """Correct it."""
        correct_judgement(judgement=self.kwargs["judgement"], **form.told(), **self.known())
