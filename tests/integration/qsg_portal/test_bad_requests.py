"""What is too large is refused, and a person who was removed is out at the next request."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from agencies.models import Membership
from tests import concerned
from tests.signing_in import sign_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_what_is_too_large_is_refused_and_not_looked_at(kind: str, settings) -> None:
    settings.LARGEST_BODY = 100_000
    settings.FILE_UPLOAD_HANDLERS = ["no.such.handler"]
    answer = Client().generic("POST", "/sign-in/", b"x" * 100_001, kind)
    assert answer.status_code == 413
    assert "larger than the portal takes" in answer.content.decode()
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "-1", "many", "1e9"])
def test_a_length_that_is_none_is_no_fault_of_ours(said: str) -> None:
    assert Client().generic("POST", "/sign-in/", b"", CONTENT_LENGTH=said).status_code in (200, 413)


@pytest.mark.parametrize("removed", ["account", "body"])
def test_a_removed_person_is_out_at_the_next_request(freeze, removed: str) -> None:
    region = concerned.region(freeze(concerned.NOON))
    concern = region.concern()
    client = sign_in(region.inspector)
    address = f"/concerns/{concern.pk}/"
    assert client.get(address).status_code == 200
    if removed == "account":
        User.objects.filter(pk=region.inspector.pk).update(is_active=False)
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/sign-in/")
        assert client.post(f"{address}comment/", {"body": "Still here"}).status_code == 302
    else:
        Membership.objects.filter(user=region.inspector).update(ends_on="2026-03-01")
        assert client.get(address).status_code == 404
        assert concern.headline not in client.get("/").content.decode()
