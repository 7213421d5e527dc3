"""Appointments from before nominations: on what they rest, and when their next year is to be assessed. Not taken back."""

from datetime import date, timedelta

from django.db import migrations

EARLIER = "提名流程启用前登记的聘任"


def fill(apps, schema_editor):
    from consortium import clock

    appointments = apps.get_model("mentors", "Appointment")
    appointments.objects.filter(nomination=None, grounds="").update(grounds=EARLIER)
    today = clock.today()
    for row in appointments.objects.filter(state="active", until__gte=today).iterator():
        row.assess_due = _end_of_the_year(row.since, row.until, today)
        row.save(update_fields=["assess_due"])


def _end_of_the_year(since, until, day):
    """The last day of the year of the term in which `day` lies."""
    for year in range(1, 100):
        try:
            end = since.replace(year=since.year + year) - timedelta(days=1)
        except ValueError:  # 29 February
            end = date(since.year + year, 2, 28)
        if end >= day or end >= until:
            return min(end, until)


class Migration(migrations.Migration):
    dependencies = [("mentors", "0009_nominations")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
