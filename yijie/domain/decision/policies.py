"""The policy packs this process decides by, and the packs that earlier decisions were made by.

A change of policy is a dated value in a pack's files, never a release. Every pack is kept in the database under its
fingerprint the first time a process loads it, so that a decision can be worked out again however the files change.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.conf import settings

from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.engines.benefit import Policy, load_policies, read_policy
from yijie.kernel.dates import now
from yijie.kernel.errors import invariant
from yijie.kernel.region import name_of

from .errors import PolicyMissing


@cache
def packs() -> dict[str, Policy]:
    """The packs in force, by pool; read once per process, so that a mistake in one shows at the start.

    What they say of themselves names files as seen from their folder: it reaches desks in other regions.
    """
    return load_policies(settings.POLICIES_DIR, relative=True)


def policy_of(region: str) -> Policy:
    """The policy pack of a home pool."""
    pack = packs().get(region)
    if pack is None:
        raise PolicyMissing(region=name_of(region))
    return pack


def keep_packs() -> None:
    """Keep the packs in force under their fingerprints; those kept before stay as they are."""
    _keep(list(packs().values()))


def keep_pack(pack: Policy) -> None:
    """Keep one more version, such as one that held before this installation was set up."""
    _keep([pack])


def _keep(kept: Sequence[Policy]) -> None:
    rows = [
        {
            "fingerprint": pack.fingerprint,
            "region": pack.region,
            "name": pack.name.zh,
            "files": dict(pack.files),
        }
        for pack in kept
    ]
    execute(
        "INSERT INTO decision_policypack (fingerprint, region, name, files, kept_at)"
        " SELECT k.*, %s FROM json_to_recordset(%s::json) AS k (fingerprint text, region text, name text, files jsonb)"
        " ON CONFLICT DO NOTHING",
        [now(), json_text(rows)],
    )


@cache
def kept_pack(fingerprint: str) -> Policy:
    """A pack as it was kept, by its fingerprint."""
    [(files,)] = fetch("SELECT files FROM decision_policypack WHERE fingerprint = %s", [fingerprint])
    pack = read_policy(from_json(files), fingerprint[:8])
    invariant(pack.fingerprint == fingerprint, "decision.pack_kept_whole", kept=fingerprint, read=pack.fingerprint)
    return pack
