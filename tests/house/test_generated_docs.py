"""The documents made from the code are the committed ones."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from qsg_portal import generated
from qsg_portal.management.commands import generate_docs


def test_the_committed_documents_are_what_the_code_says() -> None:
    said = StringIO()
    call_command("generate_docs", check=True, stdout=said)
    assert said.getvalue() == "The generated documents are in step with the code.\n"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(generate_docs, "FOLDER", tmp_path / "generated")
    return tmp_path / "generated"


def test_written_they_are_in_step(elsewhere) -> None:
    with pytest.raises(CommandError, match="run `make docs`"):
        call_command("generate_docs", check=True)
    call_command("generate_docs", stdout=StringIO())
    assert {path.name for path in elsewhere.iterdir()} == {"states.md", "permissions.md", "clocks.md"}
    call_command("generate_docs", check=True, stdout=StringIO())


def test_a_changed_document_is_shown_with_what_differs(elsewhere) -> None:
    call_command("generate_docs", stdout=StringIO())
    path = elsewhere / "states.md"
    path.write_text(path.read_text().replace("draft --> open", "draft --> closed"))
    with pytest.raises(CommandError, match="draft --> open"):
        call_command("generate_docs", check=True)


def test_a_document_that_no_code_writes_is_found(elsewhere) -> None:
    call_command("generate_docs", stdout=StringIO())
    (elsewhere / "old.md").write_text("Once it was so.")
    with pytest.raises(CommandError, match="Once it was so"):
        call_command("generate_docs", check=True)


def test_every_permission_every_table_and_every_clock_stands_in_them() -> None:
    texts = generated.documents()
    assert all(f"`{code}`" in texts["permissions.md"] for code in generated.ALL_PERMISSIONS)
    assert texts["states.md"].count("stateDiagram-v2") == len(generated.transition_tables())
    assert texts["clocks.md"].count("## Steps of") >= 5
