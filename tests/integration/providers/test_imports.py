"""Imports of the national files against the real database: the right differences, whole or not at all, again and again."""

import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.operations import create_record
from access.principal import Principal, clockwork, principal_of
from access.refusals import Invalid, NotNow, NotPermitted
from accounts.models import User
from agencies.models import Agency, Membership, QSGMember
from agencies.operations import load_bodies
from audit.models import Line
from providers.importing import comparing, entities
from providers.importing.operations import set_aside_import
from providers.models import (
    Commissioning,
    DirectoryTurn,
    EarlierName,
    ImportLine,
    ImportRun,
    Location,
    Provider,
    ProviderGroup,
)
from providers.operations import load_providers
from reference.operations import load_lists
from tests.concerned import person
from tests.integration.agencies.conftest import client_as, text_of
from tests.integration.providers.imports import (
    JANUARY,
    MARCH,
    Importer,
    changed,
    codes,
    content,
    numbers,
    plain,
    sound,
    trusts,
)

DAY = date(2026, 3, 3)
NAMED = {"RYR": "University Hospitals Sussex NHS Foundation Trust"}


@pytest.fixture
def ods(freeze: Callable[[str], datetime]) -> Importer:
    """The clockwork imports, on a day in March; no provider stands yet."""
    now = freeze("2026-03-03T09:00Z")
    load_lists()
    return Importer(clockwork(now), now)


@pytest.fixture
def bodies(ods: Importer) -> None:
    load_bodies(by=ods.by, now=ods.now)


