"""New facts in place of old ones, institution by institution; apart from the import, which runs before Django wakes."""

from __future__ import annotations

from collections.abc import Iterable

from yijie.domain.bulk import refusing

from .load import InstitutionRow
from .models import Institution


def put_institutions(rows: Iterable[InstitutionRow]) -> int:
    """Add institutions, or put new facts in place of those under the same code. Returns how many."""
    given = [Institution(**row._asdict()) for row in rows]
    fields = [name for name in InstitutionRow._fields if name != "code"]
    with refusing("institution_institution"):
        Institution.objects.bulk_create(
            given, batch_size=1000, update_conflicts=True, unique_fields=["code"], update_fields=fields
        )
    return len(given)
