from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_single_sign_on"),
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
                    ("password_reset", "The password was set anew through a link"),
                    ("factor_set_up", "The first second factor was set up"),
                    ("factor_changed", "The second factor was changed"),
                    ("token_made", "A token for programs was made"),
                    ("sign_on_linked", "Single sign-on was linked"),
                ],
                max_length=20,
            ),
        ),
    ]
