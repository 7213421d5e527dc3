"""Certificates of before get the facts they were issued with, as far as they are known: the unit's name of that day."""

import hashlib
import json

from django.db import migrations


def fill(apps, schema_editor):
    Certificate = apps.get_model("consortium", "MembershipCertificate")
    Alias = apps.get_model("consortium", "OrganisationAlias")
    rows = Certificate.objects.filter(fingerprint="").select_related(
        "membership__organisation", "membership__council", "membership__resolution"
    )
    for row in rows:
        membership, resolution = row.membership, row.membership.resolution
        former = Alias.objects.filter(
            organisation=membership.organisation, kind="former", until__gte=row.issued_at.date()
        )
        former = former.order_by("until").first()
        row.facts = {
            "unit": former.name if former else membership.organisation.name_zh,
            "unit_en": membership.organisation.name_en,
            "council": membership.council.name_zh,
            "rank": membership.rank,
            "since": membership.since.isoformat(),
            "until": membership.until.isoformat(),
            "resolution": resolution.number,
            "passed_on": resolution.passed_on.isoformat(),
        }
        said = [row.number, *(row.facts[name] for name in ("unit", "council", "rank", "since", "resolution"))]
        row.fingerprint = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
        row.save(update_fields=["facts", "fingerprint"])


class Migration(migrations.Migration):
    dependencies = [("consortium", "0021_what_a_certificate_said")]
    # What was filled in stands for what was printed; going back drops the columns.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
