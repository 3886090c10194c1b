"""The bases of every page: no page without a permission, three refusals with three faces, a form taken once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path

from access import views
from access.middleware import PrincipalMiddleware
from access.models import Submission
from access.operations import forget_submissions, operation
from access.principal import OWN_BODY, PORTAL
from access.refusals import Invalid, NotNow
from access.tasks import forget_taken_forms
from access.views import PUBLIC, FormPage, Page, RecordFormPage, RecordPage, version_in
from actions.models import Action
from audit.models import Line
from audit.operations import record_deed
from nhsuk import forms

KNOWN = views.PAGES[:]


class OpenPage(Page):
    permission = PUBLIC
    template = "errors/404.jinja"


class ReadingPage(Page):
    permission = "concern.read"

    def page(self, status=200, **more):
        self.read("ReadingPage", shown=[self.by.agency_id])
        return HttpResponse(f"{self.by.name} at {self.now}")


class PortalPage(Page):
    permission = "portal.health"

    def place(self):
        return PORTAL


class LatePage(Page):
    permission = "account.own"

    def find(self):
        raise NotNow("It is too late for that. Nothing was lost.")


class ActionPage(RecordPage):
    permission = "action.read"
    kind = Action
    template = "errors/404.jinja"

    def place(self):
        return OWN_BODY


class OwnersPage(RecordPage):
    """The role must be held at the owner, which is the usual place of a record's page."""

    permission = "concern.share"
    kind = Action
    template = "errors/404.jinja"


class WordForm(forms.Form):
    word = forms.TextField(label="A word")


@operation("word.said")
def say(*, by, now, word: str) -> None:
    record_deed(by=by, now=now, deed="word.said")
    if word == "late":
        raise NotNow("Somebody was quicker. Nothing was lost.")
    if word == "wrong":
        raise Invalid({"word": "Say another word", "": "And think again"})
    if word == "broken":
        raise IntegrityError("some other rule of the database")


class WordPage(FormPage):
    permission = "account.own"
    form_class = WordForm

    def page(self, status=200, form=None, once=None, **more):
        wrong = "; ".join(sentence for errors in form.errors.values() for sentence in errors)
        return HttpResponse(f"{form['word'].value() or ''}|{once}|{wrong}", status=status)

    def perform(self, form):
        say(by=self.by, now=self.now, word=form.cleaned_data["word"])
        return "/said/"


class ActionWordPage(RecordFormPage):
    permission = "action.read"
    kind = Action
    template = "errors/404.jinja"
    form_class = WordForm

    def place(self):
        return OWN_BODY

    def perform(self, form):
        say(by=self.by, now=self.now, word=form.cleaned_data["word"])
        return f"/action/{self.thing.pk}/"


views.PAGES[:] = KNOWN  # the pages above are of this file alone


urlpatterns = [
    path("open/", OpenPage.as_view()),
    path("reading/", ReadingPage.as_view()),
    path("portal/", PortalPage.as_view()),
    path("late/", LatePage.as_view()),
    path("word/", WordPage.as_view()),
    path("action/<uuid:id>/", ActionPage.as_view()),
    path("action/<uuid:id>/owner/", OwnersPage.as_view()),
    path("action/<uuid:id>/word/", ActionWordPage.as_view()),
]


@pytest.fixture(autouse=True)
def _only_what_is_tested_here(settings, monkeypatch) -> None:
    settings.ROOT_URLCONF = __name__
    settings.LOGIN_URL = "/open/"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "access.middleware.PrincipalMiddleware",
    ]
    # The frame around a page names addresses that are not here.
    monkeypatch.setitem(engines["jinja2"].__dict__, "template_context_processors", [])


@pytest.fixture
def signed_in():
    def as_a_person(user) -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_a_person


@pytest.fixture
def action(world):
    return make_action(world, world.seats())


def make_action(world, *audiences, **more) -> Action:
    record = world.record(*audiences, kind="action", **more)
    return Action.objects.create(
        record=record,
        asked=world.neighbour,
        statement="Look at the ward at night.",
        aim="safeguard",
        power_kind="none",
        due_at=world.now,
    )


class TestMakingAPage:
    def test_a_page_without_a_permission_is_refused_at_import(self) -> None:
        with pytest.raises(TypeError, match=r"test_pages.Forgetful must name a permission; it says None"):
            type("Forgetful", (Page,), {"__module__": __name__})

    def test_a_permission_nobody_knows_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"it says 'concern\.reed'"):
            type("Mistaken", (Page,), {"permission": "concern.reed"})

    def test_a_record_page_and_a_form_page_too(self) -> None:
        for base in (RecordPage, FormPage, RecordFormPage):
            with pytest.raises(TypeError, match="must name a permission"):
                type("Forgetful", (base,), {})

    def test_a_base_may_leave_it_to_its_pages(self) -> None:
        base = type("Base", (Page,), {"abstract": True})
        with pytest.raises(TypeError, match="must name a permission"):
            type("Forgetful", (base,), {})
        assert base not in views.PAGES

    def test_no_order_of_mixins_takes_the_question_away(self, world, signed_in) -> None:
        """Elsewhere a permission mixin after the view never runs; here the base itself asks."""

        class Mixin:
            def dispatch(self, request, *args, **kwargs):
                return super().dispatch(request, *args, **kwargs)

        for bases in ((Mixin, ReadingPage), (ReadingPage, Mixin)):
            page = type("Mixed", bases, {})
            views.PAGES.remove(page)
            assert page.permission == "concern.read"
            assert page.__mro__.index(Page) < page.__mro__.index(views.View)

    def test_every_page_is_known(self) -> None:
        assert {ReadingPage, WordPage}.isdisjoint(views.PAGES)
        assert not any(page.abstract for page in views.PAGES)


