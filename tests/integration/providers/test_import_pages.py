"""The administrator's pages of imports: a file is sent, looked through by class, and answered."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, PortalRole
from providers.models import ImportRun, Provider
from reference import sent_files
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, belongs, client_as, person, text_of
from tests.integration.providers.imports import FILES, JANUARY, MARCH, content, trusts


@pytest.fixture
def pat(freeze: Callable[[str], datetime]) -> Client:
    """The portal's administrator."""
    freeze("2026-03-03T09:00Z")
    load_lists()
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    return client_as(admin)


def send(client: Client, given: bytes, kind: str = "trusts", name: str = "etr.csv"):
    file = SimpleUploadedFile(name, given)
    return client.post(reverse("providers:new_import"), {"once": str(uuid4()), "kind": kind, "file": file})


def sent(client: Client, given: bytes, **more: str) -> ImportRun:
    answer = send(client, given, **more)
    assert answer.status_code == 302, text_of(answer)
    run = ImportRun.objects.get(state="previewed")
    assert answer["Location"] == run.get_absolute_url()
    return run


def answer(client: Client, run: ImportRun, which: str = "apply_import", **fields: str):
    address = reverse(f"providers:{which}", args=[run.pk])
    assert client.get(address).status_code == 200
    return client.post(address, {"once": str(uuid4()), **fields})


def test_two_vintages_are_brought_in_one_after_the_other(pat: Client):
    run = sent(pat, (FILES / JANUARY).read_bytes())
    assert "No file has been brought in yet" not in text_of(pat.get(reverse("providers:imports")))
    first = text_of(pat.get(run.get_absolute_url()))
    assert "Nothing has changed yet" in first
    assert "New: 224" in first
    assert "page 1 of 5" in first
    assert not Provider.objects.exists()
    asked = text_of(pat.get(reverse("providers:apply_import", args=[run.pk])))
    assert "224 will be new, 0 will change and 0 will be closed." in asked
    assert answer(pat, run).status_code == 302
    assert Provider.objects.count() == 224
    run = sent(pat, (FILES / MARCH).read_bytes())
    closed = text_of(pat.get(f"{run.get_absolute_url()}?show=closed"))
    assert "RW6 Pennine Acute Hospitals NHS Trust" in closed
    assert "Close date: from blank to 30 September 2021" in closed
    changed = text_of(pat.get(f"{run.get_absolute_url()}?show=changed"))
    assert (
        "Name: from Western Sussex Hospitals NHS Foundation Trust to University Hospitals Sussex" in changed
    )
    assert "in Wales" in text_of(pat.get(f"{run.get_absolute_url()}?show=passed_over"))
    assert "RJD Mid Staffordshire" in text_of(pat.get(f"{run.get_absolute_url()}?show=absent"))
    assert "say what stands here already" in text_of(pat.get(f"{run.get_absolute_url()}?show=unchanged"))
    asked = text_of(pat.get(reverse("providers:apply_import", args=[run.pk])))
    assert "6 that stand here are not in this file. Nothing happens to them" in asked
    assert answer(pat, run).status_code == 302
    done = text_of(pat.get(run.get_absolute_url()))
    assert "by Pat Admin" in done
    assert "Applied" in done
    assert "Apply this import" not in done


def test_bad_rows_stand_first_and_the_good_ones_are_a_choice(pat: Client):
    run = sent(pat, trusts(("RX1", "FIRST"), ("X", "<b>NO CODE</b>")))
    page = pat.get(run.get_absolute_url())
    assert "Bad rows: 1" in text_of(page)
    assert "code “X” is not that of an NHS trust" in text_of(page)
    assert b"<b>NO CODE" not in page.content
    refused = answer(pat, run)
    assert refused.status_code == 422
    assert "Bad rows: 1. Nothing was applied" in text_of(refused)
    assert not Provider.objects.exists()
    assert answer(pat, run, good_rows_only="on").status_code == 302
    assert "the good rows only" in text_of(pat.get(run.get_absolute_url()))
    assert Provider.objects.count() == 1


