"""The application's entry in Django's registry."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, sign-in, second factor and sessions."""

    name = "accounts"
    verbose_name = "Accounts"
