"""Short ways to write policies and cases in tests; what comes out has gone through the real reader."""

from datetime import date

import yaml

from yijie.engines.benefit import Amounts, Case, Remote
from yijie.engines.benefit.read_policy import read_policy
from yijie.kernel.codes import CareKind, FilingKind, HospitalLevel, Insurance, PersonCategory, Relation
from yijie.kernel.money import fen_from_yuan

SOURCE = {"law": {"title": "办法", "url": "https://example.org", "trust": "B"}}
LOCAL = Remote()
REFERRED = Remote(Relation.CROSS_PROVINCE, FilingKind.REFERRAL)
UNFILED = Remote(Relation.SAME_PROVINCE)


def since(value, start="2000-01-01", **more):
    """A parameter with one value from a day on."""
    return [{"from": start, "value": value, "source": "law", **more}]


def layer(*steps, pays_from="pooled", when=None):
    """A layer file for everybody, or for ``when``."""
    return {"title": {"zh": "层", "en": "Layer"}, "pays_from": pays_from, "for": when or {}, "steps": list(steps)}


def adjuster(*steps, when=None):
    """A file that adjusts the layers of the pooled fund."""
    return {"title": {"zh": "异地", "en": "Remote"}, "adjusts": "pooled", "for": when or {}, "steps": list(steps)}


def ratio(share, **more):
    return {"ratio": {"share": since(share), **more}}


def deductible(amount, **more):
    return {"deductible": {"amount": since(amount), **more}}


def bands(*shares, measured_on="cost", **more):
    """Bands from (upper end or None, share) pairs."""
    rows, over = [], 0
    for to, share in shares:
        rows.append({"over": over, "share": share} | ({} if to is None else {"to": to}))
        over = to
    return {"bands": {"measured_on": measured_on, "schedule": since(rows), **more}}


def ceiling(kind, amount, per="year", **more):
    return {f"{kind}_ceiling": {"per": per, "amount": since(amount), **more}}


def policy(*layers, pool=None, **named):
    """A policy of layers in order: ``layer1``, ``layer2`` … or by keyword; adjusters do not join the chain."""
    files = {f"layer{number}": body for number, body in enumerate(layers, 1)} | named
    chain = [name for name, body in files.items() if "adjusts" not in body]
    root = {"region": "440300", "name": {"zh": "甲市", "en": "A"}, "chain": chain, "sources": SOURCE, **(pool or {})}
    texts = {"pool.yaml": root} | {f"{name}.yaml": body for name, body in files.items()}
    return read_policy({name: yaml.safe_dump(body, allow_unicode=True) for name, body in texts.items()}, "pool")


def case(eligible="0", *, first="0", over="0", out="0", buckets=None, day="2025-03-10", **more):
    """An inpatient case of a working employee in a tertiary hospital; amounts are yuan texts."""
    parts = [fen_from_yuan(text) for text in (eligible, first, over, out)]
    defaults = {
        "id": "case",
        "insurance": Insurance.EMPLOYEE,
        "care": CareKind.INPATIENT,
        "service_from": date.fromisoformat(day),
        "service_to": date.fromisoformat(day),
        "category": PersonCategory.WORKING,
        "level": HospitalLevel.TERTIARY,
    }
    return Case(**(defaults | {"amounts": Amounts(sum(parts), *parts, buckets=buckets or {})} | more))
