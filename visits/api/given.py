"""What programs send about visits and requests."""

from access.api import Choice, Day, Guarded, Key, Many, Text, Whether
from visits.rules import asking, planning


class VisitPlanGiven(Guarded):
    """What is planned, whole."""

    guarded: tuple[str, ...] = ("lead_name", "purpose")

    kind = Choice(list(planning.KINDS))
    location = Key(required=False, help_text="Left out: the provider as a whole.")
    starts_on = Day()
    ends_on = Day(required=False, help_text="The last day; left out, the first.")
    purpose = Text(max_length=planning.LONGEST)
    lead_name = Text(max_length=planning.SHORTER["lead_name"], required=False, allow_blank=True)


class VisitGiven(VisitPlanGiven):
    """A visit that your body plans."""

    provider = Key()
    announced = Whether(help_text="False: seen by nobody but you and the people you name.")
    parties = Many(Key(), required=False, help_text="The bodies that go along.")


class VisitChangeGiven(VisitPlanGiven):
    """A visit as it is to be, whole, and why."""

    guarded = (*VisitPlanGiven.guarded, "why")

    why = Text(max_length=planning.LONGEST)


class VisitDoneGiven(Guarded):
    """That it was made."""

    guarded = ("outcome", "outcome_link")

    done_on = Day()
    outcome = Text(max_length=planning.LONGEST, required=False, allow_blank=True)
    outcome_link = Text(max_length=planning.LONGEST_LINE, required=False, allow_blank=True)


class VisitWhyGiven(Guarded):
    """Why."""

    guarded = ("why",)

    why = Text(max_length=planning.LONGEST)


class ProposalGiven(Guarded):
    """What is proposed."""

    guarded = ("text",)

    text = Text(max_length=planning.LONGEST)


class ProposalAnswer(Guarded):
    """Whether the two bodies go together."""

    guarded = ("text",)

    accept = Whether()
    text = Text(max_length=planning.LONGEST, required=False, allow_blank=True)


class RequestGiven(Guarded):
    """What your body asks a provider for."""

    guarded = ("about",)

    provider = Key()
    kind = Choice(list(asking.INFORMATION))
    about = Text(max_length=asking.LONGEST)
    covers_from = Day()
    covers_to = Day()
    asked_on = Day()
    due_on = Day()


class VisitAnswerGiven(Guarded):
    """That the provider answered, and where that is held."""

    guarded = ("held_where",)

    answered_on = Day()
    held_where = Text(max_length=asking.LONGEST_LINE)
