"""Mail servers that behave, and some that do not."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Server(SMTP):
    """Says who it is without asking the machine's name servers."""

    def __init__(self, handler, **kwargs):
        super().__init__(handler, hostname="sink.example", **kwargs)


class Sink(Controller):
    """Takes mail; what it does to an address depends on the domain.

    ``nobody.example``: no such address. ``busy.example``: try later. ``silent.example``: never answers.
    ``spam.example``: refuses the text.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.asked: Counter[str] = Counter()
        self.down = False
        self.lock = threading.Lock()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=port)

    def factory(self) -> SMTP:
        return Server(self.handler)

    async def handle_RCPT(self, server, session, envelope, address, options):
        domain = address.rpartition("@")[2]
        self.asked[domain] += 1
        if domain == "silent.example":
            await asyncio.sleep(60)
        if domain == "busy.example" or self.down:
            return "451 4.3.2 try again later"
        if domain == "nobody.example":
            return "550 5.1.1 no such address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 taken"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].endswith("@spam.example"):
            return "554 5.7.1 refused"
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        mail["X-Envelope"] = ",".join(envelope.rcpt_tos)
        with self.lock:
            self.mails.append(mail)
        return "250 2.0.0 taken"

    @property
    def recipients(self) -> list[str]:
        return sorted(mail["X-Envelope"] for mail in self.mails)


@contextmanager
def sink(settings) -> Iterator[Sink]:
    """A mail server that the portal is told to use."""
    server = Sink()
    server.start()
    settings.EMAIL_BACKEND = "notifications.post.TimedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def dripping(settings, every: float = 0.2) -> Iterator[None]:
    """A mail server that says a byte now and then, and never a whole line."""
    listener = socket.create_server(("127.0.0.1", 0))
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            try:
                conversation, _ = listener.accept()
            except OSError:
                return
            with conversation:
                try:
                    while not ending.is_set():
                        conversation.sendall(b"2")
                        time.sleep(every)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "notifications.post.TimedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", listener.getsockname()[1]
    try:
        yield
    finally:
        ending.set()
        listener.close()
        thread.join(5)
