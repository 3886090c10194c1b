"""Which agreement and notice of a group are in force, who has signed, which seats stand without: in fixed numbers of questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from access.principal import Principal
from access.refusals import Invalid
from agencies.agreements import rules
from agencies.agreements.models import GroupDocument, Signature
from agencies.models import Agency, MemberKind, QSGMember, QualitySurveillanceGroup, Seat
from agencies.roster import SeatLine, not_over, seat_lines, standing
from timekeeping.london import Span


@dataclass
class GroupPapers:
    """A group's documents, and how its member bodies stand to the agreement in force.

    Attributes:
        in_force: the documents that stand today.
        coming: those that are to come.
        over: those that are over.
        signed: each body that is a full member, or is to be, and has signed the agreement in force; with its signature.
        unsigned: those of them that have not.
        seats_without: the seats that count today for a body without one: a gap, and nobody is cut off.
    """

    group: QualitySurveillanceGroup
    in_force: list[GroupDocument] = field(default_factory=list)
    coming: list[GroupDocument] = field(default_factory=list)
    over: list[GroupDocument] = field(default_factory=list)
    signed: list[Signature] = field(default_factory=list)
    unsigned: list[Agency] = field(default_factory=list)
    seats_without: list[SeatLine] = field(default_factory=list)

    @property
    def agreement(self) -> GroupDocument | None:
        """The agreement in force."""
        return next((one for one in self.in_force if one.kind == rules.AGREEMENT), None)

    @property
    def missing(self) -> str:
        """What is not in force, in a sentence; "" for nothing."""
        return rules.missing([one.kind for one in self.in_force])


def may_see_papers(by: Principal, qsg: UUID, day: date) -> bool:
    """Say whether a person acts for a full member body of a group: who has signed there is for its bodies to know."""
    held = QSGMember.objects.filter(standing(day), qsg=qsg, agency=by.agency_id, kind=MemberKind.FULL)
    return by.agency_id is not None and held.exists()


def signers(*groups: UUID, day: date) -> dict[UUID, list[Agency]]:
    """Return the bodies that sign the agreements of these groups, by name: the full members, and those to be.

    A guest signs nothing; a body that is to become a member signs before, so that its seats can be given in time.
    """
    members = QSGMember.objects.filter(not_over(day), qsg__in=groups, kind=MemberKind.FULL)
    found: dict[UUID, dict[Agency, None]] = {group: {} for group in groups}
    for member in members.select_related("agency").order_by("agency__name", "agency_id"):
        found[member.qsg_id][member.agency] = None
    return {group: list(bodies) for group, bodies in found.items()}


def papers_of(groups: Sequence[QualitySurveillanceGroup], day: date) -> list[GroupPapers]:
    """Return the documents and signatures of groups on a London day, in the order of the groups."""
    papers = {group.pk: GroupPapers(group) for group in groups}
    signatures: dict[UUID, dict[UUID, Signature]] = defaultdict(dict)
    for document in GroupDocument.objects.filter(qsg__in=papers):
        mine = papers[document.qsg_id]
        held = Span(document.starts_on, document.ends_on).holds(day)
        (mine.in_force if held else mine.coming if document.starts_on > day else mine.over).append(document)
    agreements = [one.agreement for one in papers.values() if one.agreement]
    for signature in Signature.objects.filter(standing(day), document__in=agreements).select_related(
        "agency"
    ):
        signatures[signature.document_id][signature.agency_id] = signature
    for qsg, bodies in signers(*papers, day=day).items():
        mine = papers[qsg]
        for agency in bodies:
            found = signatures[mine.agreement.pk].get(agency.pk) if mine.agreement else None
            if found:
                mine.signed.append(found)
            else:
                mine.unsigned.append(agency)
    _seats_without(papers.values(), day)
    return list(papers.values())


def _seats_without(papers: Iterable[GroupPapers], day: date) -> None:
    papers = list(papers)
    without = {(one.group.pk, agency.pk): one for one in papers for agency in one.unsigned}
    for line in seat_lines(Seat.objects.filter(qsg__in=[one.group.pk for one in papers]), day):
        if line.counts and (line.seat.qsg_id, line.seat.agency_id) in without:
            without[line.seat.qsg_id, line.seat.agency_id].seats_without.append(line)


def require_agreement(qsg: QualitySurveillanceGroup, agency: Agency, day: date) -> None:
    """Refuse a new seat to a body without an information-sharing agreement in force with its group.

    "Any decision to share information must be compliant with data protection requirements: principles, codes of practice,
    guidance and information sharing agreements" (ADASS 9 (l.19); CQC/NHSCB 2.3; JF 2.2). Seats that are held already are
    not cut off for want of one: an agreement lapses by a date, and a group that fell deaf overnight because nobody
    renewed a paper would be the greater harm. They are shown as a gap to whoever keeps the group's documents.

    Raises:
        Invalid: with the sentence that says what is missing, and where it is put right.
    """
    agreement = GroupDocument.objects.filter(standing(day), qsg=qsg, kind=rules.AGREEMENT).first()
    if agreement is None:
        raise Invalid({"agency": rules.no_seat(agency=agency.name, group=qsg.name, agreement="")})
    if not agreement.signatures.filter(standing(day), agency=agency).exists():
        raise Invalid(
            {"agency": rules.no_seat(agency=agency.name, group=qsg.name, agreement=agreement.title)}
        )
