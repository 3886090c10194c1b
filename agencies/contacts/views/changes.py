"""Changes of posts and of numbers: said in words before they are made."""

from typing import Any

from django.urls import reverse

from access.finding import the
from access.principal import Place
from accounts.models import User
from agencies import operations
from agencies.contacts import rules
from agencies.contacts.forms import CorrectPostForm, NumbersForm, PostForm, StandInForm
from agencies.contacts.leads import inspectorate, inspectors
from agencies.contacts.models import Post, PostCode
from agencies.finding import uuid_of
from agencies.forms import EndNowForm
from agencies.models import Agency, QualitySurveillanceGroup
from agencies.operations.posts import seen_of
from agencies.places import NOBODY, PeopleOf
from agencies.roster import not_over, standing
from agencies.views.changing import ChangePage
from timekeeping.london import day_in_words


class _OfAgency(ChangePage):
    """A change of a post at an agency, or of its numbers."""

    abstract = True
    permission = "people.manage"
    agency: Agency

    def find(self) -> None:
        """Fetch the agency."""
        self.agency = the(Agency.objects.filter(pk=self.kwargs["id"]))

    def place(self) -> Place:
        """The agency's people."""
        return PeopleOf(self.agency)

    def about(self) -> str:
        """The agency's name."""
        return self.agency.name

    def back(self) -> tuple[str, str]:
        """Back to the agency."""
        return f"Back to {self.agency}", reverse("agencies:agency", args=[self.agency.pk])

    def people(self) -> list[tuple[str, str]]:
        """Return those who act for the agency today, oneself apart, as choices."""
        held = self.agency.memberships.filter(standing(self.today)).exclude(user_id=self.by.user_id or NOBODY)
        people = User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by(
            "full_name", "pk"
        )
        return [(str(one.pk), one.full_name) for one in people]

    def who(self, form: Any) -> tuple[User | None, str]:
        """Return whom a form names: the account, or None, and the name."""
        given = form.cleaned_data
        user = User.objects.filter(pk=given["person"] or NOBODY).first()
        return user, given["holder_name"] or (user.full_name if user else "")


class Appoint(_OfAgency):
    """Who holds a post from a day on."""

    form_class = PostForm
    title = "Say who holds a post"
    submit = "Put this in the directory"

    def form_kwargs(self) -> dict[str, Any]:
        """The agency's people, and the groups."""
        groups = QualitySurveillanceGroup.objects.order_by("name").values_list("pk", "name")
        return {
            "people": self.people(),
            "areas": [(str(pk), name) for pk, name in groups],
            "today": self.today,
        }

    def words(self, form: Any) -> list[str]:
        """What the directory will say, whom it replaces, and who is told."""
        given = form.cleaned_data
        day = given["starts_on"]
        named = Post.objects.filter(
            not_over(day),
            agency=self.agency,
            post=given["post"],
            topic=given["topic"],
            area=uuid_of(given["area"]),
            stands_in_for=None,
        ).order_by("starts_on", "pk")
        before = next((one for one in named if one.starts_on < day), None)
        instead = next((one for one in named if one.starts_on == day), None)
        planned = next((one for one in named if one.starts_on > day), None)
        user, name = self.who(form)
        last = instead or before
        held = (last.user_id, last.holder_name) if last else None
        new = given["post"] == rules.DIRECTOR and rules.is_another(
            before=held, after=(user.pk if user else None, name)
        )
        return rules.appointed(
            who=name or "the desk",
            post=PostCode(given["post"]).label,
            day=day_in_words(day),
            before=(before.holder_name or "The desk") if before else "",
            inspectorate=self._inspectorate() if new else "",
            instead=(instead.holder_name or "The desk") if instead else "",
            planned=f"From {day_in_words(planned.starts_on)}, {planned.holder_name or 'the desk'} holds it"
            if planned
            else "",
        )

    def _inspectorate(self) -> str:
        """Return who is told of a new Director, in words."""
        body = inspectorate(self.today)
        if body is None or body.pk == self.agency.pk:
            return ""
        named = [post.who for post in inspectors(body.pk, self.agency.pk, self.today)]
        return f"{' and '.join(named)} of the {body.name}" if named else f"The {body.name}"

    def perform(self, form: Any) -> str:
        """Put it in the directory."""
        given = form.cleaned_data
        user, _ = self.who(form)
        operations.appoint(
            by=self.by,
            now=self.now,
            agency=self.agency,
            post=given["post"],
            topic=given["topic"],
            area=QualitySurveillanceGroup.objects.filter(pk=uuid_of(given["area"]) or NOBODY).first(),
            user=user,
            holder_name=given["holder_name"],
            telephone=given["telephone"],
            out_of_hours_telephone=given["out_of_hours_telephone"],
            in_post_since=given["in_post_since"],
            starts_on=given["starts_on"],
        )
        return reverse("agencies:agency", args=[self.agency.pk])


