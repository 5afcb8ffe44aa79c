"""Every decision, whoever makes it, stands in the outbox in its own transaction; those that are there already too."""

from django.db import migrations

FORWARD = """
INSERT INTO api_outbox (decision_id) SELECT id FROM register_decision;
CREATE FUNCTION api_to_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_outbox (decision_id) SELECT id FROM made;
    RETURN NULL;
END $$;
CREATE TRIGGER api_to_outbox AFTER INSERT ON register_decision
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION api_to_outbox();
"""
BACK = """
DROP TRIGGER api_to_outbox ON register_decision;
DROP FUNCTION api_to_outbox();
DELETE FROM api_outbox;
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0001_tables"), ("register", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