def english(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    return {code: row for code, row in rows.items() if row[2] != "W00"}


class TestTwoVintages:
    """January 2022 with 24 columns, then March with 27: the differences are worked out here from the files alone."""

    @pytest.fixture
    def second(self, ods: Importer) -> ImportRun:
        first = ods.bring_in("trusts", JANUARY)
        assert sound(first.counts) == {"new": 224, "passed_over": 3}
        return ods.preview("trusts", MARCH)

    def test_the_differences_are_those_of_the_files(self, second: ImportRun) -> None:
        before, after = english(plain(JANUARY)), english(plain(MARCH))
        both = before.keys() & after.keys()
        compared = (
            1,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
        )  # name, address, postcode, dates; not region, board or the mark of change
        moved = {code for code in both if any(before[code][n] != after[code][n] for n in compared)}
        closed = {code for code in moved if after[code][11] and not before[code][11]}
        assert set(codes(second, "new")) == after.keys() - before.keys()
        assert set(codes(second, "closed")) == closed
        assert set(codes(second, "changed")) == moved - closed
        still_open = {code for code in before.keys() - after.keys() if not before[code][11]}
        assert set(codes(second, "absent")) == still_open
        assert second.counts["unchanged"] == len(both) - len(moved)
        order = list(plain(MARCH))
        assert {order[number - 1] for number in numbers(second.unchanged_rows)} == both - moved
        for line in second.lines.exclude(outcome="absent"):
            assert order[line.number - 1] == line.code
        for code in closed:
            day = after[code][11]
            assert changed(second, code)["closed_on"] == ["", f"{day[:4]}-{day[4:6]}-{day[6:]}"]

    def test_a_few_are_known_by_hand(self, second: ImportRun) -> None:
        assert sound(second.counts) == {
            "new": 1, "changed": 8, "closed": 6, "absent": 6, "passed_over": 3, "unchanged": 200,
        }  # fmt: skip
        assert codes(second, "new") == ["R0D"]  # University Hospitals Dorset
        assert changed(second, "R0D")["postcode"][0] == ""
        assert codes(second, "closed") == ["RD3", "RDZ", "RT3", "RTV", "RW6", "RXH"]
        assert changed(second, "RW6") == {"closed_on": ["", "2021-09-30"], "status": ["open", "closed"]}
        assert changed(second, "RYR") == {
            "name": [
                "Western Sussex Hospitals NHS Foundation Trust",
                "University Hospitals Sussex NHS Foundation Trust",
            ]
        }
        moved = changed(second, "RNN")  # North Cumbria moved from Penrith to Carlisle
        assert moved["town"] == ["Penrith", "Carlisle"]
        assert moved["postcode"] == ["CA11 7BF", "CA2 7HY"]
        assert codes(second, "absent") == ["RA3", "RBA", "RC1", "RDD", "RJD", "RQ8"]
        line = second.lines.get(code="RT4")
        assert (line.outcome, line.reason) == ("passed_over", "in Wales")

    def test_applying_keeps_history_and_absence_closes_nothing(
        self, ods: Importer, second: ImportRun
    ) -> None:
        ods.apply(second)
        sussex = Provider.objects.get(ods_code="RYR")
        assert sussex.name == "University Hospitals Sussex NHS Foundation Trust"
        had = sussex.earlier_names.get()
        assert str(had) == "Western Sussex Hospitals NHS Foundation Trust"
        assert (had.known_from, had.until_on) == (None, DAY)
        assert EarlierName.objects.count() == 6
        pennine, cumbria = (
            DirectoryTurn.objects.filter(provider__ods_code=code).get() for code in ("RW6", "RNN")
        )
        assert (str(pennine), pennine.on) == ("It closed", date(2021, 9, 30))
        assert str(cumbria).startswith("It moved from ")
        assert "Penrith, CA11 7BF to " in str(cumbria)
        assert str(cumbria).endswith("Carlisle, CA2 7HY")
        assert (cumbria.on, cumbria.source) == (DAY, f"ODS file {MARCH}, brought in on 2026-03-03")
        assert Provider.objects.get(ods_code="RW6").status == "closed"
        assert Provider.objects.get(ods_code="RW6").closed_on == date(2021, 9, 30)
        mid_staffs = Provider.objects.get(ods_code="RJD")  # dissolved, and no file ever said when
        assert (mid_staffs.status, mid_staffs.closed_on) == ("open", None)
        assert Provider.objects.get(ods_code="R0C").status == "closed"
        assert sussex.source == f"ODS file {MARCH}, brought in on 2026-03-03"

    def test_again_changes_nothing(self, ods: Importer, second: ImportRun) -> None:
        ods.apply(second)
        before = list(Provider.objects.order_by("pk").values())
        third = ods.bring_in("trusts", MARCH)
        assert sound(third.counts) == {"unchanged": 215, "passed_over": 3, "absent": 6}
        assert list(Provider.objects.order_by("pk").values()) == before
        assert EarlierName.objects.count() == 6

    def test_back_and_forth_keeps_each_name_with_its_days(
        self, ods: Importer, second: ImportRun, freeze: Callable[[str], datetime]
    ) -> None:
        ods.apply(second)
        later = freeze("2026-04-07T09:00Z")
        again = Importer(clockwork(later), later).bring_in("trusts", JANUARY, reopen=True)
        assert (again.counts["changed"], again.counts["reopened"]) == (8, 6)
        names = EarlierName.objects.filter(provider__ods_code="RYR").order_by("until_on")
        assert [(one.name, one.known_from, one.until_on) for one in names] == [
            ("Western Sussex Hospitals NHS Foundation Trust", None, DAY),
            (NAMED["RYR"], DAY, date(2026, 4, 7)),
        ]
        assert Provider.objects.get(ods_code="RW6").status == "open"
        turns = DirectoryTurn.objects.filter(provider__ods_code="RW6")
        assert [(str(one), one.on) for one in turns] == [
            ("It is open again", date(2026, 4, 7)),
            ("It closed", date(2021, 9, 30)),
        ]


def test_the_directory_that_ships_is_what_its_file_says(ods: Importer, bodies: None) -> None:
    """But for two names, which come from a newer look-up, and a comma that stands twice."""
    load_providers(by=ods.by, now=ods.now)
    run = ods.preview("trusts", MARCH)
    assert sound(run.counts) == {"changed": 3, "unchanged": 212, "passed_over": 3}
    assert codes(run, "changed") == ["RH8", "RQX", "RT1"]
    assert changed(run, "RQX")["name"] == [
        "Homerton Healthcare NHS Foundation Trust",
        "Homerton University Hospital NHS Foundation Trust",
    ]
    run = ods.preview("sites", "etrust_2018-09_two_trusts.csv")
    assert not set(codes(run, "bad"))


class TestWholeOrNotAtAll:
    """What is refused leaves nothing, and says why."""

    def test_one_bad_row_stops_it_all_unless_the_good_ones_are_chosen(self, ods: Importer) -> None:
        given = trusts(("RX1", "FIRST"), ("R", "NO CODE"), ("RX1", "SECOND"), ("RX2", "THIRD"))
        run = ods.preview("trusts", given)
        assert sound(run.counts) == {"new": 2, "bad": 2}
        bad = list(run.lines.filter(outcome="bad").values_list("number", "reason"))
        assert bad == [
            (2, "code “R” is not that of an NHS trust"),
            (3, "code RX1 stands twice in the file, first in row 1"),
        ]
        with pytest.raises(NotNow, match=r"Bad rows: 2\. Nothing was applied"):
            ods.apply(run)
        assert not Provider.objects.exists()
        run = ods.apply(run, good_rows_only=True)
        assert sorted(Provider.objects.values_list("ods_code", "name")) == [
            ("RX1", "First"),
            ("RX2", "Third"),
        ]
        assert run.good_rows_only

    def test_a_file_cut_off_in_the_middle_is_a_numbered_row(self, ods: Importer) -> None:
        whole = (ods_file := content({1: "RX1", 2: "FIRST"}, {1: "RX2", 2: "SECOND"}))[: len(ods_file) - 40]
        run = ods.preview("trusts", whole)
        assert sound(run.counts) == {"new": 1, "bad": 1}
        assert "cut off" in run.lines.get(outcome="bad").reason

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (b"", "The file is empty"),
            (b"RX1,A\r\n", "The first row has 2 columns"),
            (content({1: "RX1", 2: "CAF\u00c9"}).decode().encode("cp1252"), "another encoding"),
            (content({1: "RX1", 2: "A"}).decode().encode("utf-16"), "UTF-16"),
        ],
    )
    def test_a_file_that_cannot_be_read_leaves_nothing(self, ods: Importer, given: bytes, said: str) -> None:
        waiting = ods.preview("trusts", trusts(("RX1", "A")))
        with pytest.raises(Invalid, match=said):
            ods.preview("trusts", given)
        assert list(ImportRun.objects.values_list("pk", "state")) == [(waiting.pk, "previewed")]

    def test_an_import_that_breaks_in_the_middle_leaves_nothing(
        self, ods: Importer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = ods.preview("trusts", JANUARY)
        monkeypatch.setattr(comparing, "BATCH", 50)
        kept = []

        def breaks(self, differences, today, source):
            kept.extend(differences)
            if len(kept) > 120:
                raise ConnectionError("the machine went away")
            return keep(self, differences, today, source)

        keep = entities.Trusts.keep
        monkeypatch.setattr(entities.Trusts, "keep", breaks)
        with pytest.raises(ConnectionError):
            ods.apply(run)
        assert not Provider.objects.exists()
        monkeypatch.undo()
        ods.apply(ImportRun.objects.get(pk=run.pk))
        assert Provider.objects.count() == 224

    def test_nothing_is_applied_where_the_directory_has_changed_meanwhile(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "FIRST"), ("RX2", "SECOND")))
        run = ods.preview("trusts", trusts(("RX1", "RENAMED"), ("RX2", "SECOND"), ("RX3", "THIRD")))
        Provider.objects.filter(ods_code="RX2").update(name="Renamed by hand")
        with pytest.raises(NotNow, match="The directory has changed since this preview"):
            ods.apply(run)
        assert not Provider.objects.filter(ods_code="RX3").exists()
        assert Provider.objects.get(ods_code="RX1").name == "First"
        run.refresh_from_db()
        assert run.state == "previewed"

    def test_a_code_taken_meanwhile_by_hand_is_no_error(self, ods: Importer, monkeypatch) -> None:
        run = ods.preview("trusts", trusts(("RX1", "FIRST")))
        keep = entities.Trusts.keep

        def late(self, differences, today, source):
            Provider.objects.create(name="By hand", kind="nhs_trust", ods_code="RX1")
            return keep(self, differences, today, source)

        monkeypatch.setattr(entities.Trusts, "keep", late)
        with pytest.raises(NotNow, match="has changed since"):
            ods.apply(run)
        assert not Provider.objects.exists()

    def test_an_answer_is_given_once(self, ods: Importer) -> None:
        run = ods.bring_in("trusts", trusts(("RX1", "FIRST")))
        with pytest.raises(NotNow, match="answered already: applied"):
            ods.apply(run)
        with pytest.raises(NotNow, match="answered already: applied"):
            set_aside_import(by=ods.by, now=ods.now, run=run)

    def test_a_newer_preview_of_its_kind_sets_an_older_aside_and_forgets_its_file(
        self, ods: Importer
    ) -> None:
        first = ods.preview("trusts", trusts(("RX1", "FIRST")))
        other = ods.preview("ccgs", content({1: "00C", 2: "NHS SOMEWHERE CCG", 14: "C"}))
        ods.preview("trusts", trusts(("RX2", "SECOND")))
        first.refresh_from_db()
        other.refresh_from_db()
        assert (first.state, first.content, other.state) == ("set_aside", None, "previewed")
        with pytest.raises(NotNow, match="answered already: set aside"):
            ods.apply(first)
        set_aside_import(by=ods.by, now=ods.now, run=other)
        other.refresh_from_db()
        assert (other.state, other.content) == ("set_aside", None)

    def test_only_an_administrator_may(self, ods: Importer) -> None:
        stranger = Importer(Principal(kind="person", asked_at=ods.now), ods.now)
        run = ods.preview("trusts", trusts(("RX1", "FIRST")))
        for deed in (
            lambda: stranger.preview("trusts", b""),
            lambda: stranger.apply(run),
            lambda: set_aside_import(by=stranger.by, now=ods.now, run=run),
        ):
            with pytest.raises(NotPermitted):
                deed()

    def test_an_unknown_kind_is_refused(self, ods: Importer) -> None:
        with pytest.raises(Invalid, match="no kind of file"):
            ods.preview("castles", b"a")

    def test_the_log_holds_codes_and_counts_and_no_text(self, ods: Importer) -> None:
        run = ods.bring_in("trusts", trusts(("RX1", "A SECRET NAME"), ("RX", "B")), good_rows_only=True)
        lines = {line.deed: line.detail for line in Line.objects.filter(deed__startswith="import.")}
        assert lines.keys() == {"import.previewed", "import.applied"}
        assert lines["import.applied"] == {
            "import": str(run.pk),
            "kind": "trusts",
            "sha256": run.sha256,
            "new": 1,
            "bad": 1,
            "good_rows_only": True,
        }

    def test_a_run_is_kept_with_its_rows(self, ods: Importer) -> None:
        run = ods.bring_in("trusts", trusts(("RX1", "FIRST")))
        assert (run.file_name, run.size, len(run.sha256)) == ("file.csv", 101, 64)
        assert str(run) == "file.csv"
        assert str(run.lines.get()) == "RX1 First"
        assert ImportLine.objects.count() == 1


