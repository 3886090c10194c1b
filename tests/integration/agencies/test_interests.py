"""The register of interests: declared by each person, binding at once, and read by few, who read little."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import Conflict
from access.operations import create_record
from access.principal import clockwork, principal_of
from access.refusals import Invalid, NotPermitted
from access.sight import visible_to
from agencies import operations
from agencies.interests.operations import (
    ask_for_interests,
    ask_who_owes,
    confirm_interests,
    owes_now,
    own_interests,
    people_who_owe,
)
from agencies.models import InterestsDeclaration, QSGMember
from agencies.tasks import remind_of_interests
from audit.models import Line
from concerns.models import Concern
from notifications.inbox import lines_of
from notifications.models import Message
from notifications.operations.sending import withheld
from providers.levels.operations import groups_to_set
from providers.models import Provider, ProviderGroup
from tests.integration.agencies.conftest import (
    LAST_YEAR,
    TODAY,
    World,
    belongs,
    client_as,
    dated,
    person,
    sits,
    submit,
    text_of,
)

SECRET = "My sister Zelda lives there"


@pytest.fixture
def provider(world: World) -> Provider:
    call_command("load_reference", verbosity=0)
    made = Provider.objects.create(name="Fictional House", kind="care_home", fictional=True)
    ProviderGroup.objects.create(provider=made, qsg=world.group, source="stated")
    return made


@pytest.fixture
def elsewhere(world: World) -> Provider:
    return Provider.objects.create(name="Fictional Faraway", kind="care_home", fictional=True)


def _register(world: World) -> str:
    return reverse("agencies:body_interests", args=[world.ccg.pk])


def declare(world: World, provider: Provider, tie: str = "care", user=None) -> Conflict:
    user = user or world.ann
    return operations.declare_conflict(
        by=principal_of(user.pk),
        now=world.now,
        provider_id=provider.pk,
        user=user,
        starts_on=TODAY,
        tie=tie,
        reason=SECRET,
    )


class TestBinding:
    def test_what_is_declared_on_the_page_takes_sight_at_the_next_request_at_home_too(
        self, world: World, provider: Provider
    ):
        record = create_record(
            kind=Concern.KIND, by=principal_of(world.ann.pk), now=world.now, providers=[provider.pk]
        )
        seen = type(record).objects.filter(pk=record.pk)
        assert visible_to(principal_of(world.ann.pk), seen).exists()
        ann = client_as(world.ann)
        address = reverse("providers:declare_conflict", args=[provider.pk])
        fields = {"who": "me", "tie": "care", "reason": SECRET, **dated("starts_on", TODAY)}
        submit(ann, address, **fields)
        assert not visible_to(principal_of(world.ann.pk), seen).exists()
        assert Conflict.objects.get().tie == "care"
        said = text_of(ann.get(reverse("agencies:interests")))
        assert f"Fictional House : somebody of my family is in its care. {SECRET}" in said

    def test_whoever_is_tied_judges_nothing_of_it(self, world: World, provider: Provider):
        belongs(world.bob, world.ccg, "agency_lead")
        sits(world.bob, world.ccg, world.group, "chair")
        assert groups_to_set(principal_of(world.bob.pk), provider, world.now)
        declare(world, provider, "office", user=world.bob)
        assert not groups_to_set(principal_of(world.bob.pk), provider, world.now)
        page = client_as(world.bob).get(reverse("providers:set_level", args=[provider.pk, world.group.pk]))
        assert page.status_code == 403

    def test_whoever_is_tied_is_offered_no_summit_of_it(self, world: World, provider: Provider):
        belongs(world.bob, world.ccg, "agency_lead")
        bob, address = client_as(world.bob), reverse("provider", args=[provider.pk])
        assert "Call a risk summit" in text_of(bob.get(address))
        declare(world, provider, "office", user=world.bob)
        assert "Call a risk summit" not in text_of(bob.get(address))

    def test_how_one_is_tied_is_asked_and_is_ones_own_to_say(self, world: World, provider: Provider):
        ann = client_as(world.ann)
        address = reverse("providers:declare_conflict", args=[provider.pk])
        refused = submit(ann, address, expect=422, who="me", **dated("starts_on", TODAY))
        assert "Say how you are tied to it" in text_of(refused)
        with pytest.raises(NotPermitted, match="they say themselves"):
            operations.declare_conflict(
                by=world.by_body,
                now=world.now,
                provider_id=provider.pk,
                user=world.ann,
                starts_on=TODAY,
                tie="care",
            )
        with pytest.raises(NotPermitted, match="they say themselves"):
            operations.declare_conflict(
                by=world.by_body,
                now=world.now,
                provider_id=provider.pk,
                agency=world.ccg,
                starts_on=TODAY,
                tie="care",
            )
        declare(world, provider)
        with pytest.raises(Invalid, match="declared already"):
            declare(world, provider)
        declare(world, provider, "owner")

    def test_the_database_knows_too(self, world: World, provider: Provider):
        for wrong in ({"tie": "nonsense", "user": world.ann}, {"tie": "care", "agency": world.ccg}):
            with pytest.raises(IntegrityError, match="conflict_tie"), transaction.atomic():
                Conflict.objects.create(provider=provider, starts_on=TODAY, **wrong)


class TestTheYearlyWord:
    def test_nothing_to_declare_is_a_declaration(self, world: World, provider: Provider):
        ann = client_as(world.ann)
        assert "Nothing to declare is an answer" in text_of(ann.get("/"))
        address = reverse("agencies:confirm_interests")
        assert "You say that neither you nor those close to you" in text_of(ann.get(address))
        assert "Say that this is all there is" in text_of(ann.post(address, {}))
        assert ann.post(address, {"right": "on"}).status_code == 302
        said = InterestsDeclaration.objects.get()
        assert (said.user, said.nothing) == (world.ann, True)
        assert "You are asked again on 3 March 2027" in text_of(ann.get(reverse("agencies:interests")))
        assert "Declare your interests" not in text_of(ann.get("/"))
        assert Line.objects.filter(deed="interests.confirmed").count() == 1

    def test_what_is_said_to_be_over_binds_until_another_ends_it(self, world: World, provider: Provider):
        held = declare(world, provider)
        ann, address = client_as(world.ann), reverse("agencies:confirm_interests")
        wanted = text_of(ann.post(address, {"right": "on"}))
        assert "Say whether your tie to Fictional House still stands" in wanted
        assert ann.post(address, {f"line_{held.pk.hex}": "over", "right": "on"}).status_code == 302
        held.refresh_from_db()
        assert held.said_over_at == world.now
        assert principal_of(world.ann.pk).own_conflicts == {provider.pk}
        assert not InterestsDeclaration.objects.filter(nothing=True).exists()
        (line,) = lines_of(world.by_portal, world.now)
        assert line.sentence == "Ann Lee says that a declared interest is over. It binds until you end it."
        assert line.address == reverse("agencies:person", args=[world.ann.pk])
        assert "they say it is over" in text_of(client_as(world.portal_admin).get(line.address))
        assert "an administrator of the portal ends it" in text_of(ann.get(reverse("agencies:interests")))
        assert ann.post(address, {"right": "on"}).status_code == 302  # it is not asked about again
        assert Message.objects.filter(event="interests.said_over").count() == 1
        operations.end_conflict(by=world.by_portal, now=world.now, conflict=held, ends_on=TODAY)
        assert not own_interests(principal_of(world.ann.pk), world.now).exists()

    def test_nobody_speaks_for_another(self, world: World, provider: Provider):
        held = declare(world, provider)
        belongs(world.bob, world.ccg)
        with pytest.raises(Invalid, match="does not stand any more"):
            confirm_interests(by=principal_of(world.bob.pk), now=world.now, over=[held.pk])
        with pytest.raises(NotPermitted):
            confirm_interests(by=clockwork(world.now), now=world.now)
        assert not InterestsDeclaration.objects.exclude(user=world.ann).exists()

    def test_to_declare_one_is_to_have_declared(self, world: World, provider: Provider):
        declare(world, provider)
        said = text_of(client_as(world.ann).get(reverse("agencies:interests")))
        assert "Not declared yet" not in said
        assert "You are asked again on 3 March 2027" in said
        assert owes_now(principal_of(world.ann.pk), world.now) == ""
        assert not people_who_owe(world.now).exists()
        register = text_of(client_as(world.body_admin).get(_register(world)))
        assert "Ann Lee declared on 3 March 2026" in register

    def test_another_one_does_not_say_that_the_first_is_still_right(
        self, world: World, provider: Provider, elsewhere: Provider, freeze: Callable[[str], datetime]
    ):
        declare(world, provider)
        now = freeze("2027-03-03T12:00Z")
        operations.declare_conflict(
            by=principal_of(world.ann.pk),
            now=now,
            provider_id=elsewhere.pk,
            user=world.ann,
            starts_on=date(2027, 3, 3),
            tie="owner",
        )
        assert "A year has passed" in owes_now(principal_of(world.ann.pk), now)

    def test_what_an_administrator_declares_for_somebody_is_not_their_word(
        self, world: World, provider: Provider
    ):
        operations.declare_conflict(
            by=world.by_body, now=world.now, provider_id=provider.pk, user=world.ann, starts_on=TODAY
        )
        assert list(people_who_owe(world.now)) == [world.ann]

    def test_a_declaration_is_never_changed(self, world: World, provider: Provider):
        confirm_interests(by=principal_of(world.ann.pk), now=world.now)
        for change in (lambda rows: rows.update(nothing=False), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(InterestsDeclaration.objects.all())

    def test_it_is_asked_for_again_after_a_year_once(
        self, world: World, provider: Provider, freeze: Callable[[str], datetime]
    ):
        ann = principal_of(world.ann.pk)
        assert list(people_who_owe(world.now)) == [
            world.ann
        ]  # administrators read nothing, and are not asked
        assert ask_who_owes(now=world.now) == 1
        assert ask_who_owes(now=world.now) == 0
        message = Message.objects.get(recipient=world.ann)
        assert Line.objects.filter(deed="interests.asked").count() == 1
        with pytest.raises(NotPermitted):
            ask_for_interests(by=ann, now=world.now)
        assert withheld(message) == ""
        confirm_interests(by=ann, now=world.now)
        assert withheld(message) != ""
        assert owes_now(ann, world.now) == ""
        now = freeze("2027-03-02T12:00Z")
        assert remind_of_interests() == 0
        now = freeze("2027-03-03T12:00Z")
        assert "A year has passed" in owes_now(principal_of(world.ann.pk), now)
        assert remind_of_interests() == 1
        line = lines_of(principal_of(world.ann.pk), now)[0]
        assert "A year has passed" in line.sentence
        assert line.address == reverse("agencies:interests")


class TestWhoReads:
    """Somebody's family is their own: hidden means absent, on every page and in every answer."""

    @pytest.fixture
    def tied(self, world: World, provider: Provider, elsewhere: Provider) -> World:
        sits(world.ann, world.ccg, world.group)
        declare(world, provider)
        declare(world, elsewhere, "partners_work")
        return world

    def read(self, user, name: str, *args) -> str:
        answer = client_as(user).get(reverse(name, args=args))
        assert answer.status_code == 200, answer.status_code
        return text_of(answer)

    def chair(self, world: World):
        chair = person("Cha Ir")
        belongs(chair, world.ccg, "agency_lead")
        sits(chair, world.ccg, world.group, "chair")
        return chair

    def test_the_administrator_of_the_body_reads_that_and_how_in_general(self, tied: World):
        for user in (tied.body_admin, tied.portal_admin):
            said = self.read(user, "agencies:body_interests", tied.ccg.pk)
            assert "Fictional House : through family, since 3 March 2026" in said
            assert "Fictional Faraway : through family" in said
            assert "Not declared yet" in said
            for hidden in (SECRET, "Zelda", "in its care", "partner"):
                assert hidden not in said
            person_page = self.read(user, "agencies:person", tied.ann.pk)
            assert "Fictional House : through family" in person_page
            assert SECRET not in person_page
            assert "care" not in person_page.replace("Care Quality", "")
        assert Line.objects.filter(deed="read", detail__page="BodyInterestsPage").count() == 2

    def test_the_chair_reads_of_who_sits_there_and_of_the_area_alone(self, tied: World):
        said = self.read(self.chair(tied), "agencies:group_interests", tied.group.pk)
        assert "Ann Lee" in said
        assert "Fictional House : through family" in said
        assert "Fictional Faraway" not in said
        assert SECRET not in said
        colleague = person("No Seat")
        belongs(colleague, tied.ccg)
        assert "No Seat" not in self.read(self.chair_of(tied), "agencies:group_interests", tied.group.pk)

    def chair_of(self, world: World):
        return next(seat.user for seat in world.group.seats.filter(kind="chair"))

    @pytest.mark.parametrize(
        "who", ["ann", "bob", "lead", "secretariat", "body_admin", "next_admin", "next_chair"]
    )
    def test_nobody_else_reads_anything(self, tied: World, provider: Provider, who: str):
        asks = getattr(tied, who, None) or person(who.title())
        if who == "lead":
            belongs(asks, tied.ccg, "agency_lead")
        if who == "secretariat":
            belongs(asks, tied.ccg)
            sits(asks, tied.ccg, tied.group, "secretariat")
        if who == "next_admin":
            belongs(asks, tied.other, "agency_administrator")
        if who == "next_chair":
            belongs(asks, tied.other, "agency_lead")
            QSGMember.objects.create(qsg=tied.region, agency=tied.other, starts_on=LAST_YEAR)
            sits(asks, tied.other, tied.region, "chair")
        client = client_as(asks)
        if who != "body_admin":
            assert client.get(reverse("agencies:body_interests", args=[tied.ccg.pk])).status_code == 403
            assert client.get(reverse("agencies:person", args=[tied.ann.pk])).status_code in (403, 404)
        assert client.get(reverse("agencies:group_interests", args=[tied.group.pk])).status_code == 403
        for address in (
            reverse("provider", args=[provider.pk]),
            reverse("group", args=[tied.group.pk]),
            reverse("agencies:agency", args=[tied.ccg.pk]),
            f"/api/v1/providers/{provider.pk}/",
            f"/api/v1/seats/?qsg={tied.group.pk}",
        ):
            said = client.get(address).content.decode().lower()
            for hidden in (SECRET.lower(), "zelda", "family", "in its care"):
                assert hidden not in said, address

    def test_ones_own_page_is_ones_own(self, tied: World):
        belongs(tied.bob, tied.ccg)
        assert "Fictional House" not in self.read(tied.bob, "agencies:interests")
        mine = self.read(tied.ann, "agencies:interests")
        assert "Fictional Faraway : my husband, wife or partner works there" in mine

    def test_the_log_says_neither_how_nor_why(self, tied: World):
        for line in Line.objects.filter(deed="conflict.declared"):
            assert not {"tie", "reason"} & set(line.detail)
            assert SECRET not in str(line.detail)

    def test_a_bodys_own_tie_stands_beside_its_people(self, tied: World, provider: Provider):
        operations.declare_conflict(
            by=tied.by_portal, now=tied.now, provider_id=provider.pk, agency=tied.ccg, starts_on=TODAY
        )
        said = self.read(tied.body_admin, "agencies:body_interests", tied.ccg.pk)
        assert "NHS Example CCG Fictional House : kind not said" in said

    def test_a_region_is_its_areas(self, tied: World):
        chair = person("Reg Chair")
        belongs(chair, tied.other, "agency_lead")
        QSGMember.objects.create(qsg=tied.region, agency=tied.other, starts_on=LAST_YEAR)
        sits(chair, tied.other, tied.region, "chair")
        sits(tied.ann, tied.ccg, tied.region)
        assert "Fictional House" in self.read(chair, "agencies:group_interests", tied.region.pk)

    def test_it_takes_as_many_queries_however_many_are_tied(self, tied: World, provider: Provider):
        def asked() -> int:
            client = client_as(tied.body_admin)
            address = reverse("agencies:body_interests", args=[tied.ccg.pk])
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            return len(captured)

        few = asked()
        for number in range(8):
            one = person(f"More {number}")
            belongs(one, tied.ccg)
            declare(tied, provider, user=one)
            confirm_interests(by=principal_of(one.pk), now=tied.now)
        assert asked() == few

    def test_unknown_bodies_and_groups_are_absent(self, tied: World):
        for name, key in (("body_interests", tied.group.pk), ("group_interests", tied.ccg.pk)):
            assert (
                client_as(tied.portal_admin).get(reverse(f"agencies:{name}", args=[key])).status_code == 404
            )


