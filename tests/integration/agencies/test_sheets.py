"""Many people, roles and seats by one sheet: what is shown is what happens, and nobody may more than on the pages."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.principal import principal_of
from access.refusals import NotNow, NotPermitted
from accounts.models import User
from agencies.models import Membership, MembershipInvitation, QSGMember, Seat
from agencies.rules import last_of_kind
from agencies.sheets.operations import apply_sheet, mark_of
from agencies.sheets.present import sheet_of
from agencies.sheets.reading import as_csv, as_workbook, rows_of
from agencies.sheets.rules import COLUMNS, Row, Told
from audit.models import Line
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    TOMORROW,
    World,
    belongs,
    client_as,
    person,
    sits,
    text_of,
)

ADDRESS = "/people/sheet/"
CCG = "NHS Example CCG"


def role(email: str, name: str, role: str = "Reader", body: str = CCG, first: str = "", last: str = ""):
    return [email, name, body, role, "", "", "", first, last]


def seat(
    email: str,
    name: str,
    kind: str = "Representative",
    body: str = CCG,
    cleared: str = "",
    first: str = "",
    last: str = "",
    group: str = "Example QSG",
):
    return [email, name, body, "", group, kind, cleared, first, last]


ANN = ("ann.lee@example.org", "Ann Lee")


def read(*rows) -> list[Row]:
    return [Row(number, dict(zip(COLUMNS, row, strict=True))) for number, row in enumerate(rows, start=2)]


def look(by, now, *rows) -> list[Told]:
    """What the rows come to; nothing is kept."""
    from django.db import transaction

    with transaction.atomic():
        told = apply_sheet(by=by, now=now, rows=read(*rows), good_rows_only=True)
        transaction.set_rollback(True)
    return told


def apply(by, now, *rows, **how) -> list[Told]:
    return apply_sheet(by=by, now=now, rows=read(*rows), **how)


def outcomes(told: list[Told]) -> list[str]:
    return [one.outcome for one in told]


class TestWhatARowDoes:
    def test_roles_and_seats_are_given_in_one_sheet(self, world: World):
        told = apply(
            world.by_portal,
            world.now,
            seat("bob.may@example.org", "Bob May", cleared="yes", last="2026-12-31"),
            role("bob.may@example.org", "Bob May", "Contributor"),
        )
        assert outcomes(told) == ["new", "new"]
        assert told[0].words.startswith(
            "From 3 March 2026 until the end of 31 December 2026, Bob May represents NHS Example CCG at Example QSG."
        )
        held = Seat.objects.get(user=world.bob)
        assert (held.cleared, held.ends_on) == (True, date(2027, 1, 1))
        assert principal_of(world.bob.pk).agency_roles == {"contributor"}
        deeds = list(Line.objects.values_list("deed", flat=True))
        assert sorted(deeds) == ["membership.started", "seat.started", "sheet.applied"]
        assert Line.objects.get(deed="sheet.applied").detail["new"] == 2

    def test_a_last_day_ends(self, world: World):
        sits(world.ann, world.ccg, world.group)
        rows = (role(*ANN, last="2026-03-31"), seat(*ANN, last="2026-03-31"))
        told = apply(world.by_body, world.now, *rows)
        assert outcomes(told) == ["ended", "ended"]
        assert (
            told[1].words
            == "From 1 April 2026, Ann Lee no longer has the seat as representative at Example QSG."
        )
        assert Seat.objects.get().ends_on == date(2026, 4, 1)

    def test_an_end_is_put_off_and_taken_away(self, world: World):
        held = sits(world.ann, world.ccg, world.group, ends_on=date(2026, 4, 1))
        (told,) = apply(world.by_body, world.now, seat(*ANN, last="2026-06-30"))
        assert (told.outcome, told.words.endswith("it ends on 1 July 2026.")) == ("changed", True)
        held.refresh_from_db()
        assert held.ends_on == date(2026, 7, 1)
        (told,) = apply(world.by_body, world.now, seat(*ANN))
        assert told.outcome == "changed"
        held.refresh_from_db()
        assert held.ends_on is None

    def test_what_a_seat_receives_is_changed(self, world: World):
        sits(world.ann, world.ccg, world.group)
        row = seat(*ANN, cleared="yes", first=LAST_YEAR.isoformat())
        (told,) = apply(world.by_portal, world.now, row)
        assert (told.outcome, "may receive restricted items" in told.words) == ("changed", True)
        assert [one.cleared for one in Seat.objects.order_by("starts_on")] == [False, True]
        assert outcomes(apply(world.by_portal, world.now, row)) == ["unchanged"], "the same sheet again"

    def test_what_stands_is_unchanged_and_what_is_not_in_the_sheet_stays(self, world: World):
        sits(world.ann, world.ccg, world.group)
        told = apply(world.by_body, world.now, role(*ANN), seat(*ANN, first=LAST_YEAR.isoformat()))
        assert outcomes(told) == ["unchanged", "unchanged"]
        assert Seat.objects.get().ends_on is None

    def test_a_move_between_bodies_is_one_sheet(self, world: World):
        told = apply(
            world.by_portal,
            world.now,
            role(*ANN, body="NHS Other CCG", first="2026-03-10"),
            role(*ANN, last="2026-03-09"),
        )
        assert outcomes(told) == ["new", "ended"]

    def test_a_chair_is_handed_over_in_one_sheet(self, world: World):
        sits(world.ann, world.ccg, world.group, "chair")
        belongs(world.bob, world.ccg)
        told = apply(
            world.by_portal,
            world.now,
            seat(*ANN, "Chair", last="2026-03-09"),
            seat("bob.may@example.org", "Bob May", "Chair", first="2026-03-10"),
        )
        assert outcomes(told) == ["ended", "new"]

    def test_an_address_that_nobody_here_has_is_invited_once(self, world: World):
        rows = (
            role("new@example.org", "Ned New", "Contributor"),
            seat("new@example.org", "Ned New"),
        )
        told = apply(world.by_body, world.now, *rows)
        assert outcomes(told) == ["new", "new"]
        made = MembershipInvitation.objects.get()
        assert (made.email, made.role, made.seat) == (
            "new@example.org", "contributor", "Representative at Example QSG",
        )  # fmt: skip
        assert not User.objects.filter(email="new@example.org").exists()
        assert outcomes(apply(world.by_body, world.now, *rows)) == ["unchanged", "unchanged"]

    def test_bodies_are_known_by_their_codes_too(self, world: World):
        assert outcomes(look(world.by_portal, world.now, role(*ANN, "Contributor", body="xx1"))) == ["new"]

    def test_the_same_sheet_again_changes_nothing(self, world: World):
        rows = (
            role("bob.may@example.org", "Bob May", "Contributor", last="2026-12-31"),
            seat("bob.may@example.org", "Bob May", first="2026-03-05"),
            role(*ANN, last="2026-03-02"),
        )
        assert outcomes(apply(world.by_portal, world.now, *rows)) == ["new", "new", "ended"]
        before = (list(Membership.objects.values()), list(Seat.objects.values()))
        assert outcomes(apply(world.by_portal, world.now, *rows)) == ["unchanged"] * 3
        assert (list(Membership.objects.values()), list(Seat.objects.values())) == before

    def test_what_is_fetched_comes_to_no_change(self, world: World):
        belongs(world.bob, world.ccg, "agency_lead", starts_on=TOMORROW, ends_on=date(2026, 9, 1))
        sits(world.ann, world.ccg, world.group, cleared=True, ends_on=date(2026, 5, 1))
        fetched = sheet_of(world.by_portal, TODAY, agency=world.ccg)
        assert len(fetched) == 4
        assert set(outcomes(look(world.by_portal, world.now, *fetched))) == {"unchanged"}


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "why"),
        [
            (role(*ANN, first="2026-03-10", last="2026-03-09"), "It ends before it starts."),
            (role("ann.lee@example.org", "Ann Other"), "known here as that of Ann Lee"),
            (role(*ANN, "Contributor", first="2026-03-02"), "cannot start in the past"),
            (role(*ANN, "Contributor", body="NHS Nowhere"), "You look after no body"),
            (role("bob.may@example.org", "Bob May", body="NHS Other CCG"), "You look after no body"),
            (seat("bob.may@example.org", "Bob May"), "not known here yet"),
            (seat(*ANN, group="No QSG"), "There is no group called"),
            (seat(*ANN, "Chair"), "given by the portal's administrator"),
            (seat(*ANN, cleared="yes"), "given by the portal's administrator"),
            (role(*ANN, first="2025-06-01"), "cannot start in the past"),
            (
                role("new@example.org", "Ned New", last="2026-04-01"),
                "This person has no account yet. Leave the first day",
            ),
            (role("cy.admin@example.org", "Cy Admin", "Reader"), "to themselves"),
            (seat("cy.admin@example.org", "Cy Admin"), "to themselves"),
        ],
    )
    def test_what_a_bodys_administrator_may_not_or_cannot_is_said(self, world: World, row, why: str):
        (told,) = look(world.by_body, world.now, row)
        assert told.outcome == "bad"
        assert why in told.words

    def test_a_seat_for_somebody_of_another_body(self, world: World):
        QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
        (told,) = look(world.by_portal, world.now, seat(*ANN, body="NHS Other CCG"))
        assert told.words == "Ann Lee does not act for NHS Other CCG on that day."

    def test_days_that_overlap(self, world: World):
        sits(world.ann, world.ccg, world.group, starts_on=TODAY)
        rows = (
            role(*ANN, first="2026-03-05", last="2026-04-01"),
            seat(*ANN, first="2026-03-05", last="2026-04-01"),
            role(*ANN, body="NHS Other CCG", first="2026-03-05"),
        )
        told = look(world.by_portal, world.now, *rows)
        assert outcomes(told) == ["bad"] * 3
        assert "has this role, on some of these days" in told[0].words
        assert "has this seat on some of these days" in told[1].words

    def test_the_same_thing_twice_in_one_sheet(self, world: World):
        row = role(*ANN, "Contributor", first="2026-03-05")
        assert outcomes(look(world.by_body, world.now, row, row)) == ["new", "bad"]

    def test_two_rows_about_what_stands(self, world: World):
        sits(world.ann, world.ccg, world.group)
        sits(world.ann, world.ccg, world.group, "deputy", starts_on=TODAY)
        for first, second in (
            (role(*ANN), role(*ANN, last="2026-04-30")),
            (seat(*ANN, last="2026-03-31"), seat(*ANN, last="2026-04-30")),
            (seat(*ANN, "Deputy", last="2026-03-02"), seat(*ANN, "Deputy", cleared="yes")),
        ):
            told = look(world.by_portal, world.now, first, second)
            assert (told[1].outcome, told[1].words) == (
                "bad",
                "Row 2 is about the same thing. Keep one of them.",
            )

    def test_a_name_or_an_address_that_no_account_can_hold(self, world: World):
        long = f"{'a' * 250}@example.org"
        told = look(world.by_body, world.now, role("n@e.org", "N" * 201), role(long, "Ned New"))
        assert [one.words for one in told] == [
            "“Full name” is longer than 200 characters.",
            "“E-mail address” is longer than 254 characters.",
        ]

    def test_two_people_with_one_address(self, world: World):
        told = look(
            world.by_body,
            world.now,
            role("new@example.org", "Ned New"),
            role("new@example.org", "Nora New", "Contributor"),
        )
        assert outcomes(told) == ["new", "bad"]
        assert told[1].words == "Row 2 gives this address to Ned New. Two people never share one."

    @pytest.mark.parametrize("kind", ["Chair", "Secretariat"])
    def test_the_last_chair_or_secretariat_is_ended_with_a_warning(self, world: World, kind: str):
        sits(world.ann, world.ccg, world.group, kind.lower())
        (told,) = look(world.by_portal, world.now, seat(*ANN, kind, last="2026-03-09"))
        assert told.outcome == "ended"
        assert told.warnings == (last_of_kind(kind.lower(), "Example QSG"),)
        assert told.words.endswith(told.warnings[0])

    def test_of_two_chairs_the_warning_stands_at_the_last_in_whatever_order(self, world: World):
        belongs(world.bob, world.ccg)
        sits(world.ann, world.ccg, world.group, "chair")
        sits(world.bob, world.ccg, world.group, "chair")
        ann = seat(*ANN, "Chair", last="2026-03-31")
        bob = seat("bob.may@example.org", "Bob May", "Chair", last="2026-04-30")
        for rows, warned in (((ann, bob), [0, 1]), ((bob, ann), [1, 0])):
            told = look(world.by_portal, world.now, *rows)
            assert outcomes(told) == ["ended", "ended"]
            assert [len(one.warnings) for one in told] == warned

    def test_a_chair_that_falls_with_a_role_is_said_and_the_leaver_is_cut_off(self, world: World):
        """As on the role's page: a body's own administrator, who gives no chair, ends the role of one who leaves."""
        sits(world.ann, world.ccg, world.group, "chair")
        row = role(*ANN, last="2026-03-09")
        (told,) = look(world.by_body, world.now, row)
        assert told.outcome == "ended"
        assert told.words == (
            "From 10 March 2026, Ann Lee no longer has the role reader at NHS Example CCG."
            " 1 seat held for NHS Example CCG will stop counting, and will show as a gap."
            " Nobody else chairs Example QSG from that day. Give somebody that seat first, or nobody does its work."
        )
        belongs(world.bob, world.ccg)
        over = seat("bob.may@example.org", "Bob May", "Chair", first="2026-03-10")
        told = look(world.by_portal, world.now, row, over)
        assert outcomes(told) == ["ended", "new"]
        assert "will stop counting" in told[0].words
        assert "Nobody else chairs" not in told[0].words, "the row beside it hands it over"

    def test_a_role_that_gives_way_to_another_takes_no_seat_along(self, world: World):
        sits(world.ann, world.ccg, world.group, "chair")
        rows = (role(*ANN, last="2026-03-09"), role(*ANN, "Contributor", first="2026-03-10"))
        told = look(world.by_portal, world.now, *rows)
        assert outcomes(told) == ["ended", "new"]
        assert "seat" not in told[0].words

    def test_what_has_ended_is_not_begun_again_by_its_first_day(self, world: World):
        sits(world.ann, world.ccg, world.group, ends_on=date(2026, 1, 1))
        told = look(world.by_portal, world.now, seat(*ANN, first=LAST_YEAR.isoformat()))
        assert told[0].words == "It ended on 1 January 2026, and what was is not rewritten."
        told = look(world.by_portal, world.now, seat(*ANN, first=LAST_YEAR.isoformat(), cleared="yes"))
        assert told[0].words == "It has ended, and what was is not rewritten."

    def test_without_an_agreement_there_is_no_seat_by_sheet_either(self, world: World):
        belongs(world.bob, world.other)
        QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
        row = seat("bob.may@example.org", "Bob May", body="NHS Other CCG")
        (told,) = look(world.by_portal, world.now, row)
        assert told.outcome == "bad"
        assert "agreement" in told.words

    def test_two_bodies_of_one_name_are_told_apart_by_their_codes(self, world: World):
        from agencies.models import Agency

        Agency.objects.create(kind="icb", name=CCG)
        (told,) = look(world.by_portal, world.now, role(*ANN, "Contributor"))
        assert "the name of several bodies" in told.words

    @pytest.mark.parametrize(
        ("rows", "results"),
        [
            ([role("new@e.org", "N"), role("new@e.org", "N", "Contributor")], ["new", "bad"]),
            ([role("new@e.org", "N"), seat("new@e.org", "N"), seat("new@e.org", "N", "Deputy")],
             ["new", "new", "bad"]),
            ([role("new@e.org", "N"), seat("new@e.org", "N", cleared="yes")], ["new", "bad"]),
            ([role("new@e.org", "N"), seat("new@e.org", "N", "Chair")], ["bad", "bad"]),
            ([role("new@e.org", "N"), seat("new@e.org", "N", group="None")], ["bad", "bad"]),
        ],
    )  # fmt: skip
    def test_one_role_and_one_seat_go_with_an_invitation(self, world: World, rows, results):
        assert outcomes(look(world.by_body, world.now, *rows)) == results

    def test_who_is_invited_otherwise_is_not_invited_again(self, world: World):
        apply(world.by_body, world.now, role("new@e.org", "N"))
        told = look(
            world.by_body,
            world.now,
            role("new@e.org", "N", "Contributor"),
            seat("new@e.org", "N"),
        )
        assert "Withdraw that invitation first" in told[0].words
        assert "invited already, without this seat" in told[1].words

    def test_people_of_other_bodies_are_invited_in_the_words_for_nobody(self, world: World):
        """An administrator learns nothing of accounts that they do not look after."""
        belongs(world.bob, world.other)
        known, unknown = look(
            world.by_body,
            world.now,
            role("bob.may@example.org", "Bob Wrongname"),
            role("nobody@example.org", "Bob Wrongname"),
        )
        assert known.words.replace("bob.may", "nobody") == unknown.words


class TestApplying:
    def test_all_or_nothing_unless_the_good_rows_are_meant(self, world: World):
        rows = (role(*ANN, "Contributor"), role(*ANN, "king"))
        with pytest.raises(NotNow, match="Bad rows: 1"):
            apply(world.by_body, world.now, *rows)
        assert Membership.objects.filter(user=world.ann).count() == 1
        assert outcomes(apply(world.by_body, world.now, *rows, good_rows_only=True)) == ["new", "bad"]
        assert Membership.objects.filter(user=world.ann).count() == 2

    def test_a_preview_that_no_longer_holds_is_not_applied(self, world: World):
        row = role(*ANN, "Contributor")
        seen = mark_of(look(world.by_body, world.now, row))
        belongs(world.ann, world.ccg, "contributor", starts_on=TODAY)
        with pytest.raises(NotNow, match="has changed since this preview"):
            apply(world.by_body, world.now, row, seen=seen)
        Membership.objects.filter(role="contributor").delete()
        assert outcomes(apply(world.by_body, world.now, row, seen=seen)) == ["new"]

    def test_a_reader_changes_nothing(self, world: World):
        with pytest.raises(NotPermitted):
            apply(principal_of(world.ann.pk), world.now, role(*ANN, "Contributor"))
        client = client_as(world.ann)
        assert client.get(ADDRESS).status_code == 403
        assert client.get(reverse("agencies:fetch_sheet")).status_code == 403

    def test_unchanged_rows_cost_no_questions_each(self, world: World):
        people = [person(f"P {number}") for number in range(20)]
        for one in people:
            belongs(one, world.ccg)
            sits(one, world.ccg, world.group)
        asked = []
        for some in (people[:2], people):
            rows = [role(one.email, one.full_name) for one in some]
            rows += [seat(one.email, one.full_name) for one in some]
            by = world.by_portal
            with CaptureQueriesContext(connection) as queries:
                assert set(outcomes(look(by, world.now, *rows))) == {"unchanged"}
            asked.append(sum("SAVEPOINT" not in one["sql"] for one in queries.captured_queries))
        assert asked[0] == asked[1]


class TestPages:
    def send(self, client, content: bytes, name: str = "people.csv"):
        return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})

    def confirm(self, client, answer, **more: str):
        import re
        from html import unescape

        page = answer.content.decode()
        given = {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
            if name != "csrfmiddlewaretoken"
        }
        return client.post(ADDRESS, {**given, "sure": "yes", **more})

    @pytest.mark.parametrize("written", [as_csv, as_workbook])
    def test_a_sheet_is_sent_looked_at_and_applied(self, world: World, written):
        client = client_as(world.portal_admin)
        rows = [role("bob.may@example.org", "Bob May", "Contributor"), role(*ANN)]
        answer = self.send(client, written(rows))
        said = text_of(answer)
        assert "Rows: new 1; changed 0; ended 0; unchanged 1." in said
        assert "From 3 March 2026, Bob May may raise and share concerns for NHS Example CCG" in said
        assert not Membership.objects.filter(user=world.bob).exists(), "only said, not done"
        assert not Line.objects.filter(deed="sheet.applied").exists()
        assert self.confirm(client, answer).status_code == 302
        assert Membership.objects.get(user=world.bob).role == "contributor"
        assert "The sheet is applied." in text_of(client.get("/people/"))

    def test_bad_rows_stand_by_number_and_only_the_good_ones_can_be_applied(self, world: World):
        client = client_as(world.portal_admin)
        rows = [role(*ANN, "king"), role(*ANN, "Contributor")]
        answer = self.send(client, as_csv(rows))
        page = text_of(answer)
        assert "Bad rows: 1" in page
        assert "Row 2 Person Ann Lee Why not “Role” must be one of" in page
        assert "Apply the good rows only" in page
        assert self.confirm(client, answer).status_code == 302
        assert Membership.objects.filter(user=world.ann).count() == 2

    def test_a_yes_without_the_preview_or_to_another_does_nothing(self, world: World):
        client = client_as(world.portal_admin)
        answer = self.send(client, as_csv([role(*ANN, "Contributor")]))
        assert self.confirm(client, answer, seen="").status_code == 422
        assert self.confirm(client, answer, seen="0" * 64).status_code == 422
        assert self.confirm(client, answer, sheet="nonsense").status_code == 422
        assert Membership.objects.filter(user=world.ann).count() == 1

    def test_a_sheet_that_changes_nothing_offers_no_yes(self, world: World):
        page = self.send(client_as(world.portal_admin), as_csv([role(*ANN)])).content.decode()
        assert "There is nothing to change." in page
        assert 'name="sure"' not in page

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "The file is empty"),
            (b"E-mail address,Full name\r\na,b\r\n", "lacks these columns"),
            ("Zo\xeb".encode("cp1252"), "not in UTF-8"),
            (as_workbook([role(*ANN)])[:900], "damaged or cut off"),
        ],
    )
    def test_what_is_no_sheet_is_refused_in_a_sentence(self, world: World, content: bytes, why: str):
        answer = self.send(client_as(world.portal_admin), content)
        assert answer.status_code == 422
        assert why in text_of(answer)

    def test_no_file_is_asked_for(self, world: World):
        answer = client_as(world.portal_admin).post(ADDRESS, {})
        assert answer.status_code == 422
        assert "Choose the file" in text_of(answer)

    def test_a_file_that_is_too_large_is_refused_by_its_size(self, world: World, settings):
        """One of 200 million bytes is refused before a byte of it is read: more than a request may have."""
        assert settings.LARGER_BODIES.get(ADDRESS, settings.LARGEST_BODY) < 200_000_000
        answer = self.send(client_as(world.portal_admin), b"x" * (settings.LARGEST_BODY + 1))
        assert answer.status_code == 413
        assert "larger than the portal takes in one go. Nothing was saved." in text_of(answer)

    @pytest.mark.parametrize("kind", ["csv", "workbook"])
    def test_the_template_holds_what_stands_and_comes_back(self, world: World, kind: str):
        sits(world.ann, world.ccg, world.group)
        client = client_as(world.body_admin)
        answer = client.get(reverse("agencies:fetch_sheet"), {"as": kind, "body": str(world.ccg.pk)})
        assert answer["Content-Disposition"].startswith('attachment; filename="people-and-seats.')
        import io

        rows = rows_of(io.BytesIO(answer.content), "x")
        assert [row.cells["Full name"] for row in rows] == ["Ann Lee", "Cy Admin", "Ann Lee"]
        assert Line.objects.filter(deed="read", detail__page="FetchSheet").count() == 1
        assert "There is nothing to change." in text_of(self.send(client, answer.content))

    def test_of_a_group_it_holds_its_seats_and_their_holders_roles(self, world: World):
        sits(world.ann, world.ccg, world.group)
        belongs(world.bob, world.ccg)
        answer = client_as(world.portal_admin).get(
            reverse("agencies:fetch_sheet"), {"group": str(world.group.pk)}
        )
        text = answer.content.decode("utf-8-sig")
        assert text.count("ann.lee@example.org") == 2
        assert "bob.may@example.org" not in text

    def test_a_bodys_administrator_fetches_their_own_body_only(self, world: World):
        belongs(world.bob, world.other)
        sits(world.bob, world.other, world.group)
        QSGMember.objects.create(qsg=world.group, agency=world.other, starts_on=LAST_YEAR)
        client = client_as(world.body_admin)
        for asked in (
            {"body": str(world.other.pk)},
            {"group": str(world.group.pk)},
            {},
            {"body": "nonsense"},
        ):
            assert "bob.may" not in client.get(reverse("agencies:fetch_sheet"), asked).content.decode()

    def test_nobody_gives_sight_to_themselves_by_sheet(self, world: World):
        """Not as the portal's administrator, and not by an address of their own in other letters."""
        client = client_as(world.portal_admin)
        rows = [role("Pat.ADMIN@example.org", "Pat Admin"), seat("pat.admin@example.org", "Pat Admin")]
        answer = self.send(client, as_csv(rows))
        assert "Nobody gives a role or a seat to themselves" in text_of(answer)
        self.confirm(client, answer, good_rows_only="yes")
        assert not principal_of(world.portal_admin.pk).reads
        assert not Seat.objects.exists()


def test_a_name_that_looks_like_a_formula_leaves_as_text(world: World):
    world.ann.full_name = '=HYPERLINK("http://example.org")'
    world.ann.save()
    assert "'=HYPERLINK" in as_csv(sheet_of(world.by_portal, TODAY, agency=world.ccg)).decode()


def test_the_days_of_a_sheet_are_londons(world: World, freeze):
    late = freeze("2026-07-01T23:30Z")
    (told,) = look(world.by_body, late, role(*ANN, "Contributor"))
    assert told.words.startswith("From 2 July 2026")
    assert late.date() + timedelta(days=1) == date(2026, 7, 2)
