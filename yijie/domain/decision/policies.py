"""The policy packs this process decides by, loaded once; a change of policy is a dated value, never a release."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from yijie.engines.benefit import Policy, load_policies
from yijie.kernel.region import name_of

from .errors import PolicyMissing


@cache
def _packs() -> dict[str, Policy]:
    return load_policies(settings.POLICIES_DIR)


def policy_of(region: str) -> Policy:
    """The policy pack of a home pool."""
    pack = _packs().get(region)
    if pack is None:
        raise PolicyMissing(region=name_of(region))
    return pack


def warm_up() -> int:
    """Load all packs now, so that a mistake in one shows at the start; returns how many there are."""
    return len(_packs())
