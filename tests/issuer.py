"""An organisation that signs people in by OpenID Connect, on this machine: real HTTP, real keys, real signatures.

It does what it is told to do wrong, one thing at a time.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "the-portal", "a secret: of the portal's"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, ANOTHERS_KEY = _key(), _key()


@dataclass
class Issuer:
    """What it does.

    Attributes:
        url: its address.
        person: the claims about whoever is at the browser.
        claims: claims put over the right ones; None takes one away.
        key, algorithm: what it signs with.
        by_post: it takes the client's secret in the form instead of the header.
        discovery: put over its own description.
        declines: it lets nobody through.
        asked: the questions that came with browsers.
        tokens: how many codes it exchanged.
        kid: what its key is called.
        hangs: it takes questions and answers none.
        fetched: the addresses that were read, in their order.
    """

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    algorithm: str = "RS256"
    by_post: bool = False
    discovery: dict[str, Any] = field(default_factory=dict)
    declines: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: int = 0
    kid: str = "one"
    hangs: bool = False
    fetched: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def described(self) -> dict[str, Any]:
        how = "client_secret_post" if self.by_post else "client_secret_basic"
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": [how],
            **self.discovery,
        }

    def keys(self) -> dict[str, Any]:
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**shown, "kid": self.kid, "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Take a question, and say where the browser goes with the answer."""
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        if self.declines:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return (
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"
        )

    def token(self, given: dict[str, str], header: str) -> dict[str, Any] | None:
        """Exchange a code, once, with its client and who began; None for anybody else."""
        asked = self.codes.pop(given.get("code", ""), None)
        if self.by_post:
            client = (given.get("client_id"), given.get("client_secret"))
        else:
            client = tuple(map(unquote, base64.b64decode(header.partition(" ")[2]).decode().split(":")))
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if (
            asked is None
            or client != (CLIENT_ID, CLIENT_SECRET)
            or asked["redirect_uri"] != given.get("redirect_uri")
            or asked["code_challenge"] != proved
        ):
            return None
        self.tokens += 1
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(asked["nonce"])}

    def signed(self, nonce: str) -> str:
        now = int(time.time())
        right = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
        }
        claims = {name: one for name, one in {**right, **self.claims}.items() if one is not None}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": self.kid})


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        self.issuer.fetched.append(at.path)
        if self.issuer.hangs:
            self.issuer.answers.wait(30)
            return
        if at.path == "/.well-known/openid-configuration":
            self.say(self.issuer.described())
        elif at.path == "/keys":
            self.say(self.issuer.keys())
        elif at.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(at.query).items()}
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(asked))
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(text).items()}
        said = self.issuer.token(given, self.headers.get("Authorization", ""))
        self.say(said or {"error": "invalid_grant"}, 200 if said else 400)

    def say(self, what: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Issuer]:
    """Start it on a free port; it ends with the test."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        issuer.answers.set()
        server.shutdown()
        server.server_close()
        thread.join()
