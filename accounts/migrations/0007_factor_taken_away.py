from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_letters_that_say_what_happened"),
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
                    ("factor_taken_body", "The second factor was taken away by the body's administrator"),
                    ("factor_taken_portal", "The second factor was taken away by the portal's administrator"),
                    ("token_made", "A token for programs was made"),
                    ("sign_on_linked", "Single sign-on was linked"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["address", "asked_at"], name="letters_to_an_address"),
        ),
    ]
