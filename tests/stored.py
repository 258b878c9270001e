"""Everything a database holds, as one value per table: equal before and after means that nothing was stored."""

from django.db import connection

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT IN ('django_migrations', 'catalogue_item', 'catalogue_term', 'institution_institution', 'fsi_tally',
                        'fsi_refusal')
ORDER BY 1
"""


def everything_stored():
    """Table → (number of rows, sum of the rows' hashes), reference tables left out.

    So is what a server writes of every message now and then, after its answer: how many, and which were refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        each = (
            f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t" for name in names
        )
        cursor.execute(" UNION ALL ".join(each))
        return {name: (rows, hashed) for name, rows, hashed in cursor.fetchall()}


def rows(sql, *parameters):
    """Rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def one(sql, *parameters):
    """The one value a statement answers."""
    [(value,)] = rows(sql, *parameters)
    return value
