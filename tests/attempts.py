"""Attempts across nodes as they stand in the books of one node."""

from datetime import timedelta

from yijie.domain.settlement.models import Attempt
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id


def attempt(region, home_region, **said):
    """An open attempt of a care region for a person of a home region that another node holds."""
    number = new_id()
    facts = {
        "id": number,
        "action": "settle",
        "message": f"m {number}",
        "content_hash": "",
        "region": region,
        "institution": "H11010500001",
        "encounter": number,
        "batch": "b",
        "person_number": "",
        "insurance": "310",
        "home_region": home_region,
        "home_node": "node-51",
        "total": 12_345,
        "state": "received",
        "at": now() - timedelta(minutes=3),
        "deadline_at": now() - timedelta(minutes=2),
        "reason": "",
        "details": {},
    }
    return Attempt.objects.create(**(facts | said))
