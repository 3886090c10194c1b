"""What every template must keep to."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[3] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.jinja"))

# "html" handed to a macro is trusted by it: text put together with ~ is not escaped.
FORBIDDEN = {
    r"""["']html["']\s*:[^}\n]*~""": "markup put together with ~ runs what it holds",
    r"\|\s*safe\b": "nothing typed by anybody is safe",
    r"<[^>]*\sstyle=": "the policy refuses styles inside pages",
    r"<[^>]*\son[a-z]+=": "the policy refuses scripts inside elements",
    r"<script(?![^>]*nonce=)": "a script needs the nonce",
    r"https?://(?!www\.w3\.org)": "nothing is fetched from elsewhere",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name):
    engines["jinja2"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_does_nothing_that_could_run_what_people_typed(name):
    text = re.sub(r"{#.*?#}", "", (ROOT / name).read_text(), flags=re.DOTALL)
    for pattern, why in FORBIDDEN.items():
        assert not re.search(pattern, text), why


def test_there_are_templates():
    assert len(TEMPLATES) > 30
