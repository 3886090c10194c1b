"""What every field of ours takes besides Django's own arguments."""

from typing import Any


class Extras:
    """What a component can show and Django's field does not know of.

    Args:
        hint: a sentence under the label (Django's `help_text`).
        label_size: "s", "m", "l" or "xl".
        is_heading: the label or legend is the page's h1, for one question on
            a page.
        asked: a rule asks for an answer that the field itself may lack, so
            it is not called optional.
    """

    label_size = "s"
    is_heading = False
    asked = False

    def __init__(
        self,
        *,
        hint: str = "",
        label_size: str = "",
        is_heading: bool = False,
        asked: bool = False,
        **kwargs: Any,
    ) -> None:
        self.asked = asked
        self.label_size = label_size or ("l" if is_heading else self.label_size)
        self.is_heading = is_heading
        super().__init__(help_text=hint or kwargs.pop("help_text", ""), **kwargs)  # type: ignore[call-arg]
