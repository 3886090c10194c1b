import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_invitations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reset", "How to set a new password"),
                    ("invited", "An invitation to join"),
                    ("opened", "An account was opened again"),
                    ("password_changed", "The password was changed"),
                    ("factor_changed", "The second factor was changed"),
                    ("sign_on_linked", "Single sign-on was linked"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="SignOn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("linked_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ons",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="sign_on_of_one_account"),
                    models.UniqueConstraint(fields=("issuer", "user"), name="one_sign_on_an_issuer"),
                ],
            },
        ),
    ]
