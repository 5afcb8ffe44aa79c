"""Deliveries are in order for a number, in all its versions: each version is a row of its own."""

from django.db import migrations, models

FILL = """UPDATE api_delivery SET number = one.number FROM register_declaration one WHERE one.id = declaration_id"""


class Migration(migrations.Migration):
    dependencies = [("api", "0002_outbox"), ("register", "0001_initial")]
    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_waiting"),
        migrations.AddField(
            model_name="delivery", name="number", field=models.CharField(default="", max_length=70), preserve_default=False
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="delivery", name="declaration_id"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["hook", "number", "position"], name="delivery_waiting"
            ),
        ),
    ]
