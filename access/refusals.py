"""The three faces of a refusal. What is out of sight has none: it is absent (404)."""

from collections.abc import Mapping


class NotPermitted(Exception):
    """In sight, but no role held there permits it (403)."""


class NotInScope(NotPermitted):
    """The person may, but the token by which they ask was not made for it (403)."""

    def __init__(self, scope: str) -> None:
        """Keep which scope it lacks: a code of ``access.roles.SCOPES``."""
        super().__init__(
            f"This token lacks the scope {scope}. Your role allows this: make a token that has it."
        )
        self.scope = scope


class NotNow(Exception):
    """Permitted, but not in this state; the sentence says why and what to do (409)."""


class Invalid(Exception):
    """What was given cannot be taken; a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the sentences by field name; ``""`` stands for the form as a whole."""
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def check_lengths(texts: Mapping[str, str], longest: Mapping[str, int]) -> None:
    """Refuse what is longer than is kept: nothing that people write is ever cut.

    Args:
        texts: what is to be stored, by field.
        longest: the most characters of each field; one that is not named is held to nothing here.

    Raises:
        Invalid: a sentence for each text that is too long.
    """
    lengths = {field: len(text.strip()) for field, text in texts.items()}
    wrong = {
        field: f"Keep it to {longest[field]:,} characters; it has {length:,}. Nothing was cut or saved."
        for field, length in lengths.items()
        if field in longest and length > longest[field]
    }
    if wrong:
        raise Invalid(wrong)
