"""A demand whose only project was withdrawn stands answered again, as withdrawing leaves it from now on."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef


def free(apps, schema_editor):
    projects = apps.get_model("placements", "Project")
    standing = projects.objects.filter(demand=OuterRef("pk")).exclude(state="withdrawn")
    demands = apps.get_model("placements", "Demand").objects.filter(~Exists(standing), state="drafted")
    demands.update(state="responded", version=F("version") + 1)


class Migration(migrations.Migration):

    dependencies = [("placements", "0003_pay_below_floor_and_later_projects")]

    # Nothing to undo: the former code reads an answered demand as well.
    operations = [migrations.RunPython(free, migrations.RunPython.noop)]
