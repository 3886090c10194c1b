"""Visits and requests for information through the API."""

from uuid import uuid4

import pytest

from visits.models import InformationRequest, Visit

pytestmark = pytest.mark.django_db


def visit(world, **changed):
    return {
        "provider": str(world.provider.pk),
        "kind": "inspection",
        "announced": True,
        "starts_on": "2026-03-10",
        "ends_on": "2026-03-12",
        "purpose": "To look at the wards at night.",
        **changed,
    }


def request(world, **changed):
    return {
        "provider": str(world.provider.pk),
        "kind": "staffing",
        "about": "The rotas of all wards.",
        "covers_from": "2026-01-01",
        "covers_to": "2026-01-31",
        "asked_on": "2026-03-03",
        "due_on": "2026-03-17",
        **changed,
    }


def seats(world):
    return {"groups": [{"kind": "qsg_seats", "group": str(world.north.pk)}], "gateway": "functions"}


def test_a_visit_is_planned_once_changed_and_made(world, program) -> None:
    asking = program("inspector")
    sent = visit(world, location=str(world.location.pk), parties=[str(world.ccg.pk)])
    made = asking.post("planned-visits/", sent, Idempotency_Key="once")
    assert made.status_code == 201, made.content
    again = asking.post("planned-visits/", sent, Idempotency_Key="once")
    assert (again.json()["id"], Visit.objects.count()) == (made.json()["id"], 1)
    told = made.json()
    assert (told["state"], told["parties"][0]["name"]) == ("planned", "NHS Example CCG")
    address = f"planned-visits/{told['id']}/"
    change = {"kind": "review", "starts_on": "2026-03-02", "purpose": "Sooner", "why": "It is worse"}
    assert asking.patch(address, change).status_code == 428
    change["ends_on"] = "2026-03-03"
    changed = asking.patch(address, change, If_Match=made.headers["ETag"])
    assert changed.status_code == 200, changed.content
    stale = asking.post(f"{address}cancel/", {"why": "No"}, If_Match=made.headers["ETag"])
    assert stale.status_code == 412
    done = asking.post(
        f"{address}done/", {"done_on": "2026-03-03", "outcome": "Safe"}, If_Match=changed.headers["ETag"]
    )
    assert (done.json()["state"], done.json()["outcome"]) == ("done", "Safe")
    late = asking.post(f"{address}cancel/", {"why": "No"}, If_Match=done.headers["ETag"])
    assert (late.status_code, "done already" in late.json()["detail"]) == (409, True)


def test_the_calendar_is_narrowed_and_goes_on(world, program) -> None:
    asking = program("inspector")
    for day in ("2026-03-20", "2026-03-10", "2026-03-15"):
        asking.post("planned-visits/", visit(world, starts_on=day, ends_on=day))

    def days(query: str) -> list[str]:
        return [one["starts_on"] for one in asking.get(f"planned-visits/?{query}").json()["results"]]

    assert days("") == ["2026-03-10", "2026-03-15", "2026-03-20"]
    assert days("starting=2026-03-11&ending=2026-03-15") == ["2026-03-15"]
    assert days(f"provider={world.other_provider.pk}") == []
    assert days(f"group={world.north.pk}&agency={world.cqc.pk}&kind=inspection&state=planned") == days("")
    first = asking.get("planned-visits/?page_size=2").json()
    second = asking.get(first["next"]).json()
    assert [one["starts_on"] for one in second["results"]] == ["2026-03-20"]


def test_an_unannounced_one_is_absent_for_who_is_not_named(world, program) -> None:
    mine, other = program("inspector"), program("worker")
    made = mine.post("planned-visits/", visit(world, announced=False))
    address = f"planned-visits/{made.json()['id']}/"
    never = f"planned-visits/{uuid4()}/"
    for rest in ("", "clashes/", "access/", "joint-proposals/"):
        hidden, absent = other.get(address + rest), other.get(never + rest)
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert other.get("planned-visits/").json()["results"] == []
    wide = mine.post(f"{address}share/", seats(world), If_Match=made.headers["ETag"])
    assert wide.status_code == 422
    assert "by name only" in str(wide.json())
    assert program("inspector", service=True).get(address).status_code == 404, "a body's system is not named"


