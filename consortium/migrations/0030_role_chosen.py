"""When a person last chose to act in a role: the newest is where the next sign-in begins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consortium", "0025_search_of_names")]

    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="chosen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