class TestCodesAndNames:
    """Codes stay and are never reused; names change."""

    def test_a_closed_trusts_code_given_to_another_is_bad(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "OLD NHS TRUST"), c12="20140331"))
        assert Provider.objects.get().status == "closed"
        run = ods.preview("trusts", trusts(("RX1", "NEW NHS TRUST"), c11="20150401"))
        assert run.lines.get().reason == (
            "code RX1 is that of Old NHS Trust, which closed on 2014-03-31; codes are never reused, so this cannot be"
            " another that opened on 2015-04-01"
        )
        run = ods.preview("trusts", trusts(("RX1", "OLD NHS TRUST"), c11="20150401"))
        assert codes(run, "reopened") == ["RX1"]  # the same one, open again

    def test_a_trust_that_becomes_a_foundation_trust_keeps_its_code(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "SOME NHS TRUST")))
        run = ods.bring_in("trusts", trusts(("RX1", "SOME NHS FOUNDATION TRUST")))
        assert changed(run, "RX1")["kind"] == ["nhs_trust", "foundation_trust"]
        assert Provider.objects.get().kind == "foundation_trust"

    def test_capitals_are_no_change_and_a_number_is_not_taken_away(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "ST MARY'S NHS TRUST")))
        Provider.objects.update(name="St MARY's NHS Trust", telephone="01632 960001")
        run = ods.bring_in("trusts", trusts(("RX1", "ST MARY'S NHS TRUST")))
        assert sound(run.counts) == {"unchanged": 1}
        assert Provider.objects.get().telephone == "01632 960001"

    def test_a_close_date_to_come_closes_nothing_yet(
        self, ods: Importer, freeze: Callable[[str], datetime]
    ) -> None:
        given = trusts(("RX1", "SOME NHS TRUST"), c12="20260331")
        ods.bring_in("trusts", given)
        assert Provider.objects.get().status == "open"
        later = freeze("2026-03-31T09:00Z")
        run = Importer(clockwork(later), later).bring_in("trusts", given)
        assert codes(run, "closed") == ["RX1"]
        assert Provider.objects.get().status == "closed"

    def test_a_formula_is_kept_as_text(self, ods: Importer) -> None:
        formula = '=HYPERLINK("https://example.org/","Click")'
        ods.bring_in("trusts", trusts(("RX1", formula)))
        assert Provider.objects.get().name == formula

    def test_the_finder_finds_what_a_provider_was_called(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "WINDMILL NHS TRUST"), ("RX2", "OTHER NHS TRUST")))
        ods.bring_in("trusts", trusts(("RX1", "SEASIDE NHS TRUST"), ("RX2", "OTHER NHS TRUST")))
        client: Client = client_as(User.objects.create_user("reader@example.org", full_name="A Reader"))
        for typed in ("windmill", "Windmil"):
            said = text_of(client.get(reverse("providers:finder"), {"q": typed}))
            assert "Seaside NHS Trust" in said
            assert "formerly Windmill NHS Trust" in said
            assert "Other NHS Trust" not in said
        narrowed = client.get(reverse("providers:finder"), {"q": "windmill", "kind": "care_home"})
        assert "No provider matches" in text_of(narrowed)
        page = client.get(reverse("provider", args=[Provider.objects.get(ods_code="RX1").pk]))
        assert "Formerly Windmill NHS Trust, until 3 March 2026" in text_of(page)


