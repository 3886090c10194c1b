from html.parser import HTMLParser

import pytest
from django import forms as django_forms
from django.utils.safestring import mark_safe

from nhsuk import forms
from nhsuk.forms import NhsForm

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


class Everything(forms.Form):
    title = forms.TextField(label="Title", hint="Name no patient", max_length=10, width=20, prefix="£")
    what = forms.TextAreaField(label="What happened?", max_length=50)
    danger = forms.ChoiceField(
        label="Is anyone in danger?",
        choices=[("yes", "Yes"), ("no", "No"), ("not_sure", "Not sure")],
        dividers={"not_sure": "or"},
        choice_hints={"yes": "Ring first"},
        reveals={"yes": "rung"},
    )
    rung = forms.TextField(label="Whom have you rung?", required=False)
    on = forms.DateField(label="When was it?")
    at = forms.MomentField(label="When did you meet?", name="The meeting")
    readers = forms.CheckboxesField(label="Readers", choices=[("a", "A"), ("none", "None")], exclusive="none")
    kind = forms.ChoiceField(label="Kind", as_select=True, choices=[(str(n), f"Kind {n}") for n in range(20)])
    told = forms.ConfirmField(label="I have rung the desk")
    ready = forms.YesNoField(label="Ready?")
    beds = forms.NumberField(label="Beds", min_value=1)
    address = forms.EmailField(label="E-mail address")
    secret = forms.PasswordField(label="Password")
    paper = forms.FileField(label="Paper", required=False)


