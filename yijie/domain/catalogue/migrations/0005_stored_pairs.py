from django.db import migrations

FORWARD = """
DROP INDEX item_pairs;
CREATE OR REPLACE FUNCTION yijie_pairs(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := lower(regexp_replace(normalize(name, NFKC), '[[:space:][:punct:]]', '', 'g'));
    made text[] := '{}';
    pair text;
BEGIN
    FOR at IN 1..greatest(char_length(plain) - 1, 1) LOOP
        pair := substr(plain, at, 2);
        IF pair <> ALL (made) THEN made := made || pair; END IF;
    END LOOP;
    RETURN made;
END $$;
ALTER TABLE catalogue_item ADD COLUMN pairs text[] GENERATED ALWAYS AS (yijie_pairs(name)) STORED;
CREATE INDEX item_pairs ON catalogue_item USING gin (pairs);
CREATE FUNCTION yijie_common_pairs(rows_max integer) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(pair), '{}')
    FROM pg_stats s JOIN pg_class c ON c.oid = 'public.catalogue_item'::regclass,
         unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS known (pair, share)
    WHERE s.schemaname = 'public' AND s.tablename = 'catalogue_item' AND s.attname = 'pairs'
      AND pair IS NOT NULL AND share * c.reltuples > rows_max $$;
COMMENT ON FUNCTION yijie_common_pairs IS 'pairs that more items share than this, by the statistics of the database';
"""
BACKWARD = """
DROP FUNCTION yijie_common_pairs(integer);
DROP INDEX item_pairs;
ALTER TABLE catalogue_item DROP COLUMN pairs;
CREATE INDEX item_pairs ON catalogue_item USING gin (yijie_pairs(name));
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_pairs")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