class TestOpenAgain:
    """An older file opens again what has closed since: never without a word."""

    @pytest.mark.parametrize(
        ("kind", "row"),
        [
            ("trusts", {1: "RX1", 2: "SOME NHS TRUST"}),
            ("sites", {1: "RX901", 2: "SOME WING"}),
            ("ccgs", {1: "00A", 2: "NHS SOME CCG", 14: "C"}),
        ],
    )
    def test_it_is_a_class_of_its_own_and_needs_its_own_yes(
        self, ods: Importer, kind: str, row: dict[int, str]
    ) -> None:
        ods.bring_in("trusts", trusts(("RX9", "ITS NHS TRUST")))
        ods.bring_in(kind, content(row))
        assert codes(ods.bring_in(kind, content({**row, 12: "20200930"})), "closed") == [row[1]]
        run = ods.preview(kind, content(row))
        assert codes(run, "reopened") == [row[1]]
        assert changed(run, row[1])["closed_on"] == ["2020-09-30", ""]
        with pytest.raises(NotNow, match=r"Closed here and open in the file: 1\. Nothing was applied"):
            ods.apply(run)
        ods.apply(run, reopen=True)
        assert codes(ods.preview(kind, content(row)), "reopened") == []


class TestSites:
    """Sites of trusts."""

    def test_they_come_after_their_trusts_from_the_same_file(self, ods: Importer) -> None:
        name = "etrust_2018-09_two_trusts.csv"
        run = ods.preview("sites", name)
        assert sound(run.counts) == {"bad": 162, "passed_over": 2}
        assert run.lines.filter(outcome="bad").first().reason == (
            "its trust R0A is not in the directory: bring in this file as “NHS trusts” first"
        )
        assert sound(ods.bring_in("trusts", name).counts) == {"new": 2, "passed_over": 162}
        assert sound(ods.bring_in("sites", name).counts) == {"new": 162, "passed_over": 2}
        site = Location.objects.get(ods_code="R0A02")
        assert (site.name, site.provider.ods_code) == ("Manchester Royal Infirmary", "R0A")
        closed = {code for code, row in plain(name).items() if len(code) == 5 and row[11]}
        assert set(Location.objects.filter(status="closed").values_list("ods_code", flat=True)) == closed
        assert sound(ods.preview("sites", name).counts)["unchanged"] == 162

    def test_a_site_is_renamed_and_closed(self, ods: Importer) -> None:
        ods.bring_in("trusts", trusts(("RX1", "SOME NHS TRUST")))
        ods.bring_in("sites", content({1: "RX101", 2: "OLD WING"}, {1: "RX102", 2: "GONE"}))
        run = ods.bring_in(
            "sites", content({1: "RX101", 2: "NEW WING"}, {1: "RX102", 2: "GONE", 12: "20250101"}, {1: "RX9AA", 2: "A"})
            , good_rows_only=True,
        )  # fmt: skip
        assert [codes(run, one) for one in ("changed", "closed", "bad")] == [["RX101"], ["RX102"], ["RX9AA"]]
        assert Location.objects.get(ods_code="RX101").earlier_names.get().name == "Old Wing"
        assert Location.objects.get(ods_code="RX102").closed_on == date(2025, 1, 1)
        again = ods.preview("sites", content({1: "RX102", 2: "ANOTHER", 11: "20250601"}))
        assert "codes are never reused" in again.lines.get(outcome="bad").reason


