"""``manage.py after_restore MOMENT``: what is to be done once a backup was restored, however it was."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.db import transaction

from access.operations.tokens import end_tokens
from access.principal import clockwork
from audit.operations import record_deed
from clocks.models import Clock
from clocks.rules.states import OPEN
from notifications.models import Delivery
from notifications.rules import WAITING
from timekeeping import portal_now


class Command(BaseCommand):
    """Ends every session and token, tells the log, and says what will now be done that had been waiting."""

    help = "End every session, revoke every token, and write in the log that the portal was restored as of MOMENT."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("moment", type=datetime.fromisoformat, help="ISO, with its zone")

    def handle(self, *args: Any, **options: Any) -> None:
        now, moment = portal_now(), options["moment"]
        with transaction.atomic():
            Session.objects.all().delete()
            UserSession.objects.all().delete()
            tokens = end_tokens(now=now)  # one that was revoked since the backup must not come back
            record_deed(
                by=clockwork(now), now=now, deed="portal.restored", detail={"as_of": moment.isoformat()}
            )
        overdue = Clock.objects.filter(state__in=OPEN, next_step_at__lte=now).count()
        waiting = Delivery.objects.filter(state__in=WAITING).count()
        self.stdout.write(
            f"{overdue} deadlines came due meanwhile and are dealt with at the first tick. {waiting} mails waited "
            "and are sent, under the Message-ID they had; what was sent before is not sent again. "
            f"{tokens} tokens were revoked: whoever made them makes new ones."
        )