class TestWhoMayOpen:
    def test_a_public_page_is_open_to_all(self, client, db) -> None:
        assert client.get("/open/").status_code == 200

    def test_every_other_asks_for_sign_in(self, client, db) -> None:
        answer = client.get("/reading/")
        assert (answer.status_code, answer.url) == (302, "/open/?next=/reading/")

    def test_it_is_given_who_asks_and_the_moment(self, world, signed_in) -> None:
        assert signed_in(world.olu).get("/reading/").content.decode() == f"Olu Owner at {world.now}"

    def test_not_permitted_is_403_with_a_sentence(self, world, signed_in) -> None:
        answer = signed_in(world.person()).get("/reading/")
        assert answer.status_code == 403
        assert "Ask your body&#39;s lead" in answer.content.decode()

    def test_the_role_must_be_held_where_the_page_says(self, world, signed_in) -> None:
        assert signed_in(world.olu).get("/portal/").status_code == 403

    def test_not_now_is_409_with_the_rules_own_sentence(self, world, signed_in) -> None:
        answer = signed_in(world.olu).get("/late/")
        assert answer.status_code == 409
        assert "It is too late for that. Nothing was lost." in answer.content.decode()

    def test_an_answer_to_somebody_signed_in_is_stored_nowhere(self, world, signed_in) -> None:
        for address in ("/reading/", "/open/", "/portal/"):
            assert signed_in(world.olu).get(address)["Cache-Control"] == "no-store, private"
        assert "Cache-Control" not in Client().get("/open/")

    def test_rights_are_asked_again_at_every_request(self, world, signed_in) -> None:
        client = signed_in(world.olu)
        assert client.get("/reading/").status_code == 200
        world.olu.memberships.update(ends_on="2026-03-03")
        assert client.get("/reading/").status_code == 403

    def test_a_list_that_was_read_is_one_line(self, world, signed_in) -> None:
        signed_in(world.olu).get("/reading/")
        line = Line.objects.get()
        assert (line.deed, line.user, line.detail["page"]) == ("read", world.olu, "ReadingPage")

    def test_an_unknown_way_of_asking_is_refused(self, world, signed_in) -> None:
        assert signed_in(world.olu).put("/reading/").status_code == 405


class TestAPageAboutARecord:
    def test_in_sight_it_is_shown_and_the_reading_is_logged_with_its_reason(
        self, world, signed_in, action
    ) -> None:
        assert signed_in(world.nia).get(f"/action/{action.pk}/").status_code == 200
        line = Line.objects.get()
        assert (line.deed, line.record_id) == ("read", action.pk)
        assert line.detail == {"page": "ActionPage", "through": [world.seats().pk]}
        signed_in(world.olu).get(f"/action/{action.pk}/")
        assert Line.objects.get(user=world.olu).detail["through"] == ["owner"]

    @pytest.mark.parametrize("way", ["get", "post", "put", "delete", "head", "options"])
    def test_out_of_sight_is_the_same_as_absent(self, world, signed_in, action, way) -> None:
        stranger = signed_in(world.sol)
        for page in ("", "owner/", "word/"):
            hidden = getattr(stranger, way)(f"/action/{action.pk}/{page}")
            absent = getattr(stranger, way)(f"/action/{uuid.uuid4()}/{page}")
            assert hidden.status_code == absent.status_code == 404
            assert hidden.content == absent.content
            assert hidden.headers == absent.headers
        assert not Line.objects.exists()

    def test_a_record_of_another_kind_is_absent_too(self, world, signed_in) -> None:
        record = world.record()
        assert signed_in(world.olu).get(f"/action/{record.pk}/").status_code == 404

    def test_sight_comes_before_permission(self, world, signed_in, action) -> None:
        assert signed_in(world.person()).get(f"/action/{action.pk}/").status_code == 404

    def test_a_role_elsewhere_than_at_the_owner_does_not_count(self, world, signed_in, action) -> None:
        contributor = world.person(world.neighbour, "contributor")
        world.sits(contributor, world.neighbour)
        own = world.person(world.owner, "contributor")
        assert signed_in(contributor).get(f"/action/{action.pk}/owner/").status_code == 403
        assert signed_in(own).get(f"/action/{action.pk}/owner/").status_code == 200

    def test_a_record_knows_its_thing(self, world, action) -> None:
        assert action.record.sighted == action

    def test_a_form_about_it_is_taken(self, world, signed_in, action) -> None:
        client = signed_in(world.nia)
        assert client.get(f"/action/{action.pk}/word/").status_code == 200
        answer = client.post(f"/action/{action.pk}/word/", {"word": "yes"})
        assert (answer.status_code, answer.url) == (302, f"/action/{action.pk}/")


