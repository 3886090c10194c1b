"""Who holds which post at an agency: put in the directory, and taken out of it."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from access.principal import Place
from accounts.models import User
from agencies import operations, rules
from agencies.forms import EndNowForm, PostForm
from agencies.models import Agency, Post
from agencies.places import NOBODY, PeopleOf
from agencies.roster import not_over, standing
from agencies.views.changing import ChangePage


class _OfPost(ChangePage):
    """A change of a post at an agency."""

    abstract = True
    permission = "people.manage"
    agency: Agency

    def place(self) -> Place:
        """The agency's people."""
        return PeopleOf(self.agency)

    def about(self) -> str:
        """The agency's name."""
        return self.agency.name

    def back(self) -> tuple[str, str]:
        """Back to the agency."""
        return f"Back to {self.agency}", reverse("agencies:agency", args=[self.agency.pk])


class Appoint(_OfPost):
    """Who holds a post from a day on."""

    form_class = PostForm
    title = "Say who holds a post"
    submit = "Put this in the directory"

    def find(self) -> None:
        """Fetch the agency."""
        agency = Agency.objects.filter(pk=self.kwargs["id"]).first()
        if agency is None:
            raise Http404
        self.agency = agency

    def form_kwargs(self) -> dict[str, Any]:
        """The agency's people."""
        held = self.agency.memberships.filter(standing(self.today)).exclude(user_id=self.by.user_id or NOBODY)
        people = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
        return {"people": [(str(one.pk), one.full_name) for one in people], "today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the directory will say, and whom it replaces."""
        given = form.cleaned_data
        people = dict(form.fields["person"].choices)
        who = people[given["person"]] if given["person"] else given["holder_name"] or "the desk"
        label = dict(form.fields["post"].choices)[given["post"]]
        words = [f"From {rules.day_words(given['starts_on'])}, the directory names {who} as {label.lower()}."]
        named = Post.objects.filter(
            not_over(given["starts_on"]), agency=self.agency, post=given["post"], topic=given["topic"]
        )
        for one in named:
            holder = one.holder_name or "The desk"
            if one.starts_on > given["starts_on"]:
                words.append(f"From {rules.day_words(one.starts_on)}, {holder} holds it, as planned.")
            elif one.starts_on < given["starts_on"]:
                words.append(f"{holder} holds it until then.")
            else:
                words.append(f"{holder}, who was named from that day, is not.")
        return words

    def perform(self, form: Any) -> str:
        """Put it in the directory."""
        given = form.cleaned_data
        operations.appoint(
            by=self.by,
            now=self.now,
            agency=self.agency,
            post=given["post"],
            topic=given["topic"],
            user=User.objects.get(pk=given["person"]) if given["person"] else None,
            holder_name=given["holder_name"],
            telephone=given["telephone"],
            out_of_hours_telephone=given["out_of_hours_telephone"],
            starts_on=given["starts_on"],
        )
        return reverse("agencies:agency", args=[self.agency.pk])


class EndPost(_OfPost):
    """A post is held no longer."""

    form_class = EndNowForm
    title = "End a post"
    submit = "End it"
    kind = "warning"

    def find(self) -> None:
        """Fetch the post."""
        held = Post.objects.select_related("agency").filter(pk=self.kwargs["id"]).first()
        if held is None:
            raise Http404
        self.held, self.agency = held, held.agency

    def form_kwargs(self) -> dict[str, Any]:
        """Today."""
        return {"today": self.today}

    def words(self, form: Any) -> list[str]:
        """What the directory will say."""
        who = self.held.holder_name or "The desk"
        post = self.held.get_post_display().lower()
        return [
            f"From {rules.day_words(form.ends_on)}, {who} is no longer named as {post}.",
            "Nobody is, until somebody is appointed.",
        ]

    def perform(self, form: Any) -> str:
        """End it."""
        operations.end_post(by=self.by, now=self.now, post=self.held, ends_on=form.ends_on)
        return reverse("agencies:agency", args=[self.agency.pk])
