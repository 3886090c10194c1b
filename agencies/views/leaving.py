"""A list of leavers: what each holds is said, then all of it ends at one yes."""

from typing import Any

from django.contrib import messages
from django.urls import reverse

from access.principal import Place
from agencies import operations, rules
from agencies.forms import LeaversForm
from agencies.models import Post
from agencies.places import SOME_PEOPLE
from agencies.vacancies.falling import left_without
from agencies.views.changing import ChangePage, warned
from nhsuk.words import listing
from timekeeping.london import day_in_words


def _post(post: Post) -> str:
    """A post as it is said of its holder."""
    stands_in = "stand-in, " if post.stands_in_for_id else ""
    return f"{stands_in}{post.role} at {post.agency}"


class Leavers(ChangePage):
    """Everything that people on a list hold ends today."""

    permission = "people.manage"
    form_class = LeaversForm
    template = "agencies/leavers.jinja"
    title = "End everything of people who leave"
    submit = "End all of this now"
    kind = "warning"

    def place(self) -> Place:
        """One's own body's people, or everybody: the operation asks again."""
        return SOME_PEOPLE

    def about(self) -> str:
        """Nobody in particular."""
        return ""

    def back(self) -> tuple[str, str]:
        """Back to people."""
        return "Back to people", reverse("agencies:people")

    def given(self, form: Any) -> list[tuple[str, str]]:
        """The addresses, wherever they were read."""
        return [("addresses", "\n".join(form.cleaned_data["emails"]))]

    def words(self, form: Any) -> list[str]:
        """What ends of each, and which addresses are nobody's."""
        emails = form.cleaned_data["emails"]
        leavers = operations.leavers_of(self.by, emails, self.today)
        said = [f"From {day_in_words(self.today)}, that is now, at their next page:"]
        for one in leavers:
            roles = [f"{each.get_role_display()} at {each.agency}" for each in one.roles]
            roles += [f"{each.get_role_display()} of the portal" for each in one.portal_roles]
            seats = [f"{each.get_kind_display()} at {each.qsg}" for each in one.seats]
            said.append(
                rules.leaves(
                    person=one.user.full_name,
                    roles=roles,
                    seats=seats,
                    posts=[_post(each) for each in one.posts],
                    kept=[_post(each) for each in one.kept],
                    stays=one.stays,
                )
            )
        unknown = sorted(set(emails) - {one.user.email for one in leavers})
        if unknown:
            said.append(
                f"Nobody whom you look after holds anything with {listing(unknown)}."
                " An invitation to such an address, if one waits, is withdrawn."
            )
        return [*said, "Nothing that they wrote is lost, and their accounts stay."]

    def warnings(self, form: Any) -> list[str]:
        """That a group is left without a chair, or a secretariat, when all of them are gone."""
        leavers = operations.leavers_of(self.by, form.cleaned_data["emails"], self.today)
        return warned(left_without([seat for one in leavers for seat in one.seats], self.today))

    def perform(self, form: Any) -> str:
        """End it all."""
        ended = operations.end_leavers(by=self.by, now=self.now, emails=form.cleaned_data["emails"])
        said = "person holds" if len(ended) == 1 else "people hold"
        if self.meant:
            kept = sorted(f"{one.user.full_name}: {_post(each)}" for one in ended for each in one.kept)
            still = f" These posts end tomorrow at the earliest: {listing(kept)}." if kept else ""
            none = "no role and no seat here any more" if kept else "nothing here any more"
            messages.success(self.request, f"{len(ended)} {said} {none}.{still}")
        return self.back()[1]