def test_the_day_it_binds_is_today_or_later(world: World, provider: Provider):
    with pytest.raises(Invalid, match="cannot start in the past"):
        operations.declare_conflict(
            by=principal_of(world.ann.pk),
            now=world.now,
            provider_id=provider.pk,
            user=world.ann,
            starts_on=LAST_YEAR,
            tie="other",
        )
    assert date(2026, 3, 3) == TODAY

    def test_two_ties_of_one_kind_are_one_line_and_end_as_one(self, tied: World, provider: Provider):
        """Both kinds that family hides would be told by two lines."""
        declare(tied, provider, "partners_work")
        ties = Conflict.objects.filter(provider=provider)
        ties.filter(tie="care").update(said_over_at=tied.now)
        here = reverse("agencies:person", args=[tied.ann.pk])
        for user, address in (
            (tied.portal_admin, reverse("agencies:body_interests", args=[tied.ccg.pk])),
            (tied.portal_admin, here),
            (tied.body_admin, here),
        ):
            said = text_of(client_as(user).get(address))
            assert said.count("through family") == 2, "one for each provider"
            assert "they say it is over" not in said
        client = client_as(tied.portal_admin)
        assert client.get(here).content.decode().count("/conflicts/") == 2
        first = ties.order_by("starts_on", "pk").first()
        submit(client, reverse("agencies:end_conflict", args=[first.pk]), when="now")
        assert not ties.exists()

    def test_what_still_binds_is_said_when_a_line_ends(self, tied: World, provider: Provider):
        declare(tied, provider, "owner")
        held = Conflict.objects.get(provider=provider, tie="care")
        address = reverse("agencies:end_conflict", args=[held.pk])
        said = text_of(client_as(tied.portal_admin).post(address, {"when": "now"}))
        assert "Another line does" in said
        assert "is no longer kept from" not in said

    def test_a_persons_page_is_marked_and_that_it_was_read_is_written(self, tied: World):
        address = reverse("agencies:person", args=[tied.ann.pk])
        answer = client_as(tied.body_admin).get(address)
        assert "OFFICIAL-SENSITIVE" in text_of(answer)
        (line,) = Line.objects.filter(detail__page="PersonPage")
        assert line.user_id == tied.body_admin.pk
        client_as(tied.body_admin).get(reverse("agencies:person", args=[tied.body_admin.pk]))
        assert Line.objects.filter(detail__page="PersonPage").count() == 1