class TestPractices:
    """General practices and their commissioners."""

    def row(self, **given: str) -> bytes:
        """One practice; `c24="00K"` says its commissioner."""
        row = {1: "A81001", 2: "THE SURGERY", 13: "A", 16: "20130401", 24: "00K", 26: "4"}
        return content(row | {int(column[1:]): text for column, text in given.items()})

    def test_the_real_file(self, ods: Importer, bodies: None) -> None:
        name = "epraccur_2016-02_some.csv"
        practices = {code: row for code, row in plain(name).items() if row[25] == "4"}
        run = ods.bring_in("practices", name)
        assert run.counts["new"] == len(practices)
        assert run.counts["passed_over"] == len(plain(name)) - len(practices)
        statuses = {"A": "open", "D": "dormant", "C": "closed"}
        held = dict(Provider.objects.values_list("ods_code", "status"))
        assert held == {code: statuses[row[12]] for code, row in practices.items()}
        ours = set(Agency.objects.filter(ods_code__isnull=False).values_list("ods_code", flat=True))
        bought = {code for code, row in practices.items() if row[23] in ours and row[12] != "C"}
        assert set(Commissioning.objects.values_list("provider__ods_code", flat=True)) == bought
        assert set(ProviderGroup.objects.values_list("provider__ods_code", flat=True)) == bought
        note = run.lines.get(code="A81632").reason
        assert note == "its commissioner 114 is not a body of the directory"
        assert sound(ods.preview("practices", name).counts).keys() == {"unchanged", "passed_over"}

    def test_a_practice_joins_another_commissioner(self, ods: Importer, bodies: None) -> None:
        ods.bring_in("practices", self.row())
        run = ods.bring_in("practices", self.row(c24="00Y", c16="20150401"))
        assert changed(run, "A81001") == {
            "commissioner": ["00K", "00Y"],
            "group": [
                "Durham, Darlington and Tees Quality Surveillance Group",
                "Greater Manchester Quality Surveillance Group",
            ],
        }
        links = Commissioning.objects.order_by("starts_on").values_list(
            "agency__ods_code", "starts_on", "ends_on"
        )
        assert list(links) == [
            ("00K", date(2013, 4, 1), date(2015, 4, 1)),
            ("00Y", date(2015, 4, 1), None),
        ]
        assert ProviderGroup.objects.get().qsg.name.startswith("Greater Manchester")
        assert sound(ods.preview("practices", self.row(c24="00Y", c16="20150401")).counts) == {"unchanged": 1}
        ods.bring_in("practices", self.row(c24="00K", c16="20150401"))  # and back, the same day
        assert Commissioning.objects.filter(ends_on__isnull=True).get().agency.ods_code == "00K"

    def test_what_an_administrator_stated_stays(self, ods: Importer, bodies: None) -> None:
        ods.bring_in("practices", self.row())
        practice = Provider.objects.get()
        Commissioning.objects.update(source="stated by an administrator")
        ProviderGroup.objects.update(source="stated")
        ods.bring_in("practices", self.row(c24="00Y", c16="20150401"))
        assert Commissioning.objects.get(agency__ods_code="00K").ends_on is None
        assert practice.group_links.get().source == "stated"

    def test_a_closed_practice_is_bought_from_no_longer(self, ods: Importer, bodies: None) -> None:
        ods.bring_in("practices", self.row())
        run = ods.bring_in("practices", self.row(c13="C", c12="20160131"))
        assert changed(run, "A81001") == {
            "closed_on": ["", "2016-01-31"],
            "status": ["open", "closed"],
            "commissioner": ["00K", ""],
        }
        assert Commissioning.objects.get().ends_on == date(2016, 1, 31)
        assert sound(ods.preview("practices", self.row(c13="C", c12="20160131")).counts) == {"unchanged": 1}

    def test_a_trust_listed_under_an_area_team_stands_in_its_group(self, ods: Importer, bodies: None) -> None:
        given = [
            ("RX1", "Q46", 1),
            ("RX2", "Q83", 1),
            ("RX3", "Q71", 0),
            ("RX4", "QOP", 0),
            ("RX5", "Q74", 0),
        ]
        ods.bring_in("trusts", content(*({1: code, 2: code, 4: geography} for code, geography, _ in given)))
        counted = [Provider.objects.get(ods_code=code).group_links.count() for code, *_ in given]
        assert counted == [number for *_, number in given]
        run = ods.bring_in("trusts", content({1: "RX1", 2: "RX1", 4: "Q44"}, {1: "RX4", 2: "RX4", 4: "Q44"}))
        assert codes(run, "changed") == ["RX4"]  # where a group is known, a later geography moves nothing
        assert changed(run, "RX4")["group"][1].startswith("Cheshire, Warrington and Wirral")


