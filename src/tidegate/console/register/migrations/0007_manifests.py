import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0006_young_and_busy'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('manifest', models.CharField(blank=True, max_length=140)),
                ('number', models.CharField(blank=True, max_length=140)),
                ('master', models.CharField(blank=True, max_length=140)),
                ('container', models.CharField(blank=True, max_length=140)),
                ('transport_mode', models.CharField(blank=True, max_length=10)),
                ('unloading_port', models.CharField(blank=True, max_length=35)),
                ('arrived_on', models.DateField(null=True)),
                ('fields', models.JSONField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='register.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('number', ''), _negated=True), fields=['number'], name='bill_number'), models.Index(condition=models.Q(('master', ''), _negated=True), fields=['master'], name='bill_master'), models.Index(condition=models.Q(('container', ''), _negated=True), fields=['container', 'arrived_on'], name='bill_container'), models.Index(fields=['manifest'], name='bill_manifest'), models.Index(fields=['unloading_port', 'transport_mode', 'arrived_on'], name='bill_arrival')],
            },
        ),
        # As in 0006: what is never compared is not sampled.
        migrations.RunSQL("ALTER TABLE register_bill ALTER COLUMN fields SET STATISTICS 0", migrations.RunSQL.noop),
    ]
