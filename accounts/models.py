"""A person who may sign in.

An account says who somebody is, never what they may do or see: roles and sight
come from dated memberships and seats, read through the view behind `groups`.
"""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Finds and makes accounts. There is no `create_superuser`: nobody sees everything."""

    def create_user(
        self, email: str, password: str | None = None, *, full_name: str, telephone: str = ""
    ) -> "User":
        """Make an account.

        Args:
            email: the sign-in name, kept in small letters.
            password: the first password; None makes an account that must be
                given one through a reset link.
            full_name: as colleagues write it.
            telephone: where the person can be rung.

        Returns:
            The saved account.

        Raises:
            ValueError: there is no e-mail address.
            django.db.IntegrityError: the address is already used.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(
            email=email.strip().lower(), full_name=full_name.strip(), telephone=telephone.strip()
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by its address, whatever the case it is typed in."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """One person's account; the e-mail address is the sign-in name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    full_name = models.CharField("full name", max_length=200)
    telephone = models.CharField("telephone number", max_length=40, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    # Read through a database view over dated memberships and seats, which takes
    # no writes: groups.add() fails in the database. Standing is never edited.
    groups = models.ManyToManyField(  # type: ignore[assignment]
        Group,
        through="access.Standing",
        through_fields=("user", "group"),
        related_name="user_set",
        related_query_name="user",
        blank=True,
        verbose_name="audiences",
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        """An address once, in small letters; no superuser."""

        verbose_name = "account"
        ordering = ["full_name", "email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_in_small_letters"),
            models.CheckConstraint(
                condition=models.Q(is_superuser=False), name="no_superuser_who_sees_everything"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the address in small letters, so that one person has one account."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_full_name(self) -> str:
        """The name as colleagues write it."""
        return self.full_name

    def get_short_name(self) -> str:
        """The name as colleagues write it; the portal uses no first names."""
        return self.full_name


class SignOn(models.Model):
    """A person's name at an organisation that signs them in: one for each, and never passed on.

    The organisation's own lasting name for a person (`subject`) decides, not the e-mail address, which
    may one day be given to somebody else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ons")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        """One account for a name, one name for an account."""

        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="sign_on_of_one_account"),
            models.UniqueConstraint(fields=["issuer", "user"], name="one_sign_on_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class Letter(models.Model):
    """A mail about an account, written down to be sent by the clockwork.

    Asking for a new password writes one such row whoever the address belongs
    to, so that a page answers in the same words and the same time for a known
    address, an unknown one, and a mail server that does not answer.
    """

    class Kind(models.TextChoices):
        """What it says."""

        RESET = "reset", "How to set a new password"
        INVITED = "invited", "An invitation to join"
        OPENED = "opened", "An account was opened again"
        PASSWORD_CHANGED = "password_changed", "The password was changed"
        PASSWORD_RESET = "password_reset", "The password was set anew through a link"
        FACTOR_SET_UP = "factor_set_up", "The first second factor was set up"
        FACTOR_CHANGED = "factor_changed", "The second factor was changed"
        FACTOR_TAKEN_BODY = (
            "factor_taken_body",
            "The second factor was taken away by the body's administrator",
        )
        FACTOR_TAKEN_PORTAL = (
            "factor_taken_portal",
            "The second factor was taken away by the portal's administrator",
        )
        TOKEN_MADE = "token_made", "A token for programs was made"
        SIGN_ON_LINKED = "sign_on_linked", "Single sign-on was linked"

    class Outcome(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        NOBODY = "nobody", "No such account"
        GIVEN_UP = "given_up", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.EmailField()
    asked_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    ended_at = models.DateTimeField(null=True)
    # Of an invitation's link: what the mail says is kept nowhere, only its hash, and that of the last mail alone.
    key_hash = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        """Found by when they are next tried, and by how many went to an address lately."""

        indexes = [
            models.Index(
                fields=["next_try_at"], name="letters_waiting", condition=models.Q(outcome="waiting")
            ),
            models.Index(fields=["address", "asked_at"], name="letters_to_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.outcome})"
