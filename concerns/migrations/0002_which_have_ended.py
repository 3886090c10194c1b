"""Concerns that were closed, withdrawn or replaced before their records could say so."""

from django.db import migrations

ENDED = ["closed", "withdrawn", "superseded"]


def say_so(apps, schema_editor):
    ended = apps.get_model("concerns", "Concern").objects.filter(status__in=ENDED)
    apps.get_model("access", "Record").objects.filter(pk__in=ended.values("pk")).update(ended=True)


class Migration(migrations.Migration):
    dependencies = [("concerns", "0001_initial"), ("access", "0004_what_has_ended")]
    operations = [migrations.RunPython(say_so, migrations.RunPython.noop)]
