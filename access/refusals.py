"""The three faces of a refusal. What is out of sight has none: it is absent (404)."""

from collections.abc import Mapping


class NotPermitted(Exception):
    """In sight, but no role held there permits it (403)."""


class NotNow(Exception):
    """Permitted, but not in this state; the sentence says why and what to do (409)."""


class Invalid(Exception):
    """What was given cannot be taken; a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the sentences by field name; ``""`` stands for the form as a whole."""
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)
