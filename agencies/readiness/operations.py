"""Drafting a declaration of readiness, and signing it off."""

from collections.abc import Mapping, Set
from datetime import date, datetime

from access.operations import operation
from access.principal import Principal
from access.refusals import Invalid, NotNow
from agencies.models import Agency
from agencies.readiness import rules
from agencies.readiness.models import ReadinessAnswer, ReadinessDeclaration
from agencies.readiness.reading import answers_to, questions_on
from agencies.readiness.rules import DECLARED, DRAFT, REPLACED, Answer
from audit.operations import record_deed
from reference.personal_data import codes, sentence, undecided
from timekeeping.london import london_day, moment_in_words


@operation("readiness.drafted")
def save_draft(
    *,
    by: Principal,
    now: datetime,
    agency: Agency,
    answers: Mapping[int, Answer],
    board_on: date | None,
    seen: int = 0,
    decided: Set[str] = frozenset(),
) -> ReadinessDeclaration:
    """Save a body's draft: it may be as unfinished as it is, and only its own readers see it.

    Args:
        by: a contributor or lead of the body.
        now: the moment.
        agency: the body.
        answers: by the position of the question.
        board_on: the day on which the board discussed the report, if it has.
        seen: the version of the draft that the person wrote on; 0 where there was none.
        decided: marks of what looks like a patient's and, the person says, is not.

    Raises:
        NotPermitted: `by` does not write for this body.
        NotNow: somebody else saved it meanwhile.
        Invalid: an answer to no question, one too long, or something in it looks like a patient's.
    """
    by.require("readiness.write", at=agency)
    Agency.objects.select_for_update().get(pk=agency.pk)
    questions = questions_on(london_day(now))
    draft = ReadinessDeclaration.objects.filter(agency=agency, state=DRAFT).select_related("saved_by").first()
    _not_stale(draft, seen)
    texts = rules.texts_of(answers)
    _check(agency, questions, answers, texts, decided)
    if draft is None:
        draft = ReadinessDeclaration(agency=agency, version=0)
    draft.version, draft.board_on = draft.version + 1, board_on
    assert by.user_id is not None  # who writes for a body is a person
    draft.saved_at, draft.saved_by_id = now, by.user_id
    draft.save()
    draft.answers.all().delete()
    ReadinessAnswer.objects.bulk_create(
        ReadinessAnswer(
            declaration=draft,
            position=position,
            question=questions[position],
            text=one.text,
            evidence=one.evidence,
        )
        for position, one in sorted(answers.items())
    )
    record_deed(
        by=by,
        now=now,
        deed="readiness.drafted",
        detail={
            "declaration": str(draft.pk),
            "agency": str(agency.pk),
            "version": draft.version,
            "personal_data": codes(texts.values()),
        },
    )
    return draft


def _check(
    agency: Agency,
    questions: Mapping[int, str],
    answers: Mapping[int, Answer],
    texts: Mapping[str, str],
    decided: Set[str],
) -> None:
    if rules.strange(questions=questions, answers=answers):
        raise Invalid({"": "The questions have changed meanwhile. Open the page again; nothing was saved."})
    too_long = {name for name, text in texts.items() if len(text) > rules.LONGEST}
    if too_long:
        raise Invalid(dict.fromkeys(too_long, f"Keep it to {rules.LONGEST} characters. Nothing was saved."))
    found = undecided(texts, decided=decided, before=_texts_of(agency))
    if found:
        raise Invalid({name: sentence(one) for name, one in found.items()})


def _not_stale(draft: ReadinessDeclaration | None, seen: int) -> None:
    if seen == (draft.version if draft else 0):
        return
    if draft is None:
        raise NotNow("The draft was signed meanwhile. Nothing of yours was saved; copy it before you go on.")
    raise NotNow(
        f"{draft.saved_by} saved this draft at {moment_in_words(draft.saved_at)}, after you opened it. Nothing of yours"
        " was saved, and it stands below: copy it, open the draft again, and put it in."
    )


def _texts_of(agency: Agency) -> list[str]:
    """Return what stands already in the body's draft and declaration: that was decided when it was saved."""
    held = ReadinessAnswer.objects.filter(
        declaration__agency=agency, declaration__state__in=(DRAFT, DECLARED)
    )
    return [text for pair in held.values_list("text", "evidence") for text in pair]


@operation("readiness.signed")
def sign_declaration(*, by: Principal, now: datetime, agency: Agency, seen: int) -> ReadinessDeclaration:
    """Sign a body's draft off: it is published to the groups of which the body is a member, and replaces the one before.

    Args:
        by: a lead of the body.
        now: the moment.
        agency: the body.
        seen: the version of the draft that the person read.

    Raises:
        NotPermitted: `by` does not speak for the body.
        NotNow: there is no draft, it is not whole, or somebody changed it meanwhile.
    """
    by.require(
        "readiness.sign",
        at=agency,
        sentence=f"Only a lead of {agency} signs its declaration. Ask one of them.",
    )
    Agency.objects.select_for_update().get(pk=agency.pk)
    draft = ReadinessDeclaration.objects.filter(agency=agency, state=DRAFT).select_related("saved_by").first()
    if draft is None:
        raise NotNow("There is no draft to sign. Somebody may have signed it meanwhile.")
    _not_stale(draft, seen)
    left = wanting_in(draft, london_day(now))
    if left:
        raise NotNow(f"It is not whole yet. {' '.join(left)}")
    ReadinessDeclaration.objects.filter(agency=agency, state=DECLARED).update(state=REPLACED)
    draft.state, draft.signed_at, draft.signed_by_id = DECLARED, now, by.user_id
    draft.save(update_fields=["state", "signed_at", "signed_by"])
    record_deed(
        by=by,
        now=now,
        deed="readiness.signed",
        detail={"declaration": str(draft.pk), "agency": str(agency.pk), "version": draft.version},
    )
    return draft


def wanting_in(draft: ReadinessDeclaration, day: date) -> list[str]:
    """Return what a draft still needs before it can be signed."""
    questions = questions_on(day)
    answers, _ = answers_to(draft, questions)
    return rules.wanting(questions=questions, answers=answers, board_on=draft.board_on, today=day)
