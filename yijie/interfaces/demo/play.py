"""What the scenes share: the narrator, the Beijing hospital, the settlements made so far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from yijie.interfaces.sample import institutions
from yijie.interfaces.sample.cast import Member
from yijie.kernel.dates import now

from .bills import SHORT_BILL
from .his import HospitalSystem, Item, total_of
from .narrator import Narrator


class Play:
    """A journey under way; ``address_of`` names the server that a region's hospitals speak to."""

    def __init__(self, address_of: Callable[[str], str], narrator: Narrator) -> None:
        self.say = narrator
        self.address_of = address_of
        self.beijing = self.hospital(institutions.BEIJING_TERTIARY, "北京样例第一人民医院")
        self.settled: list[str] = []

    def hospital(self, code: str, name: str) -> HospitalSystem:
        """The information system of an institution, signed in."""
        system = HospitalSystem(self.address_of(code[1:7]), code, name, code[1:7])
        system.sign_in()
        return system

    def short_stay(
        self, member: Member, his: HospitalSystem, record: str, *, extension: str = "", items: list[Item] | None = None
    ) -> dict[str, Any]:
        """A stay of four days with a handful of lines, settled."""
        patient = his.patient(his.read_card(member.certificate, member.name))
        began = now() - timedelta(days=4)
        encounter = his.admit(patient, record, began, extension=extension)
        charged = items or SHORT_BILL
        his.charge(patient, encounter, charged, began)
        his.discharge(patient, encounter, now())
        bill = his.stay_bill(patient, encounter, total_of(charged), account=patient.insurance == "310")
        settled: dict[str, Any] = his.ask("2304", bill, insured_in=patient.home_region)
        self.settled.append(settled["setlinfo"]["setl_id"])
        return settled
