"""What the planner samples: nothing of values that it never compares, and of rows that come by the thousand as much as
its choice between a handful of indexes needs. Otherwise PostgreSQL spends seconds on that in every busy minute of a
young register, while declarations wait (decision 0011)."""

import django.db.models.deletion
from django.db import migrations, models

TARGET = 25  # rows sampled are three hundred times as many; PostgreSQL begins with 100
SAMPLED = {
    "register_declaration": (
        *("id", "number", "version", "current", "cancelled", "message_id", "received_at", "lodged_on", "office"),
        *("procedure", "importer_id", "importer_name", "line_count", "customs_value", "duty_at_stake", "currency"),
    ),
    "register_line": ("id", "declaration_id", "item_number", "hs_code", "origin_country"),
    "register_subject": ("id", "declaration_id", "role", "key", "lodged_on", "office"),
    "register_decision": (
        *("id", "declaration_id", "current", "made_at", "lodged_on", "office", "channel", "score", "probability"),
        *("targeted_by", "drawn", "hits", "edition_id", "officer_id", "act"),
    ),
}
NEVER = {
    "register_message": ("body", "faults"),
    "register_line": ("fields",),
    "register_subject": ("name",),
    "register_decision": ("reasons", "record", "note"),
    "register_task": ("reasons", "assignment"),
}


def targets(of: dict[str, tuple[str, ...]], target: int) -> list[str]:
    return [
        f"ALTER TABLE {table} " + ", ".join(f'ALTER COLUMN "{name}" SET STATISTICS {target}' for name in columns)
        for table, columns in of.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("register", "0005_fewer_checks")]

    operations = [
        # Both are written in the transaction that holds what they refer to; as lines in 0005.
        migrations.AlterField(
            model_name="declaration",
            name="message",
            field=models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="register.message"
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="edition",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to="register.edition",
            ),
        ),
        migrations.RunSQL(
            [*targets(SAMPLED, TARGET), *targets(NEVER, 0)], [*targets(SAMPLED, -1), *targets(NEVER, -1)]
        ),
    ]
