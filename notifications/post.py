"""Handing one mail to the mail server, within a time, and saying in one word why it failed."""

import smtplib
import socket
import threading
from concurrent.futures import Future
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from notifications.rules import BUSY, NO_ANSWER, REFUSED, UNREACHABLE

ANSWER_WITHIN = 5.0
"""Seconds that the server may stay silent."""

WITHIN = 12.0
"""Seconds that handing over one mail may take in all; a server that sends a byte a second is cut off here."""


class NotSent(Exception):
    """The mail was not taken; ``reason`` is one of ``notifications.rules.REASONS``."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class TimedBackend(EmailBackend):
    """Django's SMTP, with a limit on the whole of a conversation and not only on each silence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Django's backend takes."""
        super().__init__(*args, **kwargs)
        self.timeout = self.timeout or ANSWER_WITHIN
        self.sockets: list[socket.socket] = []
        self.timer = threading.Timer(WITHIN, self.cut)
        self.was_cut = False

    @property
    def connection_class(self) -> Any:
        """The SMTP client, made to show the socket it opens: it is read from before the client is handed over."""
        opened = self.sockets

        class Watched(super().connection_class):  # type: ignore[misc]
            def _get_socket(self, *args: Any) -> socket.socket:
                opened.append(super()._get_socket(*args))
                return opened[-1]

        return Watched

    def open(self) -> Any:
        """Begin the conversation, unless it was begun; the time runs from here."""
        if self.connection:
            return False
        self.timer = threading.Timer(WITHIN, self.cut)
        self.timer.daemon = True
        self.timer.start()
        try:
            return super().open()
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye; how that goes changes nothing, the mail was taken or it was not."""
        try:
            super().close()
        except (smtplib.SMTPException, OSError):
            self.connection = None
        for one in self.sockets:
            one.close()
        self.timer.cancel()

    def cut(self) -> None:
        """Hang up, whatever the conversation waits for."""
        self.was_cut = True
        for one in (*self.sockets, getattr(self.connection, "sock", None)):
            try:
                if one is not None:
                    one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed, or handed to the encrypted one that wraps it


def hand_over(mail: EmailMultiAlternatives, taken: Future[None]) -> None:
    """Give one mail to the mail server, and say at once, before the goodbye, how that went.

    Args:
        mail: the mail.
        taken: is given its result when the server has taken the mail, or NotSent with the reason.
    """
    try:
        mail.connection = get_connection()
        with mail.connection:
            mail.send()
            taken.set_result(None)
    except Exception as problem:
        if not taken.done():  # a goodbye that fails changes nothing
            taken.set_exception(_not_sent(mail.connection, problem))


def _not_sent(connection: Any, problem: Exception) -> Exception:
    """Return the failure with its reason in one word; what is no failure of the post is handed back as it is."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in problem.recipients.values()]
        return NotSent(REFUSED if min(codes) >= 500 else BUSY)
    if getattr(connection, "was_cut", False) or isinstance(
        problem, smtplib.SMTPServerDisconnected | TimeoutError
    ):
        return NotSent(NO_ANSWER)
    if isinstance(problem, smtplib.SMTPDataError):
        return NotSent(REFUSED if problem.smtp_code >= 500 else BUSY)
    if isinstance(problem, smtplib.SMTPResponseException):
        return NotSent(BUSY)
    return NotSent(UNREACHABLE) if isinstance(problem, OSError) else problem
