"""People who can sign in, and a browser's client that is signed in as one of them."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery staple"


def code_for(secret: str, later: int = 0) -> str:
    """The code that an app with this secret shows, `later` periods from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("okoro@ccg.example", PASSWORD, full_name="Adaeze Okoro")


@pytest.fixture
def secret(person: User) -> str:
    """The secret of the person's app, which is set up."""
    made = generate_totp_secret()
    TOTP.activate(person, made)
    return made


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    """Sign in through the pages: `sign_in(person, secret)`."""

    def through_the_pages(person: User, secret: str = "", client: Client = client, **more: str) -> Client:
        answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD, **more})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        if secret:
            answer = client.post("/sign-in/code/", {"code": code_for(secret)})
            assert answer.status_code == 302, answer.content.decode()[:3000]
        return client

    return through_the_pages


@pytest.fixture(autouse=True)
def _attempts_forgotten(db: None) -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _quick_hashing(settings) -> None:
    """Hashing is the library's own and slow on purpose; what is tested here is ours."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
