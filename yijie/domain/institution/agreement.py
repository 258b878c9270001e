"""Whether an institution may serve: under agreement on the day, open for remote patients, in the region it claims."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from yijie.domain.transaction import fetch
from yijie.kernel.language import Text
from yijie.kernel.region import name_of, pool_of

from .errors import InstitutionUnknown, NoAgreement, NotOpenForRemote, WrongRegion


@dataclass(frozen=True, slots=True)
class Standing:
    """An institution with what its agreement allows."""

    code: str
    name: str
    region: str
    kind: str
    grade: str
    level: str
    credit_code: str
    agreement_since: date
    agreement_until: date | None
    suspended: bool
    remote_inpatient: bool
    remote_outpatient: bool

    @property
    def pool(self) -> str:
        """The care region's pool, whose catalogue and books apply."""
        return pool_of(self.region)

    def require_agreement(self, day: date) -> None:
        """Refuse when no agreement holds on ``day``."""
        if day < self.agreement_since:
            why = Text(f"尚未生效（{self.agreement_since} 起）", f"it begins on {self.agreement_since}")
        elif self.agreement_until is not None and day > self.agreement_until:
            why = Text(f"已于 {self.agreement_until} 到期", f"it ended on {self.agreement_until}")
        elif self.suspended:
            why = Text("已被暂停", "it is suspended")
        else:
            return
        raise NoAgreement(name=self.name, code=self.code, day=day.isoformat(), why=why)

    def require_remote(self, *, inpatient: bool, home_region: str) -> None:
        """Refuse a patient insured elsewhere when the institution is not open for that care."""
        if not (self.remote_inpatient if inpatient else self.remote_outpatient):
            raise NotOpenForRemote(
                name=self.name,
                care=Text("住院", "inpatient") if inpatient else Text("门诊", "outpatient"),
                home=name_of(home_region),
            )

    def require_region(self, given: str) -> None:
        """Refuse a message whose care region is not the institution's own pool."""
        if pool_of(given) != self.pool:
            raise WrongRegion(given=given, code=self.code, region=self.region)


REMEMBERED_SECONDS_MAX = 3.0

COLUMNS = """code, name, region, kind, grade, level, credit_code, agreement_since, agreement_until, suspended,
remote_inpatient, remote_outpatient"""


_remembered: dict[str, tuple[float, Standing]] = {}


def standing(code: str) -> Standing:
    """The institution with a code; unknown codes are refused.

    Every message asks for it, so the answer is remembered for a few seconds: a suspension takes hold that much later.
    """
    seen = _remembered.get(code)
    if seen is not None and time.monotonic() - seen[0] < REMEMBERED_SECONDS_MAX:
        return seen[1]
    rows = fetch(f"SELECT {COLUMNS} FROM institution_institution WHERE code = %s", [code])
    if not rows:
        raise InstitutionUnknown(code=code)
    _remembered[code] = (time.monotonic(), Standing(*rows[0]))
    return _remembered[code][1]


def find(*, kind: str = "", name: str = "", code: str = "", limit: int = 100) -> list[Standing]:
    """Institutions of a kind whose name contains ``name`` or whose code is ``code``, by code, at most ``limit``."""
    rows = fetch(
        f"SELECT {COLUMNS} FROM institution_institution"
        " WHERE (%(kind)s = '' OR kind = %(kind)s) AND (%(code)s = '' OR code = %(code)s)"
        " AND (%(name)s = '' OR strpos(name, %(name)s) > 0) ORDER BY code LIMIT %(limit)s",
        {"kind": kind, "name": name, "code": code, "limit": limit},
    )
    return [Standing(*row) for row in rows]
