"""The calendar of visits: reading it, planning, and going together."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from access.api import Choice, Day, Deed, Key, Listing, ListingUnder, Moment, Named, One, Shown, facts_of
from access.api.endpoints import PageOf
from access.finding import the
from access.principal import OWN_BODY, Place
from access.reach import explain
from access.sight import visible_to
from concerns.api.given import EndingGiven, SharingGiven, sharing_of
from concerns.api.reading import audience_told
from concerns.api.shown import AccessShown
from providers.models import Provider
from visits.api import given
from visits.models import JointProposal, Visit
from visits.operations.joining import answer_proposal, propose_joint_visit
from visits.operations.planning import cancel_visit, change_visit, close_visit, plan_visit
from visits.operations.reading import touching, visits_seen, warnings_among
from visits.operations.sharing import share_visit, unshare_visit
from visits.rules import planning
from visits.rules.planning import Plan


class VisitLine(Shown):
    """A visit in a list."""

    id = serializers.UUIDField()
    provider = Named()
    location = Named(allow_null=True)
    agency = Named(help_text="The body that plans it.")
    kind = serializers.CharField()
    announced = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    state = serializers.CharField()


class VisitShown(VisitLine):
    """A visit."""

    parties = Named(many=True)
    lead_name = serializers.CharField()
    purpose = serializers.CharField()
    why = serializers.CharField(help_text="Why it was changed or called off.")
    done_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()
    outcome_link = serializers.CharField()
    changed_at = Moment()


class VisitFilters(PageOf):
    """What narrows the calendar."""

    provider = Key(required=False)
    group = Key(required=False, help_text="In whose area the provider stands.")
    agency = Key(required=False, help_text="The body that plans it or goes along.")
    kind = Choice(list(planning.KINDS), required=False)
    state = Choice(list(planning.TRANSITIONS), required=False)
    starting = Day(required=False, help_text="With a day on or after this one.")
    ending = Day(required=False, help_text="With a day on or before this one.")


class Visits(Listing):
    """Base of the lists of visits, by their first day."""

    abstract = True
    permission = "visit.read"
    shows = VisitLine
    moment = "starts_on"
    soonest = True

    def told(self, thing: Visit) -> Any:
        """Return its line."""
        return facts_of(VisitLine, thing, id=thing.pk, agency=thing.record.owner)


class ListVisits(Visits):
    """The visits of all bodies that you see, by their first day."""

    path = "planned-visits/"
    filters = VisitFilters

    def rows(self) -> QuerySet[Any]:
        """Return those in sight, narrowed."""
        rows = visits_seen(self.by, **self.narrowing("provider", "group", "agency", "kind", "state"))
        if "starting" in self.wanted:
            rows = touching(rows, self.wanted["starting"])
        return rows.filter(starts_on__lte=self.wanted["ending"]) if "ending" in self.wanted else rows


class ReadVisit(One):
    """One visit."""

    path = "planned-visits/<uuid:id>/"
    permission = "visit.read"
    kind = Visit
    related = ("provider", "location")
    shows = VisitShown

    def told(self, thing: Visit) -> Any:
        """Return it."""
        parties = list(thing.parties.order_by("name", "pk"))
        return facts_of(VisitShown, thing, id=thing.pk, agency=thing.record.owner, parties=parties)


class ReadVisitAccess(One):
    """Why you see a visit; to the body that plans it also who else does, and with whom it is shared."""

    path = "planned-visits/<uuid:id>/access/"
    permission = "access.why"
    kind = Visit
    shows = AccessShown

    def told(self, thing: Visit) -> Any:
        """Return the reasons, and to the owner the readers."""
        nothing: dict[str, Any] = {"readers": [], "shares": []}
        ours = thing.record.is_of(self.by)
        return {"why": explain(self.reasons), **(audience_told(self.by, thing.record) if ours else nothing)}


class ListClashes(ListingUnder, Visits):
    """The visits of other bodies that fall on the same days at the same place, of those that you see."""

    path = "planned-visits/<uuid:id>/clashes/"
    kind = Visit

    def rows(self) -> QuerySet[Any]:
        """Return what clashes with it."""
        found = warnings_among(self.by, [self.thing]).clashes if self.thing.ahead else {}
        keys = [one.pk for one in found.get(self.thing.pk, ())]
        return touching(visits_seen(self.by), self.thing.starts_on, self.thing.ends_on).filter(pk__in=keys)


def plan_said(said: dict[str, Any]) -> Plan:
    """Return what was sent as a plan."""
    return Plan(
        kind=said["kind"],
        location=said.get("location"),
        starts_on=said["starts_on"],
        ends_on=said.get("ends_on") or said["starts_on"],
        lead_name=said.get("lead_name", ""),
        purpose=said["purpose"],
        parties=frozenset(said.get("parties", ())),
    )


class PlanVisit(Deed):
    """Plan a visit for your body."""

    path = "planned-visits/"
    permission = "visit.plan"
    takes = given.VisitGiven
    gives = ReadVisit
    makes = True

    def act(self, said: dict[str, Any]) -> Any:
        """Plan it."""
        provider = the(Provider.objects.filter(pk=said["provider"]))
        return plan_visit(
            by=self.by,
            now=self.now,
            provider=provider,
            plan=plan_said(said),
            announced=said["announced"],
            decided=said.get("decided", frozenset()),
        )


class VisitDeed(Deed):
    """Base of the deeds with one visit, by the body that plans it."""

    abstract = True
    permission = "visit.plan"
    kind = Visit
    related = ("provider", "location")
    gives = ReadVisit
    seen = "version"

    def place(self) -> Place:
        """Return the body that plans it."""
        record: Place = self.thing.record
        return record


class ChangeVisit(VisitDeed):
    """Change what is planned, whole, and say why; who goes along stays."""

    path = "planned-visits/<uuid:id>/"
    method = "PATCH"
    takes = given.VisitChangeGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Change it."""
        return change_visit(
            by=self.by,
            now=self.now,
            visit=self.thing,
            plan=plan_said(said),
            why=said["why"],
            seen=self.thing.version,
            decided=said.get("decided", frozenset()),
        )


