"""The log: what is written once, never changed, and sealed so that a change shows."""

import threading
import uuid
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from access.models import Record
from access.operations import create_record, operation
from access.principal import Principal, clockwork, principal_of
from accounts.models import User
from agencies.models import Agency, Membership
from audit import operations as log
from audit.models import Batch, Line, Unsealed
from audit.operations import (
    DeedsWritten,
    oldest_unsealed_at,
    record_deed,
    record_reading,
    seal_due,
    verify,
)
from audit.rules import FIRST, seal_hash
from qsg_portal.surroundings import CLOCKWORK_ROLE, WEB_ROLE

NOW = datetime.fromisoformat("2026-03-03T09:00Z")


@pytest.fixture
def person(db, freeze) -> User:
    freeze(NOW)
    user = User.objects.create_user("ann@example.org", full_name="Ann Lee")
    body = Agency.objects.create(kind="ccg", name="NHS Example CCG")
    Membership.objects.create(user=user, agency=body, role="reader", starts_on="2020-01-01")
    return user


@pytest.fixture
def by(person) -> Principal:
    return principal_of(person.pk)


def write(by: Principal, number: int = 1, **more) -> None:
    for _ in range(number):
        record_deed(by=by, now=NOW, deed="test.done", **more)


def seal(number: int = 1) -> int:
    return sum(seal_due(now=NOW + timedelta(seconds=one)) for one in range(number))


class TestWriting:
    def test_a_line_says_who_for_whom_what_to_what_and_when(self, by) -> None:
        record = create_record(kind="concern", by=by, now=NOW)
        write(by, record=record.pk, detail={"audiences": [7]})
        line = Line.objects.get()
        assert (line.doer, line.user_id, line.agency_id) == ("person", by.user_id, by.agency_id)
        assert (line.deed, line.record_id, line.at) == ("test.done", record.pk, NOW)
        assert line.detail == {"audiences": [7]}
        assert Unsealed.objects.get().line == line

    def test_the_clockwork_is_named_as_itself(self, db) -> None:
        write(clockwork(NOW))
        assert (Line.objects.get().doer, Line.objects.get().user) == ("clockwork", None)

    def test_a_person_who_is_nobody_is_refused_by_the_database(self, db) -> None:
        with pytest.raises(IntegrityError, match="audit_names_its_doer"):
            write(Principal(kind="person", asked_at=NOW))

    def test_a_list_that_was_read_is_one_line_with_the_ids_shown(self, by) -> None:
        shown = [uuid.uuid4() for _ in range(26)]
        record_reading(by=by, now=NOW, page="ConcernsPage", shown=iter(shown))
        line = Line.objects.get()
        assert (line.deed, line.record) == ("read", None)
        assert line.detail == {"page": "ConcernsPage", "shown": [str(one) for one in shown]}

    def test_a_record_that_was_read_says_through_what(self, by) -> None:
        record = create_record(kind="concern", by=by, now=NOW)
        record_reading(by=by, now=NOW, page="ConcernPage", record=record.pk, through=["owner", 7])
        assert Line.objects.get().detail == {"page": "ConcernPage", "through": ["owner", 7]}

    def test_a_line_has_no_place_for_a_text(self) -> None:
        """Codes are short; nothing that a person types fits, the detail apart, which holds ids and codes."""
        texts = [
            field
            for field in Line._meta.fields
            if isinstance(field, models.TextField)
            or (isinstance(field, models.CharField) and (field.max_length or 0) > 60)
        ]
        assert texts == []


class TestOperations:
    """``@operation`` insists on one transaction and one line."""

    def test_a_deed_logged_once_is_done(self, by) -> None:
        @operation("test.done")
        def do(*, by, now):
            record_deed(by=by, now=now, deed="test.done")
            return "done"

        assert do(by=by, now=NOW) == "done"
        assert Line.objects.count() == 1

    @pytest.mark.parametrize("times", [0, 2])
    def test_a_deed_logged_otherwise_is_undone(self, by, times) -> None:
        @operation("test.done")
        def do(*, by, now):
            create_record(kind="concern", by=by, now=now)
            write(by, times)

        with pytest.raises(AssertionError, match=f"test.done was logged {times} times, not once"):
            do(by=by, now=NOW)
        assert not Line.objects.exists()
        assert not Record.objects.exists()

    def test_another_deed_does_not_stand_for_it(self, by) -> None:
        @operation("test.named")
        def do(*, by, now):
            write(by)

        with pytest.raises(AssertionError, match=r"test\.named was logged 0 times"):
            do(by=by, now=NOW)

    def test_a_fault_undoes_the_deed_and_its_line(self, by) -> None:
        @operation("test.done")
        def do(*, by, now):
            write(by)
            raise ValueError("power cut")

        with pytest.raises(ValueError, match="power cut"):
            do(by=by, now=NOW)
        assert not Line.objects.exists()

    def test_an_operation_within_another_counts_for_itself(self, by) -> None:
        @operation("test.done")
        def inner(*, by, now):
            write(by)

        @operation("test.done")
        def outer(*, by, now, logged):
            inner(by=by, now=now)
            write(by, logged)

        outer(by=by, now=NOW, logged=1)
        assert Line.objects.count() == 2
        with pytest.raises(AssertionError, match="was logged 0 times"):
            outer(by=by, now=NOW, logged=0)
        assert Line.objects.count() == 2

    def test_what_is_written_outside_an_operation_is_counted_nowhere(self, by) -> None:
        with DeedsWritten() as written:
            pass
        write(by)
        assert written == []

    @pytest.fixture(autouse=True)
    def _registry_as_it_was(self):
        from access.operations import OPERATIONS

        before = dict(OPERATIONS)
        yield
        OPERATIONS.clear()
        OPERATIONS.update(before)