class Page(HTMLParser):
    """What a browser would make of it: elements and, for each id, the element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def with_id(self, name):
        return next((attrs for _, attrs in self.found if attrs.get("id") == name), None)

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def test_every_field_is_drawn_once_and_labelled():
    page = Page(Everything().as_fields())
    ids = [attrs["id"] for _, attrs in page.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {attrs["name"] for _, attrs in page.found if "name" in attrs}
    assert named == {
        "title", "what", "danger", "rung", "on_day", "on_month", "on_year", "at_day", "at_month", "at_year",
        "at_time", "readers", "kind", "told", "ready", "beds", "address", "secret", "paper",
    }  # fmt: skip
    labelled = {attrs["for"] for attrs in page.all("label")}
    boxes = [a for tag in ("input", "textarea", "select") for a in page.all(tag) if a.get("type") != "hidden"]
    assert {box["id"] for box in boxes} == labelled


def test_the_errors_are_sentences_that_lead_to_their_boxes():
    form = Everything(
        data={"title": "x" * 11, "on_day": "31", "on_month": "2", "on_year": "2026", "beds": "0"}
    )
    page = Page(form.as_fields())
    said = {each["text"]: each["href"] for each in form.errors_listed()}
    assert said == {
        "Title must be 10 characters or fewer; yours has 11": "#id_title",
        "Enter an answer to “What happened?”": "#id_what",
        "Choose an answer to “Is anyone in danger?”": "#id_danger",
        "The date must be a real date": "#id_on_day",
        "Enter an answer to “When did you meet?”": "#id_at_day",
        "Choose readers": "#id_readers",
        "Choose kind": "#id_kind",
        "Tick “I have rung the desk” to go on": "#id_told",
        "Choose an answer to “Ready?”": "#id_ready",
        "Beds must be 1 or more": "#id_beds",
        "Enter e-mail address": "#id_address",
        "Enter password": "#id_secret",
    }
    for href in said.values():
        assert page.with_id(href[1:]) is not None, href
    summary = form.error_summary()
    assert all(f'href="{href}"' in summary for href in said.values())


def test_there_is_no_summary_before_anything_was_sent():
    assert Everything().error_summary() == ""


def test_what_was_typed_comes_back_as_it_was():
    text = "  One\n    indented line\n\n\tand a tab"
    form = Everything(
        data={"what": text, "on_day": "31", "on_month": "feb", "danger": "yes", "rung": "the desk"}
    )
    html = form.as_fields()
    assert f">{text}</textarea>" in html
    page = Page(html)
    assert page.with_id("id_on_month")["value"] == "feb"
    assert "checked" in page.with_id("id_danger")
    assert page.with_id("id_rung")["value"] == "the desk"


def test_a_password_does_not_come_back():
    assert "hunter2" not in Everything(data={"secret": "hunter2"}).as_fields()


@pytest.mark.parametrize("evil", [EVIL, mark_safe(EVIL)])
def test_nothing_that_is_shown_can_run(evil):
    class Evil(forms.Form):
        text = forms.TextField(label=evil, hint=evil, prefix=evil)
        prose = forms.TextAreaField(label=evil, hint=evil)
        one = forms.ChoiceField(
            label=evil,
            choices=[(evil, evil)],
            choice_hints={evil: evil},
            dividers={evil: evil},
            reveals={evil: "in"},
        )
        inside = forms.TextField(label=evil)
        some = forms.CheckboxesField(label=evil, choices=[(evil, evil)])
        listed = forms.ChoiceField(label=evil, as_select=True, choices=[(evil, evil)])
        day = forms.DateField(label=evil, name=evil)
        sure = forms.ConfirmField(label=evil, hint=evil)
        hidden = forms.TextField(widget=django_forms.HiddenInput)

        def clean_text(self):
            raise django_forms.ValidationError(evil)

    Evil.base_fields["one"].reveals = {str(evil): "inside"}
    data = {"text": evil, "prose": evil, "one": evil, "inside": evil, "some": evil, "listed": evil, "hidden": evil,
            "day_day": evil, "day_month": evil, "day_year": evil}  # fmt: skip
    for form in (Evil(), Evil(data=data)):
        page = Page(form.as_fields() + form.error_summary())
        assert not page.all("script")
        assert not page.all("img")
        assert not any(name.startswith("on") for _, attrs in page.found for name in attrs)


def test_a_revealed_field_stands_inside_its_choice_only():
    html = Everything().as_fields()
    assert html.count('name="rung"') == 1
    assert 'data-aria-controls="conditional-id_danger"' in html


@pytest.mark.parametrize(("sent", "given"), [("yes", True), ("no", False), ("", None), ("maybe", None)])
def test_yes_and_no_are_true_and_false(sent, given):
    class Ready(forms.Form):
        ready = forms.YesNoField(label="Ready?", required=False)

    form = Ready(data={"ready": sent})
    assert form.is_valid() == (sent != "maybe")
    assert form.cleaned_data.get("ready") is given


def test_a_stored_no_is_shown_as_no():
    class Ready(forms.Form):
        ready = forms.YesNoField(label="Ready?")

    page = Page(Ready(initial={"ready": False}).as_fields())
    assert "checked" in page.with_id("id_ready-2")
    assert "checked" not in page.with_id("id_ready")


def test_a_rules_refusal_stands_at_its_field_or_over_the_form():
    form = Everything(data={})
    form.refuse({"title": "This one is taken", "": "Not while the summit is open"})
    said = [each["text"] for each in form.errors_listed()]
    assert said[0] == "Not while the summit is open"
    assert "This one is taken" in said


def test_optional_is_said_in_the_label():
    html = Everything().as_fields()
    assert "Whom have you rung? (optional)" in html
    assert "Title (optional)" not in html


def test_a_sentence_that_was_given_is_kept():
    class Given(forms.Form):
        name = forms.TextField(label="Name", error_messages={"required": "Say what it is called"})

    assert Given(data={}).errors["name"] == ["Say what it is called"]


def test_a_form_of_djangos_own_is_drawn_too():
    class Library(django_forms.Form):
        login = django_forms.CharField()
        remember = django_forms.BooleanField(required=False)
        pick = django_forms.ChoiceField(choices=[("a", "A")], widget=django_forms.Select)

    class Ours(NhsForm, Library):
        wording = {"login": ("E-mail address", "The one you sign in with")}

    html = Ours().as_fields()
    assert "E-mail address" in html
    assert "The one you sign in with" in html
    assert "nhsuk-checkboxes" in html
    assert "nhsuk-select" in html


def test_a_long_list_can_be_searched_and_a_short_one_stands_as_it_is():
    class Two(forms.Form):
        long = forms.ChoiceField(label="L", as_select=True, choices=[(str(n), str(n)) for n in range(30)])
        short = forms.ChoiceField(label="S", as_select=True, choices=[("1", "1")])

    page = Page(Two().as_fields())
    assert "data-portal-picker" in page.with_id("id_long")
    assert "data-portal-picker" not in page.with_id("id_short")


def test_a_character_that_nobody_sees_is_left_out_of_what_was_typed_and_of_a_password_refused_in_words():
    class Typing(forms.Form):
        line = forms.TextField(label="Line")
        prose = forms.TextAreaField(label="Prose")
        secret = forms.PasswordField(label="Secret")

    form = Typing({"line": "a\0b", "prose": "c\0d", "secret": "e\0f"})
    assert form.errors == {"secret": ["Take out the character that cannot be shown"]}
    assert (form.cleaned_data["line"], form.cleaned_data["prose"]) == ("ab", "cd")


def test_an_exclusive_choice_says_so_to_the_script():
    html = Everything().as_fields()
    assert "exclusive" in html.split("id_readers-2")[1][:300]
