"""Sending the forms of a summit's pages as a browser does."""

import re

from tests.signing_in import sign_in


def client_as(world, name):
    return sign_in(world.people[name])


def text_of(answer) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return text.replace("&#39;", "'").replace("&amp;", "&")


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]


def marks(answer) -> dict[str, str]:
    """Return the hidden marks of a page's form."""
    held = answer.content.decode()
    return {name: hidden(answer, name) for name in ("once", "seen") if f'name="{name}"' in held}


def post(client, address: str, data: dict):
    """Send the form of a page as a browser does, its hidden marks included."""
    shown = client.get(address)
    assert shown.status_code == 200, text_of(shown)
    return client.post(address, {**marks(shown), **data})


def room_address(room, deed: str = "") -> str:
    return f"/risk-summits/{room.summit_id}/{deed + '/' if deed else ''}"
