"""Which provider took whose place: proposed by published lines, said by an administrator, shown on both pages."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from access.refusals import Invalid, NotPermitted
from providers.models import Provider, ProviderSuccession
from providers.succession.operations import link_providers, unlink_providers
from tests.concerned import NOON, region
from tests.integration.agencies.conftest import dated, submit, text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
DAY = date(2020, 4, 1)


@pytest.fixture
def world(freeze):
    return region(freeze(NOON))


def trust(code: str, **more) -> Provider:
    return Provider.objects.create(name=f"Trust {code}", kind="nhs_trust", ods_code=code, **more)


def test_a_published_merger_is_proposed_and_said(world) -> None:
    old, new = trust("RBA"), trust("RH5")
    desk = sign_in(world.people["administrator"])
    shown = text_of(desk.get(reverse("providers:succession", args=[old.pk])))
    assert "1 April 2020: Trust RBA became part of Trust RH5" in shown
    address = reverse("providers:link", args=[old.pk])
    form = desk.get(address).content.decode()
    assert f'value="{new.pk}"' in form
    submit(desk, address, successor=str(new.pk), **dated("on", DAY))
    link = ProviderSuccession.objects.get()
    assert (link.predecessor, link.successor, link.on) == (old, new, DAY)
    reader = sign_in(world.people["reader"])
    assert "Its place was taken by Trust RH5 , from 1 April 2020" in text_of(
        reader.get(reverse("provider", args=[old.pk]))
    )
    assert "It took the place of Trust RBA , from 1 April 2020" in text_of(
        reader.get(reverse("provider", args=[new.pk]))
    )
    assert "Say which" not in text_of(reader.get(reverse("providers:succession", args=[old.pk])))
    submit(desk, reverse("providers:unlink", args=[link.pk]))
    assert not ProviderSuccession.objects.exists()


def test_another_is_named_by_its_code(world) -> None:
    old, new = trust("RX1"), trust("RX2")
    desk = sign_in(world.people["administrator"])
    address = reverse("providers:link", args=[old.pk])
    wrong = desk.post(address, {"successor": "code", "code": "NONE", **dated("on", DAY)})
    assert "Enter the code of a provider in the directory" in text_of(wrong)
    submit(desk, address, successor="code", code="rx2", **dated("on", DAY))
    assert ProviderSuccession.objects.get().successor == new
    itself = desk.post(address, {"successor": "code", "code": "RX1", **dated("on", DAY)})
    assert "Nothing takes its own place" in text_of(itself)


def test_what_is_refused(world) -> None:
    by, now = world.by("administrator"), world.now
    one, two, three = trust("RX1"), trust("RX2"), trust("RX3", closed_on=date(2019, 1, 1))
    link = link_providers(by=by, now=now, predecessor=one, successor=two, on=DAY)
    for old, new in ((one, one), (two, one), (one, two), (one, three)):
        with pytest.raises(Invalid):
            link_providers(by=by, now=now, predecessor=old, successor=new, on=DAY)
    for deed in (
        lambda: link_providers(by=world.by("lead"), now=now, predecessor=two, successor=three, on=DAY),
        lambda: unlink_providers(by=world.by("lead"), now=now, link=link),
    ):
        with pytest.raises(NotPermitted):
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderSuccession.objects.create(predecessor=one, successor=one, on=DAY, source="x")