def test_what_opens_again_stands_first_and_wants_its_own_tick(pat: Client):
    answer(pat, sent(pat, trusts(("RX1", "FIRST"), c12="20200930")))
    run = sent(pat, trusts(("RX1", "FIRST"), ("X", "NO CODE")))
    page = text_of(pat.get(run.get_absolute_url()))
    assert "Status: from closed to open" in page
    assert page.index("Reopened: 1") < page.index("Bad rows: 1")
    asked = text_of(pat.get(reverse("providers:apply_import", args=[run.pk])))
    assert "1 that are closed here will be open again." in asked
    assert "Open again what is closed here and open in the file" in asked
    refused = answer(pat, run, good_rows_only="on")
    assert refused.status_code == 422
    assert "Closed here and open in the file: 1. Nothing was applied." in text_of(refused)
    assert answer(pat, run, good_rows_only="on", reopen="on").status_code == 302
    assert Provider.objects.get().status == "open"
    assert "open again 1" in text_of(pat.get(reverse("providers:imports")))


def test_unchanged_rows_are_counted_and_said_in_few_spans(pat: Client):
    every = [(f"R{number:02}", "A") for number in range(100)]
    answer(pat, sent(pat, trusts(*every)))
    alternate = [(code, "B" if number % 2 else "A") for number, (code, _) in enumerate(every)]
    run = sent(pat, trusts(*alternate, *((f"RA{letter}", "A") for letter in "ABCDEF")))
    assert run.counts["unchanged"] == 50
    said = text_of(pat.get(f"{run.get_absolute_url()}?show=unchanged"))
    assert "Unchanged: 50" in said
    assert "further" not in said
    answer(pat, run)
    alternate = [(code, "C" if number % 2 else name) for number, (code, name) in enumerate(alternate)]
    more = trusts(*((f"RB{n}", "A") for n in range(1)), *alternate, ("RAA", "A"), ("RZZ", "A"), ("RAB", "A"))
    said = text_of(pat.get(f"{sent(pat, more).get_absolute_url()}?show=unchanged"))
    assert "Rows 2, 4, 6" in said
    assert "and 2 further spans of rows say what stands here already." in said


def test_an_unchanged_row_of_which_there_is_something_to_know_says_it(pat: Client):
    region = content({1: "Y58", 2: "A REGION"}, {1: "Q85", 2: "AN OFFICE", 3: "Y77"})
    answer(pat, sent(pat, region, kind="health_authorities"))
    run = sent(pat, region, kind="health_authorities")
    said = text_of(pat.get(f"{run.get_absolute_url()}?show=unchanged"))
    assert "Rows 1 to 2 say what stands here already. Of these there is something to know:" in said
    assert "its region Y77 is no regional team of the directory" in said
    assert "from closed" not in said


def test_rows_that_changed_nothing_are_told_of_the_newest_import_alone(pat: Client):
    answer(pat, sent(pat, trusts(("RX1", "FIRST"), ("RX2", "SECOND"))))
    run = sent(pat, trusts(("RX1", "FIRST")))
    assert "RX2 Second" in text_of(pat.get(f"{run.get_absolute_url()}?show=absent"))
    sent(pat, trusts(("RX1", "FIRST")))
    said = text_of(pat.get(f"{run.get_absolute_url()}?show=absent"))
    assert "Not in this file: 1" in said
    assert "They are kept one by one of the newest import of a kind alone." in said


def test_the_page_says_where_the_directory_changed_meanwhile(pat: Client):
    run = sent(pat, trusts(("RX1", "FIRST")))
    Provider.objects.create(name="By hand", kind="nhs_trust", ods_code="RX1")
    refused = answer(pat, run)
    assert refused.status_code == 422
    assert "The directory has changed since this preview" in text_of(refused)
    assert Provider.objects.get().name == "By hand"