TABLES = ["audit_line", "audit_batch"]
CHANGES = ["UPDATE {} SET {} = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
MOMENTS = {"audit_line": "at", "audit_batch": "sealed_at"}


def change(table: str, statement: str) -> None:
    statement = statement.format(table, MOMENTS.get(table))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", CHANGES)
class TestAppendOnly:
    def test_by_privilege_for_the_web_and_the_clockwork(self, by, database_role, table, statement) -> None:
        write(by)
        seal()
        for role in (WEB_ROLE, CLOCKWORK_ROLE):
            with database_role(role), pytest.raises(DatabaseError, match="permission denied"):
                change(table, statement)

    def test_by_trigger_even_for_the_owner_of_the_tables(self, by, database_role, table, statement) -> None:
        write(by)
        seal()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for what still waits
        with database_role(None), pytest.raises(DatabaseError, match=r"Cannot|append-only"):
            change(table, statement)


class TestPrivileges:
    def test_the_web_may_add_a_line(self, by, database_role) -> None:
        with database_role(WEB_ROLE):
            write(by)
        assert Line.objects.count() == 1

    def test_the_web_may_not_add_to_the_chain(self, by, database_role) -> None:
        write(by)
        with (
            database_role(WEB_ROLE),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            seal()

    def test_the_clockwork_may(self, by, database_role) -> None:
        write(by)
        with database_role(CLOCKWORK_ROLE):
            assert seal() == 1

    def test_neither_may_take_the_triggers_away(self, by, database_role) -> None:
        for role in (WEB_ROLE, CLOCKWORK_ROLE):
            for statement in (
                "ALTER TABLE audit_line DISABLE TRIGGER ALL",
                "SET session_replication_role = replica",
            ):
                with (
                    database_role(role),
                    pytest.raises(DatabaseError, match=r"must be owner|permission denied"),
                ):
                    change("", statement)


@pytest.fixture
def tamper(database_role):
    """Change the log as only the owner of the tables can, with the triggers off."""

    def as_owner(statement: str, *parameters: object) -> None:
        with database_role(None), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, parameters)
            assert cursor.rowcount > 0

    return as_owner


class TestSeal:
    def test_nothing_waits_nothing_is_sealed(self, db) -> None:
        assert seal_due(now=NOW) == 0
        assert not Batch.objects.exists()
        assert oldest_unsealed_at() is None

    def test_what_waits_is_sealed_in_order_and_chained(self, by) -> None:
        for number in (3, 1):
            write(by, number)
            assert oldest_unsealed_at() == NOW
            assert seal() == number
        first, second = Batch.objects.order_by("number")
        assert (first.number, first.previous_hash) == (1, FIRST)
        assert (second.number, second.previous_hash) == (2, first.hash)
        assert (len(first.line_ids), len(second.line_ids)) == (3, 1)
        assert {*first.line_ids, *second.line_ids} == set(Line.objects.values_list("id", flat=True))
        assert not Unsealed.objects.exists()
        assert oldest_unsealed_at() is None

    def test_a_batch_has_a_size(self, by, monkeypatch) -> None:
        monkeypatch.setattr(log, "BATCH_SIZE", 2)
        write(by, 3)
        assert [seal(), seal(), seal()] == [2, 1, 0]
        assert verify().faults == ()

    def test_an_untouched_log_holds(self, by) -> None:
        assert verify() == log.Verdict(0, 0, ())
        write(by, 3, detail={"zeta": 1, "alpha": [2.5, "é"]})
        seal()
        write(by, 2)
        assert verify() == log.Verdict(1, 3, ())

    @pytest.mark.parametrize(
        "change",
        [
            "deed = 'test.undone'",
            "at = at + interval '1 microsecond'",
            "user_id = NULL, doer = 'clockwork'",
            "doer = 'token'",
            "agency_id = NULL",
            "detail = '{\"shown\": []}'",
        ],
    )
    def test_a_changed_line_is_found(self, by, tamper, change) -> None:
        write(by, 2)
        seal()
        tamper(f"UPDATE audit_line SET {change} WHERE id = %s", Line.objects.latest("id").pk)
        assert verify().faults == ("Batch 1 was changed after it was sealed.",)

    def test_a_line_put_on_another_record_is_found(self, by, tamper) -> None:
        record = create_record(kind="concern", by=by, now=NOW)
        write(by)
        seal()
        tamper("UPDATE audit_line SET record_id = %s", record.pk)
        assert verify().faults == ("Batch 1 was changed after it was sealed.",)

    def test_a_removed_line_is_found(self, by, tamper) -> None:
        write(by, 3)
        seal()
        tamper("DELETE FROM audit_line WHERE id = %s", Line.objects.latest("id").pk)
        assert verify().faults == ("Batch 1 has lost 1 lines.",)

    def test_a_removed_line_and_its_number_are_found(self, by, tamper) -> None:
        write(by, 3)
        seal()
        last = Line.objects.latest("id").pk
        tamper("DELETE FROM audit_line WHERE id = %s", last)
        tamper("UPDATE audit_batch SET line_ids = array_remove(line_ids, %s)", last)
        assert verify().faults == ("Batch 1 was changed after it was sealed.",)

    def test_a_batch_sealed_again_by_hand_breaks_the_one_after(self, by, tamper) -> None:
        for _ in range(2):
            write(by)
            seal()
        first = Batch.objects.get(number=1)
        tamper("UPDATE audit_line SET deed = 'test.undone' WHERE id = %s", first.line_ids[0])
        again = seal_hash(FIRST, 1, log._columns(first.line_ids))
        tamper("UPDATE audit_batch SET hash = %s WHERE number = 1", again)
        assert verify().faults == ("Batch 2 does not follow the one before.",)

    @pytest.mark.parametrize("gone", [1, 2])
    def test_a_removed_batch_is_found(self, by, tamper, gone) -> None:
        for _ in range(3):
            write(by)
            seal()
        tamper("DELETE FROM audit_batch WHERE number = %s", gone)
        faults = verify().faults
        assert f"Batch {gone} is missing." in faults
        assert f"Batch {gone + 1} does not follow the one before." in faults
        assert "1 lines stand in no batch and do not wait for one." in faults

    def test_the_last_batch_removed_leaves_its_lines_loose(self, by, tamper) -> None:
        for number in (1, 2):
            write(by, number)
            seal()
        tamper("DELETE FROM audit_batch WHERE number = 2")
        assert verify().faults == ("2 lines stand in no batch and do not wait for one.",)

    def test_a_line_that_nobody_waits_to_seal_is_found(self, by, tamper) -> None:
        write(by)
        tamper("DELETE FROM audit_unsealed")
        assert verify().faults == ("1 lines stand in no batch and do not wait for one.",)

    def test_a_line_put_in_by_hand_is_found(self, by, tamper) -> None:
        tamper(
            "INSERT INTO audit_line (id, at, doer, deed, detail)"
            " VALUES (gen_random_uuid(), now(), 'clockwork', 'x', '{}')"
        )
        assert verify().faults == ("1 lines stand in no batch and do not wait for one.",)


class TestTheCommand:
    def test_it_says_that_every_seal_holds(self, by) -> None:
        write(by, 2)
        seal()
        said = StringIO()
        call_command("verify_audit", stdout=said)
        assert said.getvalue() == "1 batches, 2 lines: every seal holds.\n"

    def test_it_fails_with_each_fault(self, by, tamper) -> None:
        write(by)
        tamper("DELETE FROM audit_unsealed")
        with pytest.raises(CommandError, match="1 lines stand in no batch"):
            call_command("verify_audit")


def test_the_hash_hangs_on_all_that_came_before() -> None:
    lines = [{"id": 1, "deed": "a"}]
    one = seal_hash(FIRST, 1, lines)
    assert one == seal_hash(FIRST, 1, [{"deed": "a", "id": 1}])
    assert len({one, seal_hash(one, 1, lines), seal_hash(FIRST, 2, lines), seal_hash(FIRST, 1, [])}) == 4


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_each_line_once(transactional_db) -> None:
    write(clockwork(NOW), 50)
    sealed, ready = [], threading.Barrier(4)

    def work() -> None:
        ready.wait()
        try:
            sealed.extend([seal_due(now=NOW) for _ in range(5)])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == 50
    assert verify() == log.Verdict(Batch.objects.count(), 50, ())


@pytest.mark.django_db(transaction=True)
def test_while_one_seals_another_does_not_wait(transactional_db) -> None:
    write(clockwork(NOW))
    told: list[int] = []

    def work() -> None:
        try:
            told.append(seal_due(now=NOW))
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log.SEAL_LOCK])
        other = threading.Thread(target=work)
        other.start()
        other.join(timeout=10)
    assert told == [0]
    assert seal_due(now=NOW) == 1


def test_a_reading_that_is_broken_off_leaves_no_line_without_its_seal(transactional_db, monkeypatch) -> None:
    user = User.objects.create_user("ann@example.org", full_name="Ann Lee")

    def broken_off(**_: object) -> None:
        raise RuntimeError("the worker was killed")

    monkeypatch.setattr(Unsealed.objects, "create", broken_off)
    reader = Principal(kind="person", asked_at=NOW, user_id=user.pk)
    with pytest.raises(RuntimeError):
        record_reading(by=reader, now=NOW, page="ListPage")
    assert not Line.objects.exists()
