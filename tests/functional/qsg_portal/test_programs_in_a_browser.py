"""What is read about programs and about the demonstration's mail, as a person meets it, with and without scripts."""

import pytest

from access.operations.tokens import make_token
from access.principal import principal_of
from accounts.models import User
from tests.integration.qsg_portal.test_demonstration_mail import keep
from timekeeping import portal_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(transactional_db) -> User:
    return User.objects.create_user("okoro@ccg.example", full_name="Adaeze Okoro")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_ones_account_to_an_operation(live_server, browser_as, looks_right, person, scripts) -> None:
    look = looks_right if scripts else lambda *a: None
    by = principal_of(person.pk)
    make_token(by=by, now=portal_now(), name="our incident system", scopes=["directory:read"], days=30)
    page = browser_as(person, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/account/")
    assert "our incident system" in page.inner_text("main")
    look(page, "account-with-a-token")
    page.get_by_role("link", name="See them, and revoke what is not wanted").click()
    page.get_by_role("link", name="What programs can ask").click()
    assert "Bearer $TOKEN" in page.inner_text("#first")
    look(page, "api")
    page.get_by_role("link", name="POST /api/v1/concerns/{id}/close/").click()
    assert page.get_by_role("heading", level=1).inner_text().endswith("Close a concern with what came of it")
    look(page, "api-operation")
    page.get_by_role("link", name="This was changed meanwhile").click()
    assert page.url == f"{live_server.url}/api/v1/docs/#stale"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_demonstrations_mail_is_found_and_paged(
    live_server, new_context, looks_right, settings, tmp_path, scripts
) -> None:
    settings.DEMO, settings.DATA_DIR, settings.EMAIL_FILE_PATH = True, tmp_path, tmp_path
    for number in range(40):
        keep(tmp_path, number, f"somebody{number}@example.org", f"Number {number}.")
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{live_server.url}/demonstration/")
    page.get_by_role("link", name="Older").click()
    assert "Number 0." in page.inner_text("main")
    if scripts:
        looks_right(page, "demonstration-mail")
    page.get_by_label("Mail to").fill("somebody39@")
    page.get_by_role("button", name="Find").click()
    assert "Number 39." in page.inner_text("main")
    assert "Number 38." not in page.inner_text("main")
