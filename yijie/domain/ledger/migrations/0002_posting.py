"""Postings: partitioned by month, never changed, never removed."""

from django.db import migrations

CREATE = """
CREATE TABLE ledger_posting (
    month       date        NOT NULL,
    transaction bigint      NOT NULL,
    line        smallint    NOT NULL,
    region      varchar(6)  NOT NULL,
    template    varchar(20) NOT NULL,
    settlement  bigint,
    account     varchar(20) NOT NULL,
    owner       varchar(30) NOT NULL,
    amount      bigint      NOT NULL CHECK (amount <> 0),
    at          timestamptz NOT NULL,
    PRIMARY KEY (month, transaction, line)
) PARTITION BY RANGE (month);
CREATE INDEX ledger_posting_settlement ON ledger_posting (settlement);
CREATE INDEX ledger_posting_account ON ledger_posting (region, account, owner, at);
CREATE TABLE ledger_posting_other PARTITION OF ledger_posting DEFAULT;

CREATE FUNCTION yijie_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new entry with a reason', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION yijie_append_only();
"""
DROP = "DROP TABLE ledger_posting; DROP FUNCTION yijie_append_only()"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
