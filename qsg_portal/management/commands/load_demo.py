"""`manage.py load_demo`: the demonstration's people, providers and story."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.principal import clockwork
from accounts.models import User
from qsg_portal.demo.cast import MARK
from qsg_portal.demo.concerns import load_concerns
from qsg_portal.demo.contacts import load_contacts, load_interests
from qsg_portal.demo.levels import load_levels
from qsg_portal.demo.people import load_people, send_invitation
from qsg_portal.demo.plans import load_plans
from qsg_portal.demo.register import load_register
from qsg_portal.demo.succession import load_succession
from qsg_portal.demo.summits import load_summits
from qsg_portal.demo.upkeep import load_readiness, load_upkeep
from qsg_portal.demo.visits import load_visits
from timekeeping import portal_now

STANDS_SINCE = timedelta(days=100)


class Command(BaseCommand):
    """Load the demonstration once; done again, it changes nothing."""

    help = "Load the demonstration: personas, fictional providers, and their story."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in one transaction, or nothing; only where there is nobody yet."""
        if not settings.DEMO:
            raise CommandError("This is not a demonstration: set DEMO=1 on a database of its own.")
        if User.objects.filter(email__endswith=MARK).exists():
            self.stdout.write("The demonstration is loaded already.")
            return
        if User.objects.exists():
            self.stdout.write(
                "There are people here who are not the demonstration's: nothing of it is loaded."
            )
            return
        now = portal_now()
        with transaction.atomic():
            everybody = load_people(by=clockwork(now - STANDS_SINCE), now=now - STANDS_SINCE)
            load_concerns(everybody, now=now)
            load_levels(everybody, now=now)
            load_plans(everybody, now=now)
            load_register(everybody, by=clockwork(now), now=now)
            load_visits(everybody, now=now)
            load_summits(everybody, now=now)
            load_contacts(everybody, now=now)
            load_interests(everybody, now=now)
            load_readiness(everybody, now=now)
            load_upkeep(everybody, now=now)
            load_succession(everybody, now=now)
            send_invitation(everybody, now=now)
        self.stdout.write("The demonstration is loaded.")
