"""What a user may see: the regions and institutions of the roles they hold today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yijie.kernel.dates import today
from yijie.kernel.language import Text
from yijie.kernel.region import NATION, names, pool_of

from .errors import NotAllowed
from .models import HOSPITAL_ROLES, Grant, Role, User


@dataclass(frozen=True, slots=True)
class Scope:
    """A user's roles with where each holds."""

    username: str
    roles: frozenset[Role]
    regions: tuple[str, ...]
    """Pools and provinces whose rows the user sees, each code written out."""
    institutions: tuple[str, ...]

    def may(self, *roles: Role) -> bool:
        """Whether the user holds one of the roles."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role) -> None:
        """Refuse unless the user holds one of the roles."""
        if not self.may(*roles):
            said = ", ".join(role.value.replace("_", " ") for role in roles)
            raise NotAllowed(roles=Text("、".join(role.label for role in roles), said))


def scope_of(user: User, day: date | None = None) -> Scope:
    """The scope of a user on a day (default: today); an inactive user's is empty."""
    if not user.is_active:
        return Scope(user.username, frozenset(), (), ())
    asked = day or today()
    grants = Grant.objects.filter(Q(until__isnull=True) | Q(until__gte=asked), user=user, since__lte=asked)
    roles, regions, institutions = set(), set(), set()
    for given in grants:
        role = Role(given.role)
        roles.add(role)
        if role in HOSPITAL_ROLES:
            institutions.add(given.institution)
        else:
            regions.update(regions_under(given.region))
    return Scope(user.username, frozenset(roles), tuple(sorted(regions)), tuple(sorted(institutions)))


def regions_under(code: str) -> frozenset[str]:
    """A granted region with the pools beneath it: the nation all, a province its cities, a city itself."""
    if code == NATION:
        return frozenset({NATION, *names()})
    if code.endswith("0000"):
        return frozenset({code} | {one for one in names() if one[:2] == code[:2]})
    return frozenset({pool_of(code)})
