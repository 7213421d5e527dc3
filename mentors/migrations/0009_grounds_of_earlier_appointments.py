"""Appointments from before nominations rest on what was recorded by hand; the sentence says so. Not taken back."""

from django.db import migrations

EARLIER = "提名流程启用前登记的聘任"


def fill(apps, schema_editor):
    appointments = apps.get_model("mentors", "Appointment")
    appointments.objects.filter(nomination=None, grounds="").update(grounds=EARLIER)


class Migration(migrations.Migration):
    dependencies = [("mentors", "0008_letters_and_objections")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
