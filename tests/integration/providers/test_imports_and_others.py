"""Imports beside other imports and other people: nobody waits in vain, nobody's work is lost, and little is kept."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.urls import reverse

from access.models import Submission
from access.principal import clockwork
from access.refusals import NotNow
from agencies.models import PortalRole
from audit.models import Line
from providers.importing import entities, regulated
from providers.importing.operations import set_aside_import
from providers.models import ImportRun, Provider
from reference.operations import load_lists
from tests.integration.agencies.conftest import LAST_YEAR, client_as, person, text_of
from tests.integration.providers.answers import lines, provider
from tests.integration.providers.imports import Importer, codes, content, trusts

MORNING = "2026-03-03T09:00Z"


@pytest.fixture
def ods(db, freeze: Callable[[str], datetime]) -> Importer:
    """The clockwork imports."""
    now = freeze(MORNING)
    load_lists()
    return Importer(clockwork(now), now)


@pytest.fixture
def elsewhere(db) -> Iterator[CursorWrapper]:
    """Another connection to the same database, in a transaction of its own."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        yield cursor
    other.close()


def test_while_one_import_runs_another_is_refused_at_once(ods: Importer, elsewhere: CursorWrapper) -> None:
    waiting = {"kind": "ccgs", "size": 1, "previewed_at": ods.now, "content": b"x"}
    run = ImportRun.objects.create(**waiting)
    elsewhere.execute("SELECT pg_advisory_xact_lock(7210340)")
    for deed in (
        lambda: ods.preview("trusts", trusts(("RX1", "FIRST"))),
        lambda: ods.apply(run),
        lambda: set_aside_import(by=ods.by, now=ods.now, run=run),
    ):
        with pytest.raises(NotNow, match=r"Another import is running\. Nothing was changed\."):
            deed()
    elsewhere.connection.rollback()
    ods.preview("trusts", trusts(("RX1", "FIRST")))


def test_the_same_form_sent_twice_is_told_at_once(ods: Importer, elsewhere: CursorWrapper) -> None:
    """The second would wait for the first one's mark until the database loses patience with it."""
    admin = person("Pat Admin")
    PortalRole.objects.create(user=admin, role="portal_administrator", starts_on=LAST_YEAR)
    elsewhere.execute("SELECT pg_advisory_xact_lock(7210340)")
    sent = {"once": str(uuid4()), "kind": "trusts", "file": SimpleUploadedFile("a", trusts(("RX1", "A")))}
    refused = client_as(admin).post(reverse("providers:new_import"), sent)
    assert refused.status_code == 422
    assert "Another import is running. Nothing was changed." in text_of(refused)
    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_compared_is_held_until_it_is_written_and_can_be_pointed_to(
    ods: Importer, elsewhere: CursorWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ods.bring_in("trusts", trusts(("RX1", "FIRST")))
    keep = entities.Trusts.keep
    row = "SELECT 1 FROM providers_provider WHERE ods_code = 'RX1' FOR"

    def meanwhile(self, differences, today, source):
        elsewhere.execute(f"{row} KEY SHARE NOWAIT")  # as a concern raised about it does
        with pytest.raises(OperationalError, match="could not obtain lock"):
            elsewhere.execute(f"{row} NO KEY UPDATE NOWAIT")  # as an administrator's change does
        elsewhere.connection.rollback()
        return keep(self, differences, today, source)

    monkeypatch.setattr(entities.Trusts, "keep", meanwhile)
    ods.bring_in("trusts", trusts(("RX1", "RENAMED")))
    assert Provider.objects.get().name == "Renamed"


@pytest.mark.django_db(transaction=True)
def test_to_look_at_a_file_holds_nothing(
    ods: Importer, elsewhere: CursorWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ods.bring_in("trusts", trusts(("RX1", "FIRST")))
    said = entities.Trusts._said

    def meanwhile(self, *given):
        elsewhere.execute("SELECT 1 FROM providers_provider FOR UPDATE NOWAIT")
        elsewhere.connection.rollback()
        return said(self, *given)

    monkeypatch.setattr(entities.Trusts, "_said", meanwhile)
    ods.preview("trusts", trusts(("RX1", "RENAMED")))


@pytest.mark.parametrize("kind", ["trusts", "cqc_answers"])
def test_only_what_a_row_says_is_written(ods: Importer, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """What else stands of a provider is somebody else's: a file has nothing to say of it."""
    Provider.objects.create(name="First", kind="nhs_trust", ods_code="RX1", cqc_provider_id="1-100000001")
    Provider.objects.create(name="Second", kind="care_home", cqc_provider_id="1-100000000")
    given, of = {
        "trusts": (trusts(("RX1", "RENAMED")), entities.Trusts),
        "cqc_answers": (lines(provider(name="Renamed")), regulated.Answers),
    }[kind]
    keep = of.keep

    def late(self, differences, today, source):
        Provider.objects.update(telephone="01632 960001")
        return keep(self, differences, today, source)

    run = ods.preview(kind, given)
    monkeypatch.setattr(of, "keep", late)
    ods.apply(run)
    assert Provider.objects.get(name="Renamed").telephone == "01632 960001"


def test_a_fault_that_is_nobodys_doing_is_not_called_a_change(
    ods: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ods.preview("cqc_answers", lines(provider()))
    keep = regulated.published.keep

    def twice(each, source):
        keep(each, source)
        keep(each, source)

    monkeypatch.setattr(regulated.published, "keep", twice)
    with pytest.raises(IntegrityError, match="registration_one_of_a_provider"):
        ods.apply(run)


def test_whose_preview_was_set_aside_stands_in_the_log(ods: Importer) -> None:
    first = ods.preview("trusts", trusts(("RX1", "FIRST")))
    second = ods.preview("trusts", trusts(("RX2", "SECOND")))
    deeds = Line.objects.filter(deed__startswith="import.")
    assert sorted((line.deed, line.detail["import"]) for line in deeds) == sorted(
        [
            ("import.previewed", str(first.pk)),
            ("import.set_aside", str(first.pk)),
            ("import.previewed", str(second.pk)),
        ]
    )


def test_rows_that_change_nothing_are_kept_of_the_newest_import_alone(ods: Importer) -> None:
    ods.bring_in("trusts", trusts(("RX1", "FIRST"), ("RX2", "SECOND"), ("RX3", "THIRD")))
    ods.bring_in("sites", content({1: "RX101", 2: "A WING"}, {1: "RX1", 2: "A TRUST"}))
    part = content({1: "RX1", 2: "RENAMED"}, {1: "RT4", 2: "IN WALES", 3: "W00"})
    first, second = (ods.bring_in("trusts", part) for _ in range(2))
    assert [first.counts[one] for one in ("changed", "absent", "passed_over")] == [1, 2, 1]
    assert [codes(first, one) for one in ("changed", "absent", "passed_over")] == [["RX1"], [], []]
    assert [codes(second, one) for one in ("absent", "passed_over")] == [["RX2", "RX3"], ["RT4"]]
    assert codes(ImportRun.objects.get(kind="sites"), "passed_over") == ["RX1"]
