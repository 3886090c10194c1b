"""The demonstration's mail: the newest first, a page at a time, and that to one address found however much came after."""

import re

import pytest
from django.core.mail import EmailMessage

from nhsuk.paging import PAGE_SIZE
from tests.integration.qsg_portal.test_composed_pages import text_of

LONG_AGO = "newcomer@example.org"


@pytest.fixture
def show(client, settings, tmp_path, db):
    """Asks for the page, after a newcomer's mail and two and a half pages of others."""
    settings.DEMO, settings.DATA_DIR, settings.EMAIL_FILE_PATH = True, tmp_path, tmp_path
    keep(tmp_path, 0, LONG_AGO, "Welcome")
    for number in range(1, PAGE_SIZE * 2 + 10):
        keep(tmp_path, number, f"somebody{number % 3}@example.org", f"Number {number}.")

    def asked(address: str = "/demonstration/"):
        answer = client.get(address)
        assert answer.status_code == 200
        return answer

    return asked


def keep(folder, number: int, to: str, subject: str) -> None:
    """Keep a mail as the file backend does."""
    message = EmailMessage(subject, "Words", to=[to]).message().as_bytes()
    (folder / f"20260303-1200{number:02}-1.log").write_bytes(message + b"\n" + b"-" * 79 + b"\n")


def subjects(answer) -> list[str]:
    return re.findall(r"(Number \d+\.|Welcome) —", text_of(answer))


def link(answer, rel: str) -> str:
    found = re.search(rf'href="([^"#]*)#mail" rel="{rel}"', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_every_mail_is_reached_a_page_at_a_time_and_back(show) -> None:
    pages = [show()]
    while address := link(pages[-1], "next"):
        pages.append(show(address))
    every = [one for each in pages for one in subjects(each)]
    assert every == [f"Number {number}." for number in range(PAGE_SIZE * 2 + 9, 0, -1)] + ["Welcome"]
    assert [len(subjects(each)) for each in pages] == [PAGE_SIZE, PAGE_SIZE, 10]
    assert subjects(show(link(pages[2], "prev"))) == subjects(pages[1])
    assert link(pages[0], "prev") == ""


def test_a_newcomers_mail_is_found_by_any_part_of_the_address(show) -> None:
    for part in (LONG_AGO, "newcomer", " NEWCOMER@ "):
        assert subjects(show(f"/demonstration/?to={part}")) == ["Welcome"]
    mine = show("/demonstration/?to=somebody1")
    assert len(subjects(mine)) == 20
    assert 'value="somebody1"' in mine.content.decode()
    assert "No mail went there" in text_of(show("/demonstration/?to=nobody"))


def test_the_pages_keep_to_the_address_and_a_forged_mark_shows_a_show(show) -> None:
    onward = show(link(show("/demonstration/?to=somebody"), "next"))
    assert len(subjects(onward)) == PAGE_SIZE
    assert "to=somebody" in link(onward, "next")
    assert subjects(show("/demonstration/?from=../../nonsense"))
