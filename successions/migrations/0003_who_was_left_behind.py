"""Of answers given before it was kept who does not go over: those who act for the body now and were not named."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import DateField, Func, Q

KEPT_SINCE = ("successions", "0002_who_stays_behind")


def name_who_stays(apps: Apps, schema_editor: Any) -> None:
    """Else all of them would count as come since, and a succession that was ready would wait again."""
    recorded = MigrationRecorder(schema_editor.connection).migration_qs
    since = recorded.filter(app=KEPT_SINCE[0], name=KEPT_SINCE[1]).values_list("applied", flat=True).first()
    today = Func(function="portal_today", output_field=DateField())
    membership = apps.get_model("agencies", "Membership")
    offers = apps.get_model("successions", "HandingOver").objects.filter(
        kind="people", state="accepted", succession__state="open", answered_at__lt=since
    )
    for offer in offers.select_related("succession"):
        acting = membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=today), agency=offer.succession.body_id
        )
        here = set(acting.values_list("user_id", flat=True))
        offer.behind.add(*(here - set(offer.people.values_list("pk", flat=True))))


class Migration(migrations.Migration):
    dependencies = [
        ("successions", "0002_who_stays_behind"),
        ("agencies", "0010_group_names"),
        ("timekeeping", "0001_the_portals_clock"),
    ]

    operations = [migrations.RunPython(name_who_stays, migrations.RunPython.noop)]
