"""Reads a person's audiences through the dated view that `access` makes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                related_name="user_set",
                related_query_name="user",
                through="access.Standing",
                through_fields=("user", "group"),
                to="auth.group",
                verbose_name="audiences",
            ),
        ),
    ]
