"""A person's account: closed, opened again, its lost second factor taken away."""

from typing import Any

from access.refusals import NotPermitted
from agencies import operations
from agencies.forms import NoFields
from agencies.roster import standing
from agencies.vacancies.falling import left_without
from agencies.views.changing import warned
from agencies.views.roles import OfPerson


class _AccountDeed(OfPerson):
    """A deed about a person's account that needs nothing but a yes."""

    abstract = True
    form_class = NoFields
    kind = "warning"

    def find(self) -> None:
        """Nobody does these things to their own account here."""
        super().find()
        if self.person.pk == self.by.user_id:
            raise NotPermitted("This is your own account. Ask another administrator.")


class ShutOut(_AccountDeed):
    """An account is closed at once."""

    title = "Close an account"
    submit = "Close the account"

    def words(self, form: Any) -> list[str]:
        """What will happen."""
        return [
            f"{self.person.full_name} is signed out everywhere and cannot sign in. Their tokens are revoked for good.",
            "Their seats stop counting at once. Nothing they wrote is lost.",
        ]

    def warnings(self, form: Any) -> list[str]:
        """That a group is left without a chair, or a secretariat."""
        held = self.person.seats.filter(standing(self.today)).select_related("qsg")
        return warned(left_without(list(held), self.today))

    def perform(self, form: Any) -> str:
        """Close it."""
        operations.shut_out(by=self.by, now=self.now, user=self.person)
        return self.address()


class LetIn(_AccountDeed):
    """A closed account is opened again."""

    title = "Open an account again"
    submit = "Open the account"

    def words(self, form: Any) -> list[str]:
        """What will happen."""
        return [f"{self.person.full_name} is sent a link to set a new password, and may then sign in."]

    def perform(self, form: Any) -> str:
        """Open it."""
        operations.let_in(by=self.by, now=self.now, user=self.person)
        return self.address()


class ForgetFactor(_AccountDeed):
    """A lost second factor is taken away."""

    title = "Take away a lost second factor"
    submit = "Take it away"

    def words(self, form: Any) -> list[str]:
        """What will happen."""
        return [
            f"Speak to {self.person.full_name} first, on a number you know.",
            "They are signed out everywhere, their tokens are revoked, and they set up a second factor when they next sign in.",
        ]

    def perform(self, form: Any) -> str:
        """Take it away."""
        operations.forget_factor(by=self.by, now=self.now, user=self.person)
        return self.address()
