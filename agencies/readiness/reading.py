"""Who sees which declaration, the report's questions as they stand, and who of a group has declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.principal import Principal
from agencies.agreements.reading import may_see_papers
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup
from agencies.readiness.models import ReadinessAnswer, ReadinessDeclaration
from agencies.readiness.rules import DECLARED, DRAFT, Answer
from agencies.roster import standing
from reference import operations as lists


def questions_on(day: date) -> dict[int, str]:
    """Return the report's questions that stand on a London day, by position."""
    return {int(row["position"]): str(row["question"]) for row in lists.rows("readiness_questions", day)}


def answers_to(
    declaration: ReadinessDeclaration, questions: Mapping[int, str]
) -> tuple[dict[int, Answer], list[ReadinessAnswer]]:
    """Tell which of a declaration's answers answer these questions, and which answer none of them any more.

    An answer belongs to the question as it was asked, word for word, wherever that stands now: what was answered to
    other words is no answer to these.

    Returns:
        The answers by the position of their question in `questions`; and the others.
    """
    places = {question: position for position, question in questions.items()}
    given = list(declaration.answers.all())
    found = {places[one.question]: Answer(one.text, one.evidence) for one in given if one.question in places}
    return found, [one for one in given if one.question not in places]


def fellows_of(by: Principal, day: date) -> QuerySet[QSGMember]:
    """Return the memberships of the bodies that share a group with the person's own, today, as full members."""
    full = QSGMember.objects.filter(standing(day), kind=MemberKind.FULL)
    own = full.filter(agency=by.agency_id, qsg=OuterRef("qsg"))
    return full.filter(Exists(own))


def declarations_seen(by: Principal, day: date) -> QuerySet[ReadinessDeclaration]:
    """Return the declarations that a person reads: those of their own body, and those signed by bodies of its groups.

    A draft is the body's own. Whoever reads at no body reads none.
    """
    if not by.reads:
        return ReadinessDeclaration.objects.none()
    fellow = fellows_of(by, day).filter(agency=OuterRef("agency"))
    return ReadinessDeclaration.objects.filter(
        Q(agency=by.agency_id) | (~Q(state=DRAFT) & Exists(fellow))
    ).select_related("agency", "signed_by", "saved_by")


def may_see_body(by: Principal, agency: UUID, day: date) -> bool:
    """Say whether a person reads what a body declared: it is their own, or a fellow member of a group of theirs."""
    return by.reads and (by.agency_id == agency or fellows_of(by, day).filter(agency=agency).exists())


def may_see_group(by: Principal, qsg: UUID, day: date) -> bool:
    """Say whether a person reads at a full member body of a group: who has declared there is for them to know."""
    return by.reads and may_see_papers(by, qsg, day)


@dataclass(frozen=True)
class Declared:
    """A member body of a group, and the declaration that it published; None where it has not declared."""

    agency: Agency
    declaration: ReadinessDeclaration | None


def declared_in(qsg: QualitySurveillanceGroup, day: date) -> list[Declared]:
    """Return the full members of a group by name, each with its declaration, in two questions."""
    held = qsg.members.filter(standing(day), kind=MemberKind.FULL).select_related("agency")
    bodies = [one.agency for one in held.order_by("agency__name", "agency_id")]
    signed = ReadinessDeclaration.objects.filter(agency__in=bodies, state=DECLARED).select_related(
        "signed_by"
    )
    found = {one.agency_id: one for one in signed}
    return [Declared(agency, found.get(agency.pk)) for agency in bodies]


def groups_of(agency: UUID, day: date) -> list[QualitySurveillanceGroup]:
    """Return the groups in which a body is a full member on a day, by name."""
    held = QSGMember.objects.filter(standing(day), agency=agency, kind=MemberKind.FULL)
    return list(QualitySurveillanceGroup.objects.filter(pk__in=held.values("qsg_id")).order_by("name"))
