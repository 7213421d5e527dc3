# Text of any length: an encrypted number is longer than the number. What is stored is encrypted by the next one.

import consortium.sealed
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consortium', '0014_seat_end_cause'),
    ]

    operations = [
        migrations.AlterField(
            model_name='membershipobjection',
            name='contact',
            field=consortium.sealed.SealedField(verbose_name='mail address or telephone'),
        ),
        migrations.AlterField(
            model_name='organisationcontact',
            name='phone',
            field=consortium.sealed.SealedField(blank=True, verbose_name='phone'),
        ),
    ]
