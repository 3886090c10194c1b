from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_letter_and_shared_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="key_hash",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
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
                ],
                max_length=20,
            ),
        ),
    ]
