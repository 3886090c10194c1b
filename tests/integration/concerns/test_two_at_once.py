"""Two deeds on one concern at once, each on a connection of its own: one waits for the other."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.http import Http404

from concerns.models import Comment
from concerns.operations.saying import comment
from concerns.operations.sharing import live_shares, share_less
from concerns.operations.writing import take_up
from tests.concerned import NOON, region

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_whose_sight_ends_while_they_wait_says_nothing_more(freeze):
    world = region(freeze(NOON))
    concern, volunteer = world.concern(), world.by("volunteer")
    refused: list[Exception] = []

    def say() -> None:
        try:
            comment(by=volunteer, now=world.now, concern=concern, text="We too.")
        except Exception as problem:
            refused.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=say)
    with transaction.atomic():
        held = take_up(by=world.by("worker"), concern=concern)
        other.start()
        waited = time.monotonic() + 20
        while not somebody_waits() and time.monotonic() < waited:
            time.sleep(0.05)
        shares = [one.pk for one in live_shares(held.record)]
        share_less(by=world.by("worker"), now=world.now, concern=held, shares=shares, seen=1)
    other.join()
    assert [type(one) for one in refused] == [Http404]
    assert not Comment.objects.exists()
