"""Handing one mail to the mail server, within a time, and saying in one word why it failed."""

import smtplib
import socket
import threading
from typing import Any

from django.core.mail import EmailMultiAlternatives
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

    def send_messages(self, email_messages: Any) -> int:
        """Send within the time, or fail as a server that stopped answering does."""
        timer = threading.Timer(WITHIN, self.cut)
        timer.daemon = True
        timer.start()
        try:
            self.open()
            return super().send_messages(email_messages)
        except (smtplib.SMTPException, OSError) as problem:
            if self.was_cut:
                raise smtplib.SMTPServerDisconnected("it took too long") from problem
            raise
        finally:
            self._leave()
            timer.cancel()

    def cut(self) -> None:
        """Hang up, whatever the conversation waits for."""
        self.was_cut = True
        for one in (*self.sockets, getattr(self.connection, "sock", None)):
            try:
                if one is not None:
                    one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed, or handed to the encrypted one that wraps it

    def _leave(self) -> None:
        """Say goodbye; how that goes changes nothing, the mail was taken or it was not."""
        try:
            self.close()
        except (smtplib.SMTPException, OSError):
            self.connection = None
        for one in self.sockets:
            one.close()


def hand_over(mail: EmailMultiAlternatives) -> None:
    """Give one mail to the mail server; raise NotSent with the reason when it is not taken."""
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        raise NotSent(REFUSED if min(codes) >= 500 else BUSY) from refusal
    except smtplib.SMTPDataError as refusal:
        raise NotSent(REFUSED if refusal.smtp_code >= 500 else BUSY) from refusal
    except smtplib.SMTPResponseException as refusal:
        raise NotSent(BUSY) from refusal
    except (smtplib.SMTPServerDisconnected, TimeoutError) as silence:
        raise NotSent(NO_ANSWER) from silence
    except (smtplib.SMTPException, OSError) as problem:
        raise NotSent(UNREACHABLE) from problem
