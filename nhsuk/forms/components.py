"""Turns a bound field into a component's name and its parameters.

Everything handed over is plain text, never marked safe, so that the macros
escape all of it.
"""

from typing import Any

from django import forms
from django.forms import BoundField

from nhsuk.forms.dates import BrokenDate

Params = dict[str, Any]

# With scripts, a list longer than this becomes a box to type in.
SEARCHABLE_FROM = 15


def plain(value: Any) -> str:
    """The text itself, without any promise that it is safe HTML."""
    return "" + str(value)


def error_of(bound: BoundField) -> str:
    """The field's errors as one sentence, "" when there are none."""
    return ". ".join(plain(error) for error in bound.errors)


def label_of(bound: BoundField) -> str:
    """The label, with "(optional)" where an answer may be left out."""
    label = plain(bound.label)
    asks = not isinstance(bound.field, forms.BooleanField) and not bound.is_hidden
    needed = bound.field.required or getattr(bound.field, "asked", False)
    if asks and not needed and "optional" not in label.lower():
        return f"{label} (optional)"
    return label


def kind_of(bound: BoundField) -> str:
    """The component that draws a field; Django's own fields are told by their widget."""
    if bound.is_hidden:
        return "hidden"
    named = getattr(bound.field, "component", "")
    if named:
        return str(named)
    by_widget: tuple[tuple[type[forms.Widget], str], ...] = (
        (forms.PasswordInput, "password"),
        (forms.Textarea, "textarea"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.FileInput, "file"),
    )
    for widget, kind in by_widget:
        if isinstance(bound.field.widget, widget):
            return kind
    return "input"


def extra(bound: BoundField, name: str, default: Any = None) -> Any:
    """One of the field's extras."""
    return getattr(bound.field, name, default)


def common(bound: BoundField) -> Params:
    """The parameters that every component has."""
    params: Params = {"id": plain(bound.auto_id), "name": plain(bound.html_name)}
    if bound.help_text:
        params["hint"] = {"text": plain(bound.help_text)}
    if bound.errors:
        params["errorMessage"] = {"text": error_of(bound)}
    if bound.field.disabled:
        params["disabled"] = True
    return params


def label_params(bound: BoundField) -> Params:
    """The label, and the page's heading where it is that too."""
    size = extra(bound, "label_size", "s")
    return {
        "text": label_of(bound),
        "classes": f"nhsuk-label--{size}",
        "isPageHeading": bool(extra(bound, "is_heading", False)),
    }


def legend_params(bound: BoundField) -> Params:
    """The fieldset with its legend."""
    size = extra(bound, "label_size", "s")
    return {
        "legend": {
            "text": label_of(bound),
            "classes": f"nhsuk-fieldset__legend--{size}",
            "isPageHeading": bool(extra(bound, "is_heading", False)),
        }
    }


def text_params(bound: BoundField) -> Params:
    """One line of text, or a password."""
    widget = bound.field.widget
    attrs = widget.attrs
    params = common(bound) | {"label": label_params(bound)}
    params["type"] = plain(getattr(widget, "input_type", "text"))
    if isinstance(bound.field, forms.IntegerField):
        params["type"] = "text"
    # Browsers' own e-mail check speaks over ours and differs from it.
    if params["type"] == "password":
        params.pop("type")
        params["value"] = ""
    else:
        value = bound.value()
        params["value"] = "" if value is None else plain(value)
    for name in ("autocomplete", "inputmode", "width", "prefix", "suffix"):
        value = extra(bound, name) or attrs.get(name)
        if value:
            params[name] = value if isinstance(value, int) else plain(value)
    if extra(bound, "spellcheck") is False:
        params["spellcheck"] = "false"
    return params


def textarea_params(bound: BoundField) -> Params:
    """Prose, counted where it has a limit."""
    value = bound.value()
    params = common(bound) | {
        "label": label_params(bound),
        "value": "" if value is None else plain(value),
        "rows": extra(bound, "rows", 5),
    }
    if extra(bound, "max_length"):
        params["maxlength"] = extra(bound, "max_length")
        params["threshold"] = extra(bound, "threshold", 50)
    return params


def chosen_in(bound: BoundField) -> set[str]:
    """The values now chosen, as text."""
    value = bound.value()
    if value is None or value == "":
        return set()
    values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else value
    prepare = getattr(bound.field, "prepare_value", lambda each: each)
    return {plain(prepare(each)) for each in values}


