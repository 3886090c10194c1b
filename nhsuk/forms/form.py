"""The form: Django's, drawn with NHS.UK components."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template import engines
from django.utils.safestring import SafeString, mark_safe

from nhsuk.forms.components import component_of, plain
from nhsuk.forms.messages import give_sentences


class PortalRenderer(BaseRenderer):
    """Draws forms with our Jinja templates, and Django's bare widgets with Django's."""

    form_template_name = "components/form.jinja"
    field_template_name = "components/field.jinja"

    def get_template(self, template_name: str) -> Any:
        """Find a template by its name."""
        if template_name.startswith("django/"):
            return DjangoTemplates().get_template(template_name)
        return engines["jinja2"].get_template(template_name)


class PortalBoundField(forms.BoundField):
    """A field of a form, drawn by its component."""

    def get_context(self) -> dict[str, Any]:
        """What `components/field.jinja` needs."""
        kind, params = component_of(self)
        return {"field": self, "kind": kind, "params": params}

    @property
    def error_href(self) -> str:
        """Where the error summary's link leads: the first box that can be typed in."""
        parts = getattr(self.errors.as_data()[0], "parts", ()) if self.errors else ()
        if parts:
            return f"#{self.auto_id}_{parts[0]}"
        return f"#{self.id_for_label or self.auto_id}"


if TYPE_CHECKING:
    AnyForm = forms.Form
else:
    AnyForm = object  # mixed in before whatever form a library has


class NhsForm(AnyForm):
    """What makes any Django form one of ours; mix it in before the form's class."""

    default_renderer = PortalRenderer
    bound_field_class = PortalBoundField
    template_name = "components/form.jinja"
    # For forms that a library made: a field's name to its label and its hint.
    wording: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for name, (label, hint) in self.wording.items():
            field: forms.Field = self.fields[name]
            field.label, field.help_text = label, hint
        for name, field in self.fields.items():
            give_sentences(name, field)

    def errors_listed(self) -> list[dict[str, str]]:
        """Every error once, in the order of the fields, each with where it leads."""
        about_all = [{"text": plain(error), "href": ""} for error in self.non_field_errors()]
        return about_all + [
            {"text": plain(error), "href": bound.error_href}
            for bound in (self[name] for name in self.fields)
            if isinstance(bound, PortalBoundField)
            for error in bound.errors
        ]

    def error_summary(self) -> SafeString:
        """The list of what is wrong, for the top of a page; nothing when nothing is."""
        errors = self.errors_listed() if self.is_bound else []
        if not errors:
            return mark_safe("")  # nosec B308
        rendered = self.renderer.render("components/error_summary.jinja", {"errors": errors})
        return mark_safe(rendered)  # nosec B308 B703 - our own template, which escapes

    def drawn(self) -> list[forms.BoundField]:
        """The fields to draw, without those that a choice of another one reveals."""
        fields: dict[str, forms.Field] = self.fields
        inside = {name for f in fields.values() for name in getattr(f, "reveals", {}).values()}
        return [self[name] for name in fields if name not in inside]

    def as_fields(self) -> SafeString:
        """All the fields, one after another."""
        return self.render("components/form.jinja")

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Put a rule's refusal on the form, each sentence at its field.

        Args:
            sentences: field name to sentence; "" or an unknown name is about
                the whole form.
        """
        self.errors  # noqa: B018 - runs the form's own checks first
        for name, sentence in sentences.items():
            self.add_error(name if name in self.fields else None, sentence)


class Form(NhsForm, forms.Form):
    """The form that every page of the portal uses."""
