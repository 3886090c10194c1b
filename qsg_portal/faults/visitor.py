"""A person with a plain HTTP client: what the fault test and the drills visit a portal with."""

import http.client
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urlsplit

FIELD = re.compile(r'<input\b[^>]*type="hidden"[^>]*>')
PART = re.compile(r'\b(name|value)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the page, and where it leads."""

    status: int
    text: str
    location: str = ""


class Visitor:
    """Keeps cookies; opens a connection for each request, as a proxy does for a portal behind it."""

    def __init__(
        self, host: str, port: int, *, patience: float = 30.0, around: dict[str, str] | None = None
    ) -> None:
        """Visit the portal that listens there.

        Args:
            host: its address.
            port: its port.
            patience: seconds to wait for an answer.
            around: headers sent with each request.
        """
        self.host, self.port, self.patience = host, port, patience
        self.around = around or {}
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """Ask once; redirections are left to the caller.

        Raises:
            OSError, http.client.HTTPException: no whole answer came.
        """
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **self.around,
        }
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://{self.host}:{self.port}{path}",
            }
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.patience)
        try:
            connection.request(method, path, body, {name: value for name, value in headers.items() if value})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, text, response.headers.get("Location", ""))

    def get(self, path: str) -> Answer:
        """Open a page and follow where it leads."""
        answer = self.ask("GET", path)
        while answer.status in (301, 302):
            parts = urlsplit(answer.location)
            answer = self.ask("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer

    def post(self, path: str, page: str, **fields: str) -> Answer:
        """Send a form of a page that was opened, with the hidden fields that it carries."""
        return self.ask("POST", path, hidden(page) | fields)

    def sign_in(self, email: str, password: str, code: str) -> Answer:
        """Sign in by password and second factor; return the last answer."""
        page = self.get("/sign-in/").text
        answer = self.post("/sign-in/", page, login=email, password=password)
        where = urlsplit(answer.location).path
        return self.post(where, self.get(where).text, code=code) if answer.status == 302 else answer


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = [dict(PART.findall(field)) for field in FIELD.findall(page)]
    return {one["name"]: unescape(one.get("value", "")) for one in found if "name" in one}
