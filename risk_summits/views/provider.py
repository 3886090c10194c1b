"""The provider's part: told, heard, told the outcome; or kept from it, by two people."""

from typing import Any

from access.refusals import NotNow
from risk_summits.forms.closing import ProviderForm, WithholdForm
from risk_summits.forms.fields import ConfirmForm
from risk_summits.operations import agree_withholding, propose_withholding, record_provider_word
from risk_summits.rules import closing
from risk_summits.views.base import RoomFormPage


class ProviderPage(RoomFormPage):
    """Record what passed between the room and the provider."""

    permission = "summit.tell_provider"
    form_class = ProviderForm
    heading = "The provider"
    intro = "The provider is told in writing, heard on the facts, and told the outcome."
    done = "What passed with the provider is recorded."
    anchor = "provider"
    after_end = True

    def form_kwargs(self) -> dict[str, Any]:
        """Say whether there is an outcome to tell."""
        return {"ended": self.thing.summit.ended_at is not None}

    def act(self, form: Any) -> None:
        """Record it."""
        record_provider_word(**form.told(), **self.known())


class WithholdPage(RoomFormPage):
    """Propose not to tell the provider yet."""

    permission = "summit.tell_provider"
    form_class = WithholdForm
    heading = "Not telling the provider yet"
    intro = "Two people decide it, and decide it again each day. You are the first; somebody else must agree."
    button = "Propose it"
    done = "Proposed. It counts once a second person agrees."
    anchor = "provider"

    def act(self, form: Any) -> None:
        """Propose it."""
        propose_withholding(**form.told(), **self.known())


class AgreePage(RoomFormPage):
    """Agree not to tell the provider yet."""

    permission = "summit.tell_provider"
    form_class = ConfirmForm
    heading = "Agree not to tell the provider yet"
    intro = "You are the second person. It is decided again within 24 hours."
    button = "Agree"
    done = "Agreed by two. It is decided again within 24 hours."
    anchor = "provider"

    def possible(self) -> None:
        """One that somebody else proposed."""
        held = self.thing.withholdings.filter(agreed_at=None, ended_at=None).first()
        if held is None:
            raise NotNow(
                "Nobody has proposed to keep this from the provider, so there is nothing to agree to."
            )
        closing.check_second_person(held.by_id, self.by.user_id)

    def context(self) -> dict[str, Any]:
        """Return the reason."""
        held = self.thing.withholdings.filter(agreed_at=None, ended_at=None).first()
        return {**super().context(), "quoted": held.reason if held else ""}

    def act(self, form: Any) -> None:
        """Agree."""
        agree_withholding(**self.known())
