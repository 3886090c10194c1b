"""Of each council that can still be taken off a plan, which share of the plan naming it gave: the one of that moment."""

from django.db import migrations

NAMED = "named"


def find_shares(apps, schema_editor):
    councils = apps.get_model("providers", "PlacingCouncil").objects.filter(told_at=None, share=None)
    shares = apps.get_model("access", "Share").objects
    notes = apps.get_model("providers", "PlanNote").objects.filter(deed=NAMED)
    for council in councils:
        moments = notes.filter(plan=council.plan_id).values("recorded_at")
        council.share = shares.filter(
            record=council.plan_id,
            audience__kind="agency",
            audience__agency=council.agency_id,
            ended_at=None,
            at__in=moments,
        ).first()
        council.save(update_fields=["share"])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_ties"),
        ("providers", "0009_withholding_refused_and_councils_share"),
    ]

    operations = [migrations.RunPython(find_shares, migrations.RunPython.noop)]
