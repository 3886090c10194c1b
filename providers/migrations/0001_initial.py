import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(db_index=True, max_length=60)),
                ("ods_code", models.CharField(blank=True, max_length=10, null=True, unique=True)),
                ("cqc_provider_id", models.CharField(blank=True, max_length=20, null=True, unique=True)),
                ("sector", models.CharField(blank=True, max_length=30)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed"), ("dormant", "Dormant")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("fictional", models.BooleanField(default=False)),
                ("address", models.CharField(blank=True, max_length=250)),
                ("town", models.CharField(blank=True, max_length=80)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "finding",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                "name", models.Value(" "), "town", models.Value(" "), "postcode"
                            ),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(fields=["name", "id"], name="providers_provider_name"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["finding"], name="providers_provider_trgm", opclasses=("gin_trgm_ops",)
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "closed", "dormant"])),
                        name="providers_provider_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ods_code", ""), _negated=True),
                            models.Q(("cqc_provider_id", ""), _negated=True),
                        ),
                        name="providers_provider_codes_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fictional", False), ("name__icontains", "fictional"), _connector="OR"
                        ),
                        name="providers_provider_fiction_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("ods_code", models.CharField(blank=True, max_length=10, null=True, unique=True)),
                ("cqc_location_id", models.CharField(blank=True, max_length=20, null=True, unique=True)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("kind", models.CharField(blank=True, max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed"), ("dormant", "Dormant")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locations",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name"], name="providers_location_trgm", opclasses=("gin_trgm_ops",)
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "closed", "dormant"])),
                        name="providers_location_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ods_code", ""), _negated=True),
                            models.Q(("cqc_location_id", ""), _negated=True),
                        ),
                        name="providers_location_codes_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commissioning",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("lead", models.BooleanField(default=False)),
                ("out_of_area", models.BooleanField(default=False)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissionings",
                        to="agencies.agency",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commissionings",
                        to="providers.provider",
                    ),
                ),
            ],
            options={
                "ordering": ("-lead", "starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="providers_commissioning_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("provider", "="),
                            ("agency", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    models.Value("[)"),
                                    function="daterange",
                                ),
                                "&&",
                            ),
                        ],
                        name="providers_commissioning_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderGroup",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("commissioner", "through its commissioner"),
                            ("local_office", "through the local office its trust was listed under"),
                            ("stated", "stated by an administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_links",
                        to="providers.provider",
                    ),
                ),
                (
                    "qsg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_links",
                        to="agencies.qualitysurveillancegroup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "qsg"), name="providers_providergroup_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["commissioner", "local_office", "stated"])),
                        name="providers_providergroup_source_known",
                    ),
                ],
            },
        ),
    ]
