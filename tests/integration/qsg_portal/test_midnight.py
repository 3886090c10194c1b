"""A seat that ends at midnight in London, while its holder has a page open."""

import re
from datetime import date

import pytest

from agencies.models import Seat
from concerns.models import Comment, Corroboration
from tests import concerned
from tests.signing_in import sign_in

LAST_MINUTE, MIDNIGHT = "2026-07-01T23:59+01:00", "2026-07-02T00:00+01:00"
TOMORROW = date(2026, 7, 2)


@pytest.fixture
def region(freeze):
    made = concerned.region(freeze(LAST_MINUTE))
    Seat.objects.filter(user=made.inspector).update(ends_on=TOMORROW)
    return made


def marks(answer) -> dict[str, str]:
    return dict(re.findall(r'name="(once|seen)" value="([^"]+)"', answer.content.decode()))


@pytest.mark.parametrize("deed", ["comment", "we-see-it-too", "ask-to-share"])
def test_what_is_sent_after_midnight_is_refused_like_something_absent(region, freeze, deed) -> None:
    concern = region.concern()
    client = sign_in(region.inspector)
    address = f"/concerns/{concern.pk}/{deed}/"
    open_page = client.get(address)
    assert open_page.status_code == 200
    freeze(MIDNIGHT)
    late = client.post(address, {**marks(open_page), "text": "We saw it too", "body": "We saw it too"})
    assert late.status_code == 404
    assert concern.headline not in late.content.decode()
    assert not Comment.objects.exists()
    assert not Corroboration.objects.exists()
    assert client.get(f"/concerns/{concern.pk}/").status_code == 404
    assert concern.headline not in client.get("/concerns/").content.decode()
    assert concern.headline not in client.get("/").content.decode()


def test_a_minute_before_it_is_seen_and_by_who_stays_after(region, freeze) -> None:
    concern = region.concern()
    assert sign_in(region.inspector).get(f"/concerns/{concern.pk}/").status_code == 200
    freeze(MIDNIGHT)
    assert sign_in(region.volunteer).get(f"/concerns/{concern.pk}/").status_code == 200
