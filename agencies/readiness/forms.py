"""The draft of a declaration: an answer and its evidence for each question, and the board's day."""

from collections.abc import Mapping
from typing import Any

from agencies.readiness.rules import LONGEST, Answer
from nhsuk import forms
from reference.forms import GuardedForm

TOO_LONG = {"max_length": f"Keep it to {LONGEST} characters. Nothing was cut or saved."}


class DraftForm(GuardedForm):
    """The report's questions; nothing has to be answered to save, and all of it to sign."""

    board_on = forms.DateField(
        label="On which day did the board discuss the report?",
        hint="The report of the National Quality Board, “Quality in the new health system”.",
        required=False,
        asked=True,
    )

    def __init__(self, *, questions: Mapping[int, str], **kwargs: Any) -> None:
        """Ask the questions that stand today."""
        super().__init__(**kwargs)
        self.questions = questions
        for position, question in questions.items():
            self.fields[f"answer_{position}"] = forms.TextAreaField(
                label=f"{position}. {question}",
                rows=4,
                max_length=LONGEST,
                required=False,
                asked=True,
                error_messages=TOO_LONG,
            )
            self.fields[f"evidence_{position}"] = forms.TextAreaField(
                label=f"Evidence for answer {position}",
                hint="Such as a board paper or minute: what it is, and where.",
                rows=2,
                max_length=LONGEST,
                required=False,
                asked=True,
                error_messages=TOO_LONG,
            )
        self.guarded = tuple(f"{part}_{one}" for one in questions for part in ("answer", "evidence"))
        self.order_fields([*self.guarded, "board_on"])

    def answers(self) -> dict[int, Answer]:
        """Return what was answered, by the position of the question."""
        given = self.cleaned_data
        return {
            position: Answer(given[f"answer_{position}"], given[f"evidence_{position}"])
            for position in self.questions
        }