class CloseVisit(VisitDeed):
    """Say that a visit was made, and what came of it."""

    path = "planned-visits/<uuid:id>/done/"
    takes = given.VisitDoneGiven
    does = close_visit


class CancelVisit(VisitDeed):
    """Call a visit off."""

    path = "planned-visits/<uuid:id>/cancel/"
    takes = given.VisitWhyGiven
    does = cancel_visit


class ShareVisit(VisitDeed):
    """Show a visit to more people; an unannounced one to people by name only."""

    path = "planned-visits/<uuid:id>/share/"
    takes = SharingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """Share it."""
        return share_visit(
            by=self.by, now=self.now, visit=self.thing, choice=sharing_of(said), seen=self.thing.version
        )


class UnshareVisit(VisitDeed):
    """End shares of a visit, and shut bodies out: their sight ends at their next request."""

    path = "planned-visits/<uuid:id>/unshare/"
    takes = EndingGiven

    def act(self, said: dict[str, Any]) -> Any:
        """End them."""
        return unshare_visit(
            by=self.by,
            now=self.now,
            visit=self.thing,
            shares=said.get("shares", ()),
            excluded=frozenset(said.get("excluded", ())),
            seen=self.thing.version,
        )


class ProposalShown(Shown):
    """A body's proposal to join another's visit."""

    id = serializers.UUIDField()
    visit = serializers.UUIDField(source="visit_id")
    agency = Named(help_text="The body that proposes it.")
    text = serializers.CharField()
    state = serializers.CharField()
    answer = serializers.CharField()
    proposed_at = Moment()
    answered_at = Moment(allow_null=True)


def proposal_told(thing: JointProposal) -> dict[str, Any]:
    """Return what is told of a proposal."""
    return {
        **{name: getattr(thing, name) for name in ("visit_id", "text", "state", "answer", "answered_at")},
        "id": thing.pk,
        "agency": thing.record.owner,
        "proposed_at": thing.record.recorded_at,
    }


class ListProposals(ListingUnder):
    """The proposals to join a visit, the newest first: to the body that plans it, and to each body its own."""

    path = "planned-visits/<uuid:id>/joint-proposals/"
    permission = "visit.read"
    kind = Visit
    shows = ProposalShown

    def rows(self) -> QuerySet[Any]:
        """Return those in sight."""
        rows = visible_to(self.by, JointProposal.objects.filter(visit=self.thing.pk))
        return rows.select_related("record__owner")

    def told(self, thing: JointProposal) -> Any:
        """Return what is told of it."""
        return proposal_told(thing)


class ReadProposal(One):
    """One proposal to go together."""

    path = "joint-proposals/<uuid:id>/"
    permission = "visit.read"
    kind = JointProposal
    shows = ProposalShown

    def told(self, thing: JointProposal) -> Any:
        """Return what is told of it."""
        return proposal_told(thing)


class ProposeJointVisit(Deed):
    """Propose to the body that plans a visit to make it together."""

    path = "planned-visits/<uuid:id>/joint-proposals/"
    permission = "visit.plan"
    kind = Visit
    takes = given.ProposalGiven
    gives = ReadProposal
    makes = True
    does = propose_joint_visit

    def place(self) -> Place:
        """Return one's own body, which proposes."""
        return OWN_BODY


class AnswerProposal(Deed):
    """Accept or decline to go together."""

    path = "joint-proposals/<uuid:id>/answer/"
    permission = "visit.plan"
    kind = JointProposal
    related = ("visit__record__owner",)
    takes = given.ProposalAnswer
    gives = ReadProposal
    does = answer_proposal
    called = "proposal"

    def place(self) -> Place:
        """Return the body that plans the visit."""
        record: Place = self.thing.visit.record
        return record
