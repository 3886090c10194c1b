"""``manage.py close_anew``: the last step of replacing the secret key."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.adapter import close_anew


class Command(BaseCommand):
    """Closes every second factor with the present key, so that the older ones can be taken away."""

    help = "Encrypt every second factor with SECRET_KEY; SECRET_KEY_FALLBACKS are then needed no longer."

    def handle(self, *args: Any, **options: Any) -> None:
        """Close them, and say how many."""
        self.stdout.write(
            f"{close_anew()} second factors are closed with SECRET_KEY. Take SECRET_KEY_FALLBACKS away, and restart."
        )
