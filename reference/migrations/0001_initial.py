import uuid

import django.contrib.postgres.constraints
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("list_code", models.CharField(max_length=60)),
                ("code", models.CharField(max_length=200)),
                ("position", models.PositiveIntegerField()),
                ("data", models.JSONField()),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("source", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("paper", "in the documents"),
                            ("judgement", "a judgement, to be confirmed"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ("list_code", "position", "effective_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("list_code", "code", "effective_from"),
                        name="reference_entry_unique_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="reference_entry_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["paper", "judgement"])),
                        name="reference_entry_status_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("list_code", "="),
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("effective_from"),
                                    models.F("effective_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="reference_entry_one_at_a_time",
                    ),
                ],
            },
        ),
    ]
