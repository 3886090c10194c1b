"""What others say of a concern, and who went and looked: things that hang on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Sighted
from concerns.rules import content, origins

TEXT_LONGEST = 4_000


class Said(Sighted):
    """Base of what hangs on a concern: seen by those who see the concern, never by more."""

    DEPTH = 1

    text = models.TextField(blank=True)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its place on the page of what it hangs on: a concern, or a level that was looked into."""
        parent = self.record.parent
        if parent is None or parent.kind == "concern":
            return f"{reverse('concerns:concern', args=[self.record.parent_id])}#said-{self.pk}"
        return f"{parent.sighted.get_absolute_url()}#said-{self.pk}"


class Corroboration(Said):
    """Another body sees it too, or sees the opposite, and from where it has it (mission B5).

    ``same_as`` is the report whose origin it shares; it is counted, and shown to nobody as a chain.
    """

    KIND = "corroboration"

    stance = models.CharField(max_length=10, choices=list(origins.STANCE_WORDS.items()))
    source_kind = models.CharField(max_length=60)
    source_other = models.CharField(max_length=content.SHORT_LONGEST, blank=True)
    reliability = models.CharField(max_length=60)
    origin = models.CharField(max_length=10, choices=list(origins.ORIGIN_WORDS.items()))
    same_as = models.ForeignKey("access.Record", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="corroboration_stance_known", condition=Q(stance__in=list(origins.STANCE_WORDS))
            ),
            models.CheckConstraint(
                name="corroboration_shares_an_origin_or_not",
                condition=Q(origin=origins.OWN, same_as__isnull=True)
                | (~Q(origin=origins.OWN) & Q(same_as__isnull=False)),
            ),
        ]

    @property
    def title(self) -> str:
        """Its stance in words."""
        return origins.STANCE_WORDS[self.stance]


class Comment(Said):
    """A word on a concern; its author may narrow it to its own body, the concern's owner and people named."""

    KIND = "comment"

    class Meta:
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]

    @property
    def title(self) -> str:
        """What it is."""
        return "A comment"


class GoAndLook(Said):
    """Who went to look, when and what was found; or why nobody went (mission B13, NQB ch. 6 (l.921))."""

    KIND = "go_and_look"

    class How(models.TextChoices):
        """How somebody looked."""

        VISIT = "visit", "A visit"
        CALL = "call", "A telephone call"
        FILES = "files", "A check of the files"
        NOBODY = "nobody", "Nobody went"

    how = models.CharField(max_length=10, choices=How.choices)
    who = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="look_says_who_or_why_not",
                condition=~Q(text="") & (Q(how="nobody", who="") | (~Q(how="nobody") & ~Q(who=""))),
            )
        ]

    @property
    def title(self) -> str:
        """What was done."""
        return "Why nobody went to look" if self.how == self.How.NOBODY else "Somebody went and looked"