def said() -> int:
    return Line.objects.filter(deed="word.said").count()


class TestForms:
    def test_a_fresh_form_carries_a_mark(self, world, signed_in) -> None:
        first, second = (signed_in(world.olu).get("/word/").content.decode().split("|")[1] for _ in range(2))
        assert uuid.UUID(first) != uuid.UUID(second)

    def test_what_is_taken_leads_on(self, world, signed_in) -> None:
        answer = signed_in(world.olu).post("/word/", {"word": "yes", "once": uuid.uuid4()})
        assert (answer.status_code, answer.url) == (302, "/said/")
        assert said() == 1

    @pytest.mark.parametrize(
        ("word", "sentence"),
        [
            ("", "Enter a word"),
            ("late", "Somebody was quicker. Nothing was lost."),
            ("wrong", "Say another word; And think again"),
        ],
    )
    def test_a_refusal_keeps_what_was_typed_and_changes_nothing(
        self, world, signed_in, word, sentence
    ) -> None:
        once = str(uuid.uuid4())
        answer = signed_in(world.olu).post("/word/", {"word": word, "once": once})
        assert answer.status_code == 422
        assert answer.content.decode().replace("&#x27;", "'").split("|") == [word, once, sentence]
        assert not said()
        assert not Submission.objects.exists()

    def test_after_a_refusal_the_same_form_can_be_sent_again(self, world, signed_in) -> None:
        client, once = signed_in(world.olu), uuid.uuid4()
        assert client.post("/word/", {"word": "late", "once": once}).status_code == 422
        assert client.post("/word/", {"word": "yes", "once": once}).status_code == 302
        assert said() == 1

    def test_posted_twenty_times_it_is_taken_once(self, world, signed_in) -> None:
        client, once = signed_in(world.olu), uuid.uuid4()
        answers = [client.post("/word/", {"word": "yes", "once": once}) for _ in range(20)]
        assert {(one.status_code, one.url) for one in answers} == {(302, "/said/")}
        assert said() == 1

    def test_its_mark_is_forgotten_once_nobody_can_have_the_page_open(self, world, signed_in) -> None:
        signed_in(world.olu).post("/word/", {"word": "yes", "once": uuid.uuid4()})
        now = Submission.objects.get().at
        assert forget_submissions(now=now + timedelta(days=6)) == 0
        assert forget_taken_forms() == 0
        assert forget_submissions(now=now + timedelta(days=8)) == 1

    @pytest.mark.parametrize("mark", ["", "not a mark", "\x00", "7" * 5000])
    def test_a_form_without_a_mark_of_its_own_is_taken_as_new(self, world, signed_in, mark) -> None:
        for _ in range(2):
            assert signed_in(world.olu).post("/word/", {"word": "yes", "once": mark}).status_code == 302
        assert said() == 2

    def test_another_fault_of_the_database_is_not_taken_for_a_second_sending(self, world, signed_in) -> None:
        with pytest.raises(IntegrityError, match="some other rule"):
            signed_in(world.olu).post("/word/", {"word": "broken", "once": uuid.uuid4()})
        assert not said()

    def test_another_persons_mark_is_not_mine(self, world, signed_in) -> None:
        once = uuid.uuid4()
        assert signed_in(world.olu).post("/word/", {"word": "yes", "once": once}).status_code == 302
        assert signed_in(world.nia).post("/word/", {"word": "yes", "once": once}).status_code == 302
        assert said() == 2

    def test_nothing_is_performed_by_a_form_of_the_base_itself(self) -> None:
        with pytest.raises(NotImplementedError):
            RecordFormPage().perform(None)
        assert FormPage().form_kwargs() == {}


@pytest.mark.django_db(transaction=True)
def test_posted_in_twenty_tabs_at_once_it_is_taken_once(committed_world, signed_in) -> None:
    once, answers = uuid.uuid4(), []
    clients = [signed_in(committed_world.olu) for _ in range(20)]
    ready = threading.Barrier(len(clients))

    def post(client: Client) -> None:
        ready.wait()
        try:
            answers.append(client.post("/word/", {"word": "yes", "once": once}))
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.status_code, one.url) for one in answers] == [(302, "/said/")] * len(clients)
    assert said() == 1


def test_the_middleware_asks_nothing_of_who_is_not_signed_in(rf, django_assert_num_queries, db) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        PrincipalMiddleware(lambda request: HttpResponse("yes"))(request)
    assert request.principal is None


@pytest.mark.parametrize(
    ("posted", "read"),
    [("7", 7), ("0", 0), ("", -1), ("-3", -1), ("1.5", -1), ("ab\0", -1), ("²", -1), ("9" * 5_000, -1)],
)
def test_the_version_that_a_form_carries_is_a_number_or_nobodys(posted, read):
    assert version_in(posted) == read