def test_a_preview_is_set_aside(pat: Client):
    run = sent(pat, trusts(("RX1", "FIRST")))
    assert answer(pat, run, "set_aside_import").status_code == 302
    said = text_of(pat.get(reverse("providers:imports")))
    assert "Set aside" in said
    assert "NHS trusts: etr.csv" in said
    refused = pat.post(reverse("providers:apply_import", args=[run.pk]), {"once": str(uuid4())})
    assert "answered already" in text_of(refused)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "The file is empty"),
        (b"RX1,A\n", "The first row has 2 columns"),
        ("caf\u00e9".encode("latin-1"), "another encoding"),
        (b"PK\x03\x04", "a workbook or an archive"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_beside_it(pat: Client, given: bytes, said: str):
    refused = send(pat, given)
    assert refused.status_code == 422
    assert said in text_of(refused)
    assert not ImportRun.objects.exists()


def test_nothing_chosen_is_said(pat: Client):
    refused = text_of(pat.post(reverse("providers:new_import"), {"once": str(uuid4())}))
    assert "Choose the file" in refused
    assert "Choose an answer to “What does the file hold?”" in refused


def test_a_file_that_is_too_large_is_refused_by_its_size_and_a_national_one_is_not(pat: Client, settings):
    assert settings.LARGER_BODIES[reverse("providers:new_import")] > sent_files.MOST_BYTES
    assert send(pat, b"x" * (settings.LARGEST_BODY + 1)).status_code == 422  # it is looked at
    settings.LARGER_BODIES = {reverse("providers:new_import"): 100_000}
    refused = send(pat, trusts(("RX1", "FIRST")) + b" " * 200_000)
    assert refused.status_code == 413
    assert "larger than the portal takes in one go. Nothing was saved." in text_of(refused)
    assert not ImportRun.objects.exists()


def test_a_formula_is_shown_as_text(pat: Client):
    run = sent(pat, trusts(("RX1", '=HYPERLINK("https://example.org","A")')))
    page = pat.get(run.get_absolute_url())
    assert '=HYPERLINK("https://example.org","A")' in text_of(page)
    assert b'href="https://example.org' not in page.content


@pytest.mark.parametrize(
    "query", ["show=castles", "page=99", "page=-1", "page=x", "page=9999999999", "show=bad&page=2"]
)
def test_a_strange_address_shows_the_nearest_page(pat: Client, query: str):
    run = sent(pat, (FILES / JANUARY).read_bytes())
    assert "New: 224" in text_of(pat.get(f"{run.get_absolute_url()}?{query}"))


def test_an_import_that_never_was_is_absent(pat: Client):
    assert pat.get(reverse("providers:import", args=[uuid4()])).status_code == 404


def test_an_empty_directory_and_an_empty_list_say_so(pat: Client):
    assert "No file has been brought in yet" in text_of(pat.get(reverse("providers:imports")))
    assert "Imports of the national files" in text_of(pat.get(reverse("providers:finder")))


def test_nobody_else_is_offered_or_let_in(pat: Client):
    run = sent(pat, trusts(("RX1", "FIRST")))
    ann, cy = person("Ann Lee"), person("Cy Admin")
    body = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    belongs(ann, body)
    belongs(cy, body, "agency_administrator")
    for user in (ann, cy):
        client = client_as(user)
        assert "Imports of the national files" not in text_of(client.get(reverse("providers:finder")))
        for name in ("imports", "new_import"):
            assert client.get(reverse(f"providers:{name}")).status_code == 403
        for name in ("import", "apply_import", "set_aside_import"):
            assert client.get(reverse(f"providers:{name}", args=[run.pk])).status_code == 403


def test_a_long_report_takes_as_many_queries_as_a_short_one(pat: Client):
    def asked(given: bytes) -> int:
        address = sent(pat, given).get_absolute_url()
        pat.get(address)
        with CaptureQueriesContext(connection) as captured:
            pat.get(address)
            pat.get(reverse("providers:imports"))
        return len(captured)

    assert asked(trusts(("RX1", "A"))) == asked((FILES / JANUARY).read_bytes())


def test_a_file_with_nothing_to_apply_says_so_and_waits_for_no_yes(pat: Client):
    wrong = sent(pat, content({1: "Y00001", 2: "A CLINIC", 13: "A", 26: "1"}), kind="practices")
    said = text_of(pat.get(wrong.get_absolute_url()))
    assert "None of its rows is of this kind. Is it the right file?" in said
    assert "Apply this import" not in said
    given = trusts(("RX1", "FIRST"), c4="QKS")
    run = sent_of(pat, given)
    assert "columns 3 and 4 are not compared" in text_of(pat.get(run.get_absolute_url()))
    answer(pat, run)
    asked = pat.get(reverse("providers:apply_import", args=[run.pk]))
    assert asked["Location"] == run.get_absolute_url()
    again = sent_of(pat, trusts(("RX1", "FIRST"), c4="QKK"))
    assert "There is nothing in it to apply." in text_of(pat.get(again.get_absolute_url()))
    listed = text_of(pat.get(reverse("providers:imports")))
    assert "Changes nothing" in listed
    assert "Waits for a yes" not in listed


def sent_of(client: Client, given: bytes) -> ImportRun:
    assert send(client, given).status_code == 302
    return ImportRun.objects.get(state="previewed", kind="trusts")


def test_a_new_row_says_what_it_arrives_as(pat: Client):
    run = sent(pat, trusts(("RX1", "FIRST"), c5="HIGH STREET", c12="20200930"))
    said = text_of(pat.get(run.get_absolute_url()))
    assert "Address: High Street" in said
    assert "Status: closed" in said
    assert "Close date: 30 September 2020" in said
