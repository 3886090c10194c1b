"""`manage.py show_personas`: who can sign in to the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from qsg_portal.demo.cast import PERSONAS
from qsg_portal.demo.people import demo_password


class Command(BaseCommand):
    """Print the personas, their one password, and where their codes stand."""

    help = "Print the demonstration's sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a persona."""
        if not settings.DEMO:
            return
        for persona in PERSONAS:
            self.stdout.write(f"  {persona.email:<26} {persona.post}")
        self.stdout.write(f"  password for all: {demo_password()}")
        self.stdout.write(f"  codes and mail:   {settings.PORTAL_URL}/demonstration/")
