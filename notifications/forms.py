"""The forms of the inbox."""

from nhsuk.forms import Form
from nhsuk.forms.dates import MomentField


class AcknowledgeForm(Form):
    """One button: I have read this."""


class ToldForm(Form):
    """When somebody was told by telephone."""

    happened_at = MomentField(label="When did you speak to them?", help_text="The London time of the call.")
