import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_invitations"),
        ("agencies", "0002_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MembershipInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reader", "Reader"),
                            ("contributor", "Contributor"),
                            ("agency_lead", "Lead for the body"),
                            ("agency_administrator", "Administrator of the body"),
                            ("emergency_access", "Emergency access"),
                        ],
                        max_length=30,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("full_name", models.CharField(max_length=200)),
                (
                    "seat_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chair", "Chair"),
                            ("representative", "Representative"),
                            ("deputy", "Deputy"),
                            ("secretariat", "Secretariat"),
                        ],
                        max_length=20,
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="agencies.agency",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.letter",
                    ),
                ),
                (
                    "qsg",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.qualitysurveillancegroup",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "id"),
                "indexes": [models.Index(fields=["sent_at", "id"], name="agencies_invitation_sent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "reader",
                                    "contributor",
                                    "agency_lead",
                                    "agency_administrator",
                                    "emergency_access",
                                ],
                            )
                        ),
                        name="agencies_invitation_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("qsg__isnull", True), ("seat_kind", "")),
                            models.Q(
                                ("qsg__isnull", False),
                                ("seat_kind__in", ["chair", "representative", "deputy", "secretariat"]),
                            ),
                            _connector="OR",
                        ),
                        name="agencies_invitation_whole_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                            models.Q(
                                ("accepted_at__isnull", False),
                                ("accepted_by__isnull", False),
                                ("withdrawn_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="agencies_invitation_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by__isnull", True),
                            models.Q(("accepted_by", models.F("invited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="agencies_invitation_of_somebody_else",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("agency", "email"),
                        name="agencies_invitation_once",
                    ),
                ],
            },
        ),
    ]
