"""Sign a person in without walking through the pages: for tests of everything else."""

from types import SimpleNamespace

from django.test import Client

from accounts.factors import make_codes, second_factor_of
from accounts.fresh import note_factor
from accounts.models import User
from accounts.sessions import begin
from timekeeping import portal_now

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(user: User, client: Client | None = None) -> Client:
    """Return a client in which the person is signed in, their second factor given this moment."""
    client = client or Client()
    now = portal_now()
    if not second_factor_of(user).usable:
        make_codes(user=user, now=now)
    client.force_login(user, backend=BACKEND)
    request = SimpleNamespace(session=client.session)
    begin(request, now)
    note_factor(request.session, user, now)
    request.session.save()
    return client
