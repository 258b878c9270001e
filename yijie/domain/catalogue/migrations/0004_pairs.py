from django.db import migrations

FORWARD = """
CREATE FUNCTION yijie_pairs(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY(
        SELECT DISTINCT substr(plain, at, 2)
        FROM (SELECT lower(regexp_replace(normalize(name, NFKC), '[[:space:][:punct:]]', '', 'g')) AS plain) AS said,
             generate_series(1, greatest(char_length(plain) - 1, 1)) AS at)
$$;
COMMENT ON FUNCTION yijie_pairs IS 'pairs of characters of a name, by which items of like names are found';
CREATE INDEX item_pairs ON catalogue_item USING gin (yijie_pairs(name));
"""
BACKWARD = "DROP INDEX item_pairs; DROP FUNCTION yijie_pairs(text);"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_own_items")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
