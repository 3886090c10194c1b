import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(db_index=True, max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("short_name", models.CharField(blank=True, max_length=80)),
                ("ods_code", models.CharField(blank=True, max_length=10, null=True, unique=True)),
                ("ons_code", models.CharField(blank=True, db_index=True, max_length=12)),
                ("town", models.CharField(blank=True, max_length=80)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("out_of_hours_telephone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(fields=["name", "id"], name="agencies_agency_name"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name"], name="agencies_agency_trgm", opclasses=("gin_trgm_ops",)
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "name"), name="agencies_agency_unique_name"),
                    models.CheckConstraint(
                        condition=models.Q(("ods_code", ""), _negated=True),
                        name="agencies_agency_ods_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FootprintAgency",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="footprint_links",
                        to="agencies.agency",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
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
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="agencies.agency",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="agencies_membership_ends_after_start",
                    ),
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
                        name="agencies_membership_role_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("user", "="),
                            ("agency", "<>"),
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
                        name="agencies_membership_one_agency",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("user", "="),
                            ("role", "="),
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
                        name="agencies_membership_role_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalRole",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("portal_administrator", "Portal administrator"),
                            ("records_officer", "Records officer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=30,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="agencies_portalrole_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["portal_administrator", "records_officer", "auditor"])
                        ),
                        name="agencies_portalrole_role_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("user", "="),
                            ("role", "="),
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
                        name="agencies_portalrole_role_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("safeguarding_lead", "Safeguarding lead"),
                            ("safeguarding_lead_adults", "Safeguarding lead, adults"),
                            ("safeguarding_lead_children", "Safeguarding lead, children"),
                            ("regional_director", "Regional director"),
                            ("director", "Director"),
                            ("deputy", "Deputy"),
                            ("responsible_officer", "Responsible Officer"),
                            ("employer_liaison_adviser", "Employer Liaison Adviser"),
                            ("out_of_hours", "Out of hours duty desk"),
                        ],
                        max_length=40,
                    ),
                ),
                ("topic", models.CharField(blank=True, max_length=120)),
                ("holder_name", models.CharField(blank=True, max_length=200)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("out_of_hours_telephone", models.CharField(blank=True, max_length=40)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="agencies.agency",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("post", "starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="agencies_post_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "post__in",
                                [
                                    "safeguarding_lead",
                                    "safeguarding_lead_adults",
                                    "safeguarding_lead_children",
                                    "regional_director",
                                    "director",
                                    "deputy",
                                    "responsible_officer",
                                    "employer_liaison_adviser",
                                    "out_of_hours",
                                ],
                            )
                        ),
                        name="agencies_post_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualitySurveillanceGroup",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "tier",
                    models.CharField(choices=[("local", "Local"), ("regional", "Regional")], max_length=10),
                ),
                ("footprint_known", models.BooleanField(default=True)),
                ("footprint_note", models.CharField(blank=True, max_length=300)),
                (
                    "footprint",
                    models.ManyToManyField(
                        related_name="groups_of_area",
                        through="agencies.FootprintAgency",
                        to="agencies.agency",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="local_groups",
                        to="agencies.qualitysurveillancegroup",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facilitated_groups",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "Quality Surveillance Group",
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["local", "regional"])),
                        name="agencies_qsg_tier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("region__isnull", False), ("tier", "local")),
                            models.Q(("region__isnull", True), ("tier", "regional")),
                            _connector="OR",
                        ),
                        name="agencies_qsg_local_has_region",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QSGMember",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("full", "Member"), ("associate", "Occasional guest")],
                        default="full",
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_memberships",
                        to="agencies.agency",
                    ),
                ),
                (
                    "qsg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="agencies.qualitysurveillancegroup",
                    ),
                ),
            ],
            options={
                "verbose_name": "group member",
                "ordering": ("starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="agencies_qsgmember_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["full", "associate"])),
                        name="agencies_qsgmember_kind_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("qsg", "="),
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
                        name="agencies_qsgmember_once",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="footprintagency",
            name="qsg",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="footprint_links",
                to="agencies.qualitysurveillancegroup",
            ),
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("chair", "Chair"),
                            ("representative", "Representative"),
                            ("deputy", "Deputy"),
                            ("secretariat", "Secretariat"),
                        ],
                        max_length=20,
                    ),
                ),
                ("cleared", models.BooleanField(default=False)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="agencies.agency",
                    ),
                ),
                (
                    "qsg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="agencies.qualitysurveillancegroup",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("starts_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="agencies_seat_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["chair", "representative", "deputy", "secretariat"])
                        ),
                        name="agencies_seat_kind_known",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("qsg", "="),
                            ("user", "="),
                            ("kind", "="),
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
                        name="agencies_seat_once",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="footprintagency",
            constraint=models.UniqueConstraint(
                fields=("qsg", "agency"), name="agencies_footprintagency_unique"
            ),
        ),
    ]
