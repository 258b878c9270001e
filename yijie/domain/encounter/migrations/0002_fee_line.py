"""Fee lines: partitioned by the month of their encounter; the graded parts of every line add up."""

from django.db import migrations

CREATE = """
CREATE TABLE encounter_fee_line (
    month           date          NOT NULL,
    encounter_id    bigint        NOT NULL REFERENCES encounter_encounter (id),
    serial          varchar(30)   NOT NULL,
    original        varchar(30)   NOT NULL,
    batch           varchar(30)   NOT NULL,
    charged_at      timestamptz   NOT NULL,
    item            varchar(50)   NOT NULL,
    own_code        varchar(150)  NOT NULL,
    price           numeric(16,6) NOT NULL CHECK (price >= 0),
    quantity        numeric(16,4) NOT NULL,
    amount          bigint        NOT NULL,
    not_covered     bigint        NOT NULL,
    over_ceiling    bigint        NOT NULL,
    first_self_pay  bigint        NOT NULL,
    eligible        bigint        NOT NULL,
    item_class      varchar(2)    NOT NULL,
    charge_category varchar(6)    NOT NULL,
    share           numeric(5,4)  NOT NULL,
    ceiling         numeric(16,6),
    restricted      boolean       NOT NULL,
    approval        varchar(3)    NOT NULL,
    details         jsonb         NOT NULL,
    uploaded_at     timestamptz   NOT NULL,
    revoked_at      timestamptz,
    PRIMARY KEY (month, encounter_id, serial, uploaded_at),
    CONSTRAINT fee_line_parts CHECK (amount = not_covered + over_ceiling + first_self_pay + eligible),
    CONSTRAINT fee_line_signs CHECK (
        quantity < 0 OR least(not_covered, over_ceiling, first_self_pay, eligible) >= 0)
) PARTITION BY RANGE (month);
CREATE UNIQUE INDEX fee_line_live ON encounter_fee_line (month, encounter_id, serial) WHERE revoked_at IS NULL;
CREATE TABLE encounter_fee_line_other PARTITION OF encounter_fee_line DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("encounter", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE encounter_fee_line")]
