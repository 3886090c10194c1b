"""What a field says when it is empty or wrong, in a sentence made from its label."""

from django import forms

from nhsuk.words import initial_small

CHOOSING = (
    forms.RadioSelect, forms.Select, forms.CheckboxSelectMultiple, forms.CheckboxInput,
)  # fmt: skip


def required_sentence(label: str, chooses: bool) -> str:
    """What to do about an answer that is missing."""
    verb = "Choose" if chooses else "Enter"
    if label.endswith("?"):
        return f"{verb} an answer to “{label}”"
    return f"{verb} {initial_small(label)}" if label else f"{verb} an answer"


def sentences_for(label: str, field: forms.Field) -> dict[str, str]:
    """The sentences, by Django's error code, that replace Django's own."""
    chooses = isinstance(field.widget, CHOOSING)
    required = required_sentence(label, chooses)
    if isinstance(field, forms.BooleanField):
        required = f"Tick “{label}” to go on"
    name = f"“{label}”" if label.endswith("?") else (label or "This answer")
    found = {
        "required": required,
        "max_length": f"{name} must be %(limit_value)d characters or fewer; yours has %(show_value)d",
        "min_length": f"{name} must be %(limit_value)d characters or more",
        "max_value": f"{name} must be %(limit_value)s or less",
        "min_value": f"{name} must be %(limit_value)s or more",
    }
    if isinstance(field, forms.CharField):
        found["null_characters_not_allowed"] = "Take out the character that cannot be shown"
    if chooses:
        found["invalid_choice"] = "Choose one of the answers in the list"
        found["invalid_pk_value"] = "Choose one of the answers in the list"
        found["invalid_list"] = "Choose one of the answers in the list"
    elif isinstance(field, forms.IntegerField):
        found["invalid"] = f"{name} must be a whole number, such as 12"
    elif isinstance(field, forms.EmailField):
        found["invalid"] = "Enter an e-mail address like name@example.nhs.uk"
    return found


def give_sentences(name: str, field: forms.Field) -> None:
    """Put our sentences on a form's own copy of a field, but leave those that were given."""
    if field.label is None:
        field.label = name.replace("_", " ").capitalize()
    defaults: dict[str, str] = {}
    for cls in reversed(type(field).__mro__):
        defaults.update(getattr(cls, "default_error_messages", {}))
    ours = sentences_for(str(field.label), field)
    for code, sentence in ours.items():
        if field.error_messages.get(code) == defaults.get(code):
            field.error_messages[code] = sentence
