"""A seat that ends because it was handed over or its unit took another says so by a code, not by words of one language.

SQLite rebuilds the table and loses the triggers of 0010 with it, so they are put back, whichever way this runs.
"""

from importlib import import_module

from django.db import migrations, models

never_overlap = import_module("consortium.migrations.0010_seats_never_overlap")


def put_back(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for rule in never_overlap.RULES:
        if rule[1] == "consortium_seat":
            for event in ("insert", "update"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {rule[0]}_{event}")
            for statement in never_overlap._sqlite(*rule):
                schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('consortium', '0013_quiet_mails'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, put_back),
        migrations.RemoveConstraint(
            model_name='seat',
            name='seat_ended_early_has_a_reason',
        ),
        migrations.AddField(
            model_name='seat',
            name='end_cause',
            field=models.CharField(blank=True, choices=[('handed_over', 'Handed over to the unit that follows.'), ('took_over', 'Given up for another seat in this body.')], max_length=12, verbose_name='what ended it'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('end_cause__in', ['', 'handed_over', 'took_over'])), name='seat_end_is_known'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('until', models.F('term_ends')), models.Q(('end_reason', ''), _negated=True), models.Q(('end_cause', ''), _negated=True), _connector='OR'), name='seat_ended_early_has_a_reason'),
        ),
        migrations.RunPython(put_back, migrations.RunPython.noop),
    ]