class CorrectNumbers(_OfAgency):
    """A body's own numbers are put right."""

    form_class = NumbersForm
    title = "Correct the telephone numbers"
    submit = "Save the numbers"

    def form_kwargs(self) -> dict[str, Any]:
        """What stands now."""
        return {"initial": {**_numbers(self.agency), "seen": seen_of(self.agency)}}

    def words(self, form: Any) -> list[str]:
        """What the directory will say."""
        return _number_words(self.agency.name, form.cleaned_data)

    def perform(self, form: Any) -> str:
        """Save them."""
        operations.correct_numbers(by=self.by, now=self.now, agency=self.agency, **_given(form))
        return reverse("agencies:agency", args=[self.agency.pk])


class _OfPost(_OfAgency):
    """A change of one post, named by `id` in the address."""

    abstract = True
    held: Post

    def find(self) -> None:
        """Fetch the post."""
        held = the(Post.objects.select_related("agency", "area", "user").filter(pk=self.kwargs["id"]))
        self.held, self.agency = held, held.agency

    def about(self) -> str:
        """The post and whose it is."""
        return f"{self.held.role}, {self.agency.name}"

    def back(self) -> tuple[str, str]:
        """Back to the post."""
        return "Back to the post", reverse("agencies:post", args=[self.held.pk])


class CorrectPost(_OfPost):
    """How a post is rung is put right, or how its holder's name is spelt."""

    form_class = CorrectPostForm
    title = "Correct this contact"
    submit = "Save this"

    def form_kwargs(self) -> dict[str, Any]:
        """What stands now."""
        initial = {"holder_name": self.held.holder_name, **_numbers(self.held), "seen": seen_of(self.held)}
        return {"held": self.held, "initial": initial}

    def words(self, form: Any) -> list[str]:
        """What the directory will say."""
        return _number_words(form.cleaned_data.get("holder_name") or self.held.who, form.cleaned_data)

    def perform(self, form: Any) -> str:
        """Save it."""
        name = form.cleaned_data.get("holder_name", self.held.holder_name)
        operations.correct_post(by=self.by, now=self.now, post=self.held, holder_name=name, **_given(form))
        return self.back()[1]


class StandIn(_OfPost):
    """Somebody stands in for the holder of a post."""

    form_class = StandInForm
    title = "Say who stands in"
    submit = "Put this in the directory"

    def form_kwargs(self) -> dict[str, Any]:
        """The agency's people."""
        return {"people": self.people(), "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the directory will say."""
        first, last = (
            day_in_words(form.cleaned_data["starts_on"]),
            day_in_words(form.cleaned_data["last_day"]),
        )
        _, name = self.who(form)
        return [
            f"From {first} until the end of {last}, {name or 'somebody'} stands in for {self.held.who}.",
            "Both are shown, and what the post is told reaches both.",
        ]

    def perform(self, form: Any) -> str:
        """Put it in the directory."""
        given = form.cleaned_data
        user, _ = self.who(form)
        operations.stand_in(
            by=self.by,
            now=self.now,
            post=self.held,
            user=user,
            holder_name=given["holder_name"],
            telephone=given["telephone"],
            out_of_hours_telephone=given["out_of_hours_telephone"],
            starts_on=given["starts_on"],
            ends_on=form.ends_on,
        )
        return self.back()[1]


class EndPost(_OfPost):
    """A post is held no longer, or nobody stands in any more."""

    form_class = EndNowForm
    title = "End a post"
    submit = "End it"
    kind = "warning"

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the directory will say."""
        day = day_in_words(form.ends_on)
        if self.held.stands_in_for_id:
            return [f"From {day}, {self.held.who} no longer stands in."]
        who = self.held.holder_name or "The desk"
        return [
            f"From {day}, {who} is no longer named as {rules.post_words(self.held.get_post_display())}.",
            "Nobody is, until somebody is appointed.",
        ]

    def perform(self, form: Any) -> str:
        """End it."""
        operations.end_post(by=self.by, now=self.now, post=self.held, ends_on=form.ends_on)
        return reverse("agencies:agency", args=[self.agency.pk])


def _numbers(row: Agency | Post) -> dict[str, str]:
    return {"telephone": row.telephone, "out_of_hours_telephone": row.out_of_hours_telephone}


def _given(form: Any) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("telephone", "out_of_hours_telephone", "seen")}


def _number_words(who: str, given: dict[str, str]) -> list[str]:
    day, night = given["telephone"] or "no number", given["out_of_hours_telephone"] or "no number"
    return [
        f"The directory says of {who}: {day}; out of hours {night}.",
        "Everybody who is signed in reads this.",
    ]
