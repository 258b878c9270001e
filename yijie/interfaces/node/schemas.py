"""What messages between nodes carry, as JSON Schema, made from the types that read them."""

from __future__ import annotations

from typing import Any

import msgspec

from yijie.domain.exchange import Message
from yijie.domain.exchange.kinds import KINDS

from .bodies import BODIES, Refusal


def published() -> dict[str, Any]:
    """Kinds by version with the schemas of body and answer, and the schema of every structure by its name."""
    types = [Message, Refusal, *(one for pair in BODIES.values() for one in pair)]
    schemas, structures = msgspec.json.schema_components(types, ref_template="#/structures/{name}")
    bodies = dict(zip(BODIES, zip(schemas[2::2], schemas[3::2], strict=True), strict=True))
    kinds = {
        kind.name: {
            "command": kind.command,
            "seconds": kind.seconds_max,
            "versions": {str(v): dict(zip(("body", "done"), bodies[kind.name, v], strict=True)) for v in kind.versions},
        }
        for kind in KINDS.values()
    }
    return {"message": schemas[0], "error": schemas[1], "kinds": kinds, "structures": structures}
