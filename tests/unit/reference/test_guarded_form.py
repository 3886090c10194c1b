from django.http import QueryDict

from nhsuk import forms
from reference.forms import GuardedForm
from reference.personal_data import find

NUMBER = "943 476 5919"


class Said(GuardedForm):
    guarded = ("text",)
    text = forms.TextAreaField(label="What happened?", required=False)
    other = forms.TextField(label="Anything else", required=False)


def mark() -> str:
    return find(NUMBER)[0].mark


def test_what_looks_like_a_patient_is_said_beside_its_field():
    form = Said({"text": f"Case {NUMBER}.", "other": NUMBER})
    assert not form.is_valid()
    assert set(form.errors) == {"text"}
    assert "looks like an NHS number" in str(form.errors["text"])
    assert [(one.text, decided) for one, decided in form.findings()] == [(NUMBER, False)]
    assert [piece.text for piece in form.shown_pieces()[0]] == ["Case ", NUMBER, "."]


def test_a_person_decides_by_a_mark_and_the_box_stays_ticked():
    data = QueryDict(mutable=True)
    data.update({"text": f"Case {NUMBER}."})
    data.setlist("decided", [mark(), "something else"])
    form = Said(data)
    assert form.is_valid()
    assert form.decided == {mark(), "something else"}
    assert [decided for _, decided in form.findings()] == [True]


def test_a_plain_mapping_may_hold_the_marks_too():
    assert Said({"text": f"Case {NUMBER}.", "decided": [mark()]}).is_valid()


def test_what_stood_before_was_decided_then():
    form = Said({"text": f"Case {NUMBER}, again."}, before=[f"Case {NUMBER}."])
    assert form.is_valid()
    assert form.findings() == []
    assert form.shown_pieces() == []


def test_an_empty_form_finds_nothing():
    form = Said()
    assert form.findings() == []
    assert form.decided == frozenset()
