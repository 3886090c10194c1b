"""The portal's addresses and one page more: a form with every kind of field."""

from datetime import UTC, datetime

from django import urls
from django.http import HttpResponse
from django.template import engines
from django.utils.html import format_html

from nhsuk import forms
from qsg_portal.urls import urlpatterns as portal

FORM = """
{% extends "layouts/page.jinja" %}
{% from "components/form_box.jinja" import form_box with context %}
{% set title = "Raise a concern" %}
{% set back = ("Home", "/") %}
{% set marking = "OFFICIAL-SENSITIVE" %}
{% block content %}{% call form_box("Share this", back="/") %}{{ form.as_fields() }}{% endcall %}{% endblock %}
"""

COMPONENTS = """
{% extends "layouts/page.jinja" %}
{% from "components/button.jinja" import button, link_button, post_button, not_now, confirm_box %}
{% from "components/tag.jinja" import tag, level_tag, severity_tag %}
{% from "components/list.jinja" import summary_list, table, empty_state, pager, task_list %}
{% from "components/notice.jinja" import inset, warning, ring_first, details, card %}
{% from "components/audience.jinja" import who_sees, why_seen %}
{% from "components/timeline.jinja" import timeline %}
{% from "components/clock.jinja" import clock_badge, big_clock %}
{% set title = "Fictional Hospitals NHS Foundation Trust" %}
{% set caption = "Provider" %}
{% set breadcrumbs = [("Home", "/"), ("Providers", "/")] %}
{% set marking = "OFFICIAL-SENSITIVE" %}
{% set alarms = ["The portal's clock has not been wound for 61 seconds. Deadlines may be told late."] %}
{% block content %}
{{ big_clock("running", "18 hours left", "to meet about Fictional Hospitals", at, at, "the group's judgement") }}
{{ big_clock("missed", "2 hours late", "to judge", at) }}
<div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
<p>{{ level_tag("routine", "Routine") }} {{ level_tag("more_information", "More information wanted") }} {{ level_tag("enhanced", "Enhanced") }} {{ level_tag("summit", "Risk summit open") }}</p>
<p>{% for code, label in [("none_good", "Good practice"), ("low", "Low"), ("moderate", "Moderate"), ("serious", "Serious"), ("critical", "Critical"), ("not_known", "Not yet known")] %}{{ severity_tag(code, label) }} {% endfor %}</p>
<p>{% for state in ["running", "soon", "missed", "met", "late", "stopped"] %}{{ clock_badge(state, state ~ " clock", at) }}<br>{% endfor %}</p>
{{ summary_list([{"key": "Owner", "value": "NHS Example CCG", "actions": [("Change", "/")]}, {"key": "Readers", "value": ["One", "Two"]}, {"key": "Review", "value": none}]) }}
{{ table("Actions", ["What", "Who", {"text": "Days", "numeric": true}], [[{"text": "Look at the falls audit", "href": "/", "note": "asked 3 March"}, "CQC", 4], ["Send the report", none, 12]]) }}
{{ table("Returns", ["What"], [], "Nothing is owed.") }}
{{ pager("/?from=a", "/?from=b") }}
{{ task_list([{"text": "State your view", "href": "/", "hint": "Sealed until all are in", "state": "To do", "colour": "blue"}, {"text": "Acknowledge", "state": "Done"}]) }}
{{ inset("Corroborated by two bodies that do not share a source.") }}
{{ warning("This is not a safeguarding referral", "Ring the duty desk.") }}
{{ ring_first("Ring before you write", [("Safeguarding duty desk", "020 7946 0001", "any hour"), ("CQC", "", "")]) }}
{% call details("How this is counted") %}<p>By origin.</p>{% endcall %}
{% call card("Your return is due in two days", "/") %}<p class="nhsuk-card__description">For the meeting of 5 March.</p>{% endcall %}
{% call confirm_box("End this seat?", "End the seat", "/", csrf_input, "/") %}<p>She will no longer see 4 records.</p>{% endcall %}
<p>{{ link_button("We see it too", "/") }} {{ post_button("Acknowledge", "/", csrf_input) }}</p>
{{ not_now("Stand down", "the safeguarding question for adults is not answered.") }}
</div><div class="nhsuk-grid-column-one-third">
{{ who_sees([{"name": "NHS Example CCG", "count": 3, "people": ["A. Okoro", "B. Shah", "C. Hughes"]}, {"name": "CQC", "count": 1}], ["Healthwatch Example", "the provider"]) }}
{{ why_seen(["You hold a seat in the Example QSG.", "Your body raised it."]) }}
{{ timeline([{"at": at, "what": "Raised", "by": "A. Okoro, NHS Example CCG", "text": "Two falls\nin a week"}, {"at": at, "recorded_at": at.replace(day=5), "what": "Met", "href": "/"}]) }}
{{ empty_state("Nothing needs you today.") }}
</div></div>
{% endblock %}
"""


class TryForm(forms.Form):
    narrative = forms.TextAreaField(label="What happened?", hint="Name no patient.", max_length=400)
    danger = forms.ChoiceField(
        label="Is anyone in danger?",
        choices=[("yes", "Yes"), ("no", "No"), ("not_sure", "Not sure")],
        dividers={"not_sure": "or"},
        reveals={"yes": "rung"},
    )
    rung = forms.TextField(label="Whom have you rung?", required=False)
    happened_on = forms.DateField(label="When did it happen?", required=False)
    met_at = forms.MomentField(label="When did you meet?", required=False)
    provider = forms.ChoiceField(
        label="Provider",
        as_select=True,
        required=False,
        choices=[(str(n), f"Fictional trust {n}") for n in range(40)],
    )
    readers = forms.CheckboxesField(
        label="Who should see it", choices=[("a", "The group"), ("b", "CQC"), ("none", "Nobody yet")],
        exclusive="none", dividers={"none": "or"}, required=False,
    )  # fmt: skip
    sure = forms.ConfirmField(label="I have told the duty desk", required=False)


def try_it(request):
    form = TryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponse(
            format_html("<title>x</title><pre id='taken'>{}</pre>", form.cleaned_data["narrative"])
        )
    return shown(request, FORM, form=form)


def every_component(request):
    return shown(request, COMPONENTS, at=datetime(2026, 3, 3, 14, 30, tzinfo=UTC))


def shown(request, source, **context):
    return HttpResponse(engines["jinja2"].from_string(source).render(context, request))


urlpatterns = [*portal, urls.path("try/", try_it), urls.path("components/", every_component)]
handler404 = "nhsuk.errors.page_not_found"