def revealed(bound: BoundField, value: str) -> Params | None:
    """The field drawn under a choice while it is chosen."""
    name = extra(bound, "reveals", {}).get(value)
    # Rendered by us from escaped parts; the one place where markup is passed on.
    return {"html": bound.form[name].as_field_group()} if name else None


def items_of(bound: BoundField) -> list[Params]:
    """The choices, for radios and checkboxes."""
    chosen, items = chosen_in(bound), []
    dividers, hints = extra(bound, "dividers", {}), extra(bound, "choice_hints", {})
    for value, text in extra(bound, "choices"):
        key = plain(value)
        if key in dividers:
            items.append({"divider": plain(dividers[key])})
        item: Params = {"value": key, "text": plain(text), "checked": key in chosen}
        if key in hints:
            item["hint"] = {"text": plain(hints[key])}
        conditional = revealed(bound, key)
        if conditional:
            item["conditional"] = conditional
        if key == extra(bound, "exclusive"):
            item["behaviour"] = "exclusive"
        items.append(item)
    return items


def choices_params(bound: BoundField) -> Params:
    """Radios or checkboxes in their fieldset."""
    return common(bound) | {
        "idPrefix": plain(bound.auto_id),
        "id": None,
        "fieldset": legend_params(bound),
        "items": items_of(bound),
        "inline": bool(extra(bound, "inline", False)),
        "small": bool(extra(bound, "small", False)),
    }


def select_params(bound: BoundField) -> Params:
    """A long list."""
    chosen = chosen_in(bound)
    items = [
        {"value": plain(value), "text": plain(text), "selected": plain(value) in chosen}
        for value, text in extra(bound, "choices")
    ]
    if items and items[0]["value"] != "" and not isinstance(bound.field, forms.ModelChoiceField):
        first = plain(extra(bound, "empty_label", "Choose one"))
        items.insert(0, {"value": "", "text": first, "selected": not chosen})
    # What was typed and is in no list stands in the box again; the first line of the list says nothing of it.
    typed = " ".join(sorted(chosen - {item["value"] for item in items})) if bound.errors else ""
    searchable = {"data-portal-picker": typed} if len(items) > SEARCHABLE_FROM else {}
    return common(bound) | {
        "label": label_params(bound),
        "items": items,
        "attributes": searchable,
    }


def checkbox_params(bound: BoundField) -> Params:
    """A single checkbox; its hint stands under it."""
    item = {"value": "on", "text": label_of(bound), "checked": bool(bound.value())}
    params = common(bound)
    if "hint" in params:
        item["hint"] = params.pop("hint")
    return params | {"idPrefix": params["id"], "id": None, "items": [item]}


def date_params(bound: BoundField) -> Params:
    """A day in three boxes, or a moment in four."""
    field: Any = bound.field
    typed = field.typed_from(bound.value())
    broken = {
        part
        for error in bound.errors.as_data()
        for part in (error.parts if isinstance(error, BrokenDate) else field.widget.parts)
    }
    widths = {"day": 2, "month": 2, "year": 4, "time": 5}
    items = [
        {
            "id": f"{bound.auto_id}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "value": plain(typed.get(part, "")),
            "width": widths[part],
            "inputmode": "text" if part == "time" else "numeric",
            "error": part in broken,
        }
        for part in field.widget.parts
    ]
    return common(bound) | {"fieldset": legend_params(bound), "items": items}


def file_params(bound: BoundField) -> Params:
    """A file to send."""
    return common(bound) | {"label": label_params(bound)}


def hidden_params(bound: BoundField) -> Params:
    """A value that goes along unseen."""
    value = bound.value()
    return common(bound) | {"value": "" if value is None else plain(value)}


BUILDERS = {
    "input": text_params,
    "password": text_params,
    "textarea": textarea_params,
    "radios": choices_params,
    "checkboxes": choices_params,
    "checkbox": checkbox_params,
    "select": select_params,
    "date": date_params,
    "moment": date_params,
    "file": file_params,
    "hidden": hidden_params,
}


def component_of(bound: BoundField) -> tuple[str, Params]:
    """The component that draws a bound field, and its parameters."""
    kind = kind_of(bound)
    return kind, BUILDERS[kind](bound)
