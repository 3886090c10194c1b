from datetime import UTC, datetime

import pytest
from django.template import engines

EVIL = "<script>alert(1)</script>"
AT = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)


def draw(imports: str, call: str, **context) -> str:
    return engines["jinja2"].from_string("{% from " + imports + " %}{{ " + call + " }}").render(context)


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("'components/tag.jinja' import tag", "tag(evil, 'red', 'square')"),
        ("'components/tag.jinja' import level_tag", "level_tag('enhanced', evil)"),
        ("'components/tag.jinja' import severity_tag", "severity_tag(evil, evil)"),
        ("'components/list.jinja' import summary_list", "summary_list([{'key': evil, 'value': evil, 'actions': [(evil, evil)]}])"),
        ("'components/list.jinja' import summary_list", "summary_list([{'key': evil, 'value': [evil, evil]}])"),
        ("'components/list.jinja' import table", "table(evil, [evil], [[evil], [{'text': evil, 'href': evil, 'note': evil}]])"),
        ("'components/list.jinja' import empty_state", "empty_state(evil, evil, evil)"),
        ("'components/list.jinja' import pager", "pager(evil, evil, evil, evil)"),
        ("'components/list.jinja' import task_list", "task_list([{'text': evil, 'href': evil, 'hint': evil, 'state': evil, 'colour': 'red'}])"),
        ("'components/notice.jinja' import inset", "inset(evil)"),
        ("'components/notice.jinja' import warning", "warning(evil, evil)"),
        ("'components/notice.jinja' import ring_first", "ring_first(evil, [(evil, evil, evil)])"),
        ("'components/notice.jinja' import card", "card(evil, evil)"),
        ("'components/audience.jinja' import who_sees", "who_sees([{'name': evil, 'count': 2, 'people': [evil]}], [evil])"),
        ("'components/audience.jinja' import why_seen", "why_seen([evil])"),
        ("'components/timeline.jinja' import timeline", "timeline([{'at': at, 'what': evil, 'by': evil, 'text': evil, 'href': evil}])"),
        ("'components/clock.jinja' import clock_badge", "clock_badge(evil, evil, at)"),
        ("'components/clock.jinja' import big_clock", "big_clock('missed', evil, evil, at, at, evil)"),
        ("'components/button.jinja' import button", "button(evil, evil, evil)"),
        ("'components/button.jinja' import link_button", "link_button(evil, evil)"),
        ("'components/button.jinja' import post_button", "post_button(evil, evil, '', {evil: evil})"),
        ("'components/button.jinja' import not_now", "not_now(evil, evil)"),
    ],
)  # fmt: skip
def test_a_component_shows_what_was_typed_and_runs_none_of_it(imports, call):
    html = draw(imports, call, evil=EVIL, at=AT)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("code", ["routine", "more_information", "enhanced", "summit", "some_later_code"])
def test_a_level_is_told_by_word_and_shape_and_colour(code):
    html = draw("'components/tag.jinja' import level_tag", "level_tag(code, 'The word')", code=code)
    assert "The word" in html
    assert "<svg" in html
    assert "nhsuk-tag--" in html


def test_the_shapes_of_levels_differ():
    drawn = {
        draw("'components/tag.jinja' import level_tag", "level_tag(code, '')", code=code)
        .split("<svg")[1]
        .split("</svg>")[0]
        for code in ("routine", "more_information", "enhanced", "summit")
    }
    assert len(drawn) == 4


def test_not_yet_known_does_not_look_like_low():
    look = [
        draw("'components/tag.jinja' import severity_tag", f"severity_tag('{code}', 'x')")
        for code in ("not_known", "low")
    ]
    assert look[0] != look[1]


def test_an_empty_table_says_so_as_a_good_state():
    html = draw(
        "'components/list.jinja' import table", "table('Actions', ['What'], [], empty='Nothing is owed.')"
    )
    assert "<table" not in html
    assert "Nothing is owed." in html


def test_pages_of_a_list_never_say_how_many_there_are():
    html = draw("'components/list.jinja' import pager", "pager('/?from=a', '/?from=b')")
    assert not any(sign.isdigit() for sign in html.replace("nhsuk", ""))


def test_a_moment_is_written_as_a_person_would():
    html = draw(
        "'components/timeline.jinja' import timeline", "timeline([{'at': at, 'what': 'Raised'}])", at=AT
    )
    assert "3 March 2026, 2:30pm" in html


def test_something_written_down_later_says_so():
    call = "timeline([{'at': at, 'recorded_at': later, 'what': 'Met'}])"
    html = draw("'components/timeline.jinja' import timeline", call, at=AT, later=AT.replace(day=5))
    assert "Written down 5 March 2026" in html
