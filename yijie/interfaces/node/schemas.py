"""The structures that messages between nodes carry, as JSON Schema, made from the types that read them."""

from __future__ import annotations

from typing import Any

import msgspec

from yijie.domain.decision import BenefitRequest, Granted, YearUsed
from yijie.domain.enrolment import Insured, Shown
from yijie.domain.exchange import Message
from yijie.domain.exchange.kinds import KINDS
from yijie.domain.institution import Standing
from yijie.domain.settlement import BegunVoid

TYPES = (Message, BenefitRequest, Granted, BegunVoid, Insured, Shown, Standing, YearUsed)


def published() -> dict[str, Any]:
    """Kinds with their versions, and the schema of every structure by its name."""
    _, components = msgspec.json.schema_components(TYPES, ref_template="#/structures/{name}")
    kinds = {kind.name: {"versions": list(kind.versions), "command": kind.command} for kind in KINDS.values()}
    return {"kinds": kinds, "structures": components}