class TestBodies:
    """Commissioning groups, and the teams of NHS England."""

    def test_ccgs_are_compared_with_those_of_2013(self, ods: Importer, bodies: None) -> None:
        QSGMember.objects.filter(agency__ods_code__in=["00F", "00G", "00H"]).delete()
        run = ods.bring_in("ccgs", "eccg_2016-02_some.csv")
        assert codes(run, "new") == ["13T"]
        assert codes(run, "closed") == ["00F", "00G", "00H"]
        assert codes(run, "passed_over") == ["12G", "13N"]
        assert len(codes(run, "absent")) == 211 - 9
        assert Agency.objects.get(ods_code="00F").closed_on == date(2015, 3, 31)
        new = Agency.objects.get(ods_code="13T")
        assert (new.kind, new.name, new.short_name) == (
            "ccg",
            "NHS Newcastle Gateshead CCG",
            "Newcastle Gateshead CCG",
        )
        assert (
            not {"new", "changed", "closed", "bad"}
            & sound(ods.preview("ccgs", "eccg_2016-02_some.csv").counts).keys()
        )

    def test_a_body_that_holds_something_is_not_closed_by_a_file(self, ods: Importer, bodies: None) -> None:
        """Its close date is kept, and a succession proposed from it (mission A10)."""
        QSGMember.objects.filter(agency__ods_code__in=["00G", "00H"]).delete()
        run = ods.bring_in("ccgs", "eccg_2016-02_some.csv")
        assert codes(run, "closed") == ["00G", "00H"]
        assert changed(run, "00F")["said_to_close_on"] == ["", "2015-03-31"]
        reason = run.lines.get(code="00F").reason
        assert reason.startswith(
            "it holds memberships of groups, so no file closes it: a succession is proposed"
        )
        held = Agency.objects.get(ods_code="00F")
        assert (held.closed_on, held.said_to_close_on) == (None, date(2015, 3, 31))
        again = sound(ods.preview("ccgs", "eccg_2016-02_some.csv").counts)
        assert not {"new", "changed", "closed", "bad"} & again.keys()
        held.closed_on, held.said_to_close_on = date(2015, 4, 9), None
        held.save()
        again = sound(ods.preview("ccgs", "eccg_2016-02_some.csv").counts)
        assert not {"new", "changed", "closed", "bad"} & again.keys()

    def test_no_line_tells_what_a_body_looks_after(self, ods: Importer, bodies: None) -> None:
        """ "Hidden means absent" (visibility.md): who imports reads no intelligence, nor whether there is any."""
        lead = person("Lea Lead", Agency.objects.get(ods_code="00F"), "agency_lead")

        def reason() -> str:
            return ods.preview("ccgs", "eccg_2016-02_some.csv").lines.get(code="00F").reason

        before = reason()
        assert before.startswith("it holds people, memberships of groups, so no file closes it")
        create_record(kind="concern", by=principal_of(lead.pk), now=ods.now, providers=[])
        assert reason() == before
        Membership.objects.all().delete()
        QSGMember.objects.all().delete()
        assert reason().startswith("it holds something, so no file closes it")

    def test_teams_are_renamed_and_their_names_kept(self, ods: Importer, bodies: None) -> None:
        run = ods.bring_in("health_authorities", "eauth_2018-11.csv")
        assert sound(run.counts)["passed_over"] == 12
        north = Agency.objects.get(ods_code="Y54")
        assert north.name == "North of England Commissioning Region"
        assert north.earlier_names.get().name == "NHS England North of England Regional Team"
        new = Agency.objects.get(ods_code="Q83")
        assert (new.kind, new.parent) == ("nhs_england_area_team", north)
        client = client_as(User.objects.create_user("reader@example.org", full_name="A Reader"))
        said = text_of(client.get(reverse("agencies:agency", args=[north.pk])))
        assert "Formerly NHS England North of England Regional Team, until 3 March 2026" in said
        again = ods.preview("health_authorities", "eauth_2018-11.csv")
        assert not {"new", "changed", "closed", "bad"} & sound(again.counts).keys()

    def test_a_new_office_belongs_to_a_region_that_the_file_brings_in_too(
        self, ods: Importer, bodies: None
    ) -> None:
        run = ods.bring_in("health_authorities", "eauth_2018-11.csv")
        assert {"Y58", "Y59"} <= set(codes(run, "new"))
        offices = Agency.objects.filter(ods_code__in=["Q85", "Q86", "Q87", "Q88"]).order_by("ods_code")
        regions = list(offices.values_list("parent__ods_code", flat=True))
        assert regions == ["Y58", "Y58", "Y59", "Y59"]

    def test_an_office_that_moves_to_another_region_is_a_change_and_an_unknown_region_is_said(
        self, ods: Importer
    ) -> None:
        def office(region: str) -> bytes:
            regions = ({1: code, 2: f"REGION {code}"} for code in ("Y58", "Y59"))
            return content({1: "Q85", 2: "AN OFFICE", 3: region}, *regions)

        ods.bring_in("health_authorities", office("Y58"))
        run = ods.bring_in("health_authorities", office("Y59"))
        assert (codes(run, "changed"), changed(run, "Q85")) == (["Q85"], {"parent": ["Y58", "Y59"]})
        assert Agency.objects.get(ods_code="Q85").parent.ods_code == "Y59"
        run = ods.bring_in("health_authorities", office("Y77"))
        line = run.lines.get(code="Q85")
        assert (line.outcome, line.reason) == (
            "unchanged",
            "its region Y77 is no regional team of the directory, and is left as it is",
        )
        assert Agency.objects.get(ods_code="Q85").parent.ods_code == "Y59"
        run = ods.preview("health_authorities", content({1: "Q86", 2: "NEW", 3: "Y77"}))
        assert run.lines.get(code="Q86").reason.startswith("its region Y77 is no regional team")

    def test_names_and_codes_of_others_are_bad_rows(self, ods: Importer) -> None:
        Agency.objects.create(kind="ccg", name="NHS Example CCG")
        Agency.objects.create(kind="local_authority", name="Example council", ods_code="00X")
        Agency.objects.create(kind="ccg", name="NHS Old CCG", ods_code="00Z", closed_on=date(2014, 3, 31))
        rows = [
            ("00A", "NHS EXAMPLE CCG"),
            ("00X", "NHS OTHER CCG"),
            ("00B", "NHS TWICE CCG"),
            ("00C", "NHS TWICE CCG"),
        ]
        given = content(
            *({1: code, 2: name, 14: "C"} for code, name in rows),
            {1: "00Z", 2: "NHS NEW CCG", 11: "20150401"},
        )
        run = ods.preview("ccgs", given)
        said = dict(run.lines.filter(outcome="bad").values_list("code", "reason"))
        assert said.keys() == {"00A", "00X", "00C", "00Z"}
        assert said["00A"].startswith("another body of this kind is called NHS Example CCG")
        assert said["00X"] == "code 00X is that of Example council, a body of another kind"
        assert "codes are never reused" in said["00Z"]

    def test_a_body_that_will_close_is_open_until_then(self, ods: Importer) -> None:
        ods.bring_in("ccgs", content({1: "00A", 2: "NHS A CCG", 12: "20270331"}))
        assert Agency.objects.get().closed_on is None


@pytest.mark.parametrize("kind", ["trusts", "practices"])
def test_many_rows_take_as_many_questions_as_few(ods: Importer, bodies: None, kind: str) -> None:
    def asked(size: int) -> int:
        rows = ({1: f"A{number:05}", 2: f"P {number}", 13: "A", 24: "00K", 26: "4"} for number in range(size))
        trusts_of = ({1: f"R{number:02}", 2: f"T {number}", 4: "Q46"} for number in range(size))
        given = content(*(rows if kind == "practices" else trusts_of))
        with CaptureQueriesContext(connection) as captured:
            ods.apply(ods.preview(kind, given))
        return len(captured)

    few = asked(5)
    Provider.objects.all().delete()
    assert asked(90) == few


def test_progress_is_told_to_who_waits(ods: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    from providers.importing.operations import preview_import

    monkeypatch.setattr(comparing, "BATCH", 2)
    told: list[int] = []
    given = trusts(*((f"RX{number}", "A") for number in range(5)))
    preview_import(
        by=ods.by, now=ods.now, kind="trusts", file=io.BytesIO(given), name="a.csv", progress=told.append
    )
    assert told == [2, 4, 5]
