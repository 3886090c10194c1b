"""The mail that is sent: one recipient, and nothing in it but that something waits in the portal."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.events import known
from notifications.models import Delivery, Message


def _address(message: Message) -> str:
    """Return where the reader finds what waits: the one line, or the inbox when there are several."""
    if message.goes_along.exists():
        return reverse("notifications:inbox")
    return reverse("notifications:message", args=[message.pk])


def letter(delivery: Delivery) -> EmailMultiAlternatives:
    """Write the mail of one delivery, as text and as HTML.

    It names no provider, no title and no other recipient: whoever reads it over a shoulder, on a lost telephone or in a
    forwarded copy learns only that the portal has something. Opening its link acknowledges nothing.
    """
    message = delivery.message
    words = {
        "name": message.recipient.full_name,
        "asks": message.asks,
        "address": f"{settings.PORTAL_URL}{_address(message)}",
    }
    mail = EmailMultiAlternatives(
        subject=render_to_string("emails/notice_subject.jinja", words).strip(),
        body=render_to_string("emails/notice_text.jinja", words),
        to=[message.recipient.email],
        headers={
            "Message-ID": delivery.header_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(render_to_string("emails/notice_html.jinja", words), "text/html")
    calendar = known(message.event).calendar
    if calendar:
        part = calendar(message)
        mail.attach_alternative(part.text, f"text/calendar; method={part.method}")
    return mail