def test_clashes_and_going_together(world, program) -> None:
    inspector, council = program("inspector"), program("social_worker")
    made = inspector.post("planned-visits/", visit(world))
    address = f"planned-visits/{made.json()['id']}/"
    inspector.post(f"{address}share/", seats(world), If_Match=made.headers["ETag"])
    own = council.post("planned-visits/", visit(world, kind="contract_monitoring"))
    hidden = program("worker").post("planned-visits/", visit(world, announced=False))
    mine = council.get(f"planned-visits/{own.json()['id']}/clashes/").json()["results"]
    assert [one["id"] for one in mine] == [made.json()["id"]]
    assert hidden.json()["id"] not in str(inspector.get(f"{address}clashes/").json())
    proposed = council.post(f"{address}joint-proposals/", {"text": "Let us go together."})
    assert proposed.status_code == 201, proposed.content
    assert len(inspector.get(f"{address}joint-proposals/").json()["results"]) == 1
    assert program("volunteer").get(f"{address}joint-proposals/").json()["results"] == []
    answered = inspector.post(f"joint-proposals/{proposed.json()['id']}/answer/", {"accept": True})
    assert answered.json()["state"] == "accepted"
    assert inspector.get(address).json()["parties"][0]["name"] == "Example Council"
    assert council.get(f"planned-visits/{own.json()['id']}/clashes/").json()["results"] == []


def test_sharing_is_read_and_taken_back(world, program) -> None:
    asking = program("inspector")
    made = asking.post("planned-visits/", visit(world))
    address = f"planned-visits/{made.json()['id']}/"
    asking.post(f"{address}share/", seats(world), If_Match=made.headers["ETag"])
    told = asking.get(f"{address}access/").json()
    assert "Wes Worker" in {one["name"] for one in told["readers"]}
    assert program("worker").get(f"{address}access/").json()["readers"] == []
    now = asking.get(address).headers["ETag"]
    asking.post(f"{address}unshare/", {"shares": [told["shares"][0]["id"]]}, If_Match=now)
    assert program("worker").get(address).status_code == 404


def test_a_request_is_made_answered_and_found_by_who_would_ask_again(world, program) -> None:
    asking, other = program("inspector"), program("worker")
    made = asking.post("information-requests/", request(world))
    assert made.status_code == 201, made.content
    address = f"information-requests/{made.json()['id']}/"
    held = f"providers/{world.provider.pk}/held-information/"
    query = "?kind=staffing&covers_from=2026-01-31&covers_to=2026-02-28"
    assert other.get(held).json()["results"] == []
    assert other.get(held + query).json()["results"] == []
    shared = asking.post(f"{address}share/", seats(world), If_Match=made.headers["ETag"])
    (found,) = other.get(held + query).json()["results"]
    assert (found["id"], found["agency"]["name"]) == (made.json()["id"], "Care Quality Commission")
    assert other.get(held + query.replace("staffing", "training")).json()["results"] == []
    answer = {"answered_on": "2026-03-03", "held_where": "The hospitals team"}
    done = asking.post(f"{address}answered/", answer, If_Match=shared.headers["ETag"])
    assert done.json()["status"] == "answered"
    assert other.get(f"{address}access/").json()["shares"] == []
    share = asking.get(f"{address}access/").json()["shares"][0]["id"]
    asking.post(f"{address}unshare/", {"shares": [share]}, If_Match=done.headers["ETag"])
    assert other.get(address).status_code == 404
    (mine,) = asking.get("information-requests/?status=answered&kind=staffing").json()["results"]
    assert mine["held_where"] == "The hospitals team"


def test_a_request_is_withdrawn(world, program) -> None:
    asking = program("inspector")
    made = asking.post("information-requests/", request(world))
    address = f"information-requests/{made.json()['id']}/withdraw/"
    withdrawn = asking.post(address, {"why": "Not needed"}, If_Match=made.headers["ETag"])
    assert withdrawn.json()["why"] == "Not needed"


def test_what_is_wrong_is_said_beside_its_field(world, program) -> None:
    asking = program("inspector")
    for changed, field in (
        ({"ends_on": "2026-03-09"}, "ends_on"),
        ({"location": str(uuid4())}, "location"),
        ({"parties": [str(uuid4())]}, "parties"),
        ({"purpose": "Patient 943 476 5919"}, "purpose"),
    ):
        answer = asking.post("planned-visits/", visit(world, **changed))
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {field})
    assert asking.post("planned-visits/", visit(world, provider=str(uuid4()))).status_code == 404
    assert asking.post("information-requests/", request(world, provider=str(uuid4()))).status_code == 404
    assert not InformationRequest.objects.exists()


def test_a_reader_with_a_token_of_reading_plans_nothing(world, program) -> None:
    assert program("reader").post("planned-visits/", visit(world)).status_code == 403
    limited = program("inspector", scopes=frozenset({"visits:read"}))
    assert limited.post("planned-visits/", visit(world)).status_code == 403
    assert limited.get("planned-visits/").status_code == 200
