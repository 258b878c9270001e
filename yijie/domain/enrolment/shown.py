"""What a patient shows at the desk, and whether it is the person the message speaks of (实名就医)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yijie.domain.transaction import fetch
from yijie.kernel.dates import now

from .errors import CredentialUnknown, IdentityMismatch
from .identify import CREDENTIAL_DAY
from .relation import Insured

ELECTRONIC, IDENTITY_CARD, SOCIAL_CARD = "01", "02", "03"


@dataclass(frozen=True, slots=True)
class Shown:
    """A document and a credential as the desk read them; empty fields were not read.

    ``credential`` is 01 electronic credential, 02 identity card, 03 social-security card.
    """

    certificate_number: str = ""
    name: str = ""
    credential: str = ""
    credential_number: str = ""


NOTHING_SHOWN = Shown()


def tokens_of(shown: Sequence[Shown], institution: str) -> dict[str, str]:
    """Electronic credential token → person number, for tokens usable at the institution now; one statement or none."""
    tokens = [s.credential_number for s in shown if s.credential == ELECTRONIC and s.credential_number]
    if not tokens:
        return {}
    rows = fetch(
        "SELECT c.token, p.number FROM enrolment_credential c JOIN enrolment_person p ON p.id = c.person_id"
        " WHERE c.token = ANY(%s) AND (c.redeemed_by = %s AND c.redeemed_at > %s OR c.redeemed_at IS NULL"
        " AND c.expires_at > %s)",
        [tokens, institution, now() - CREDENTIAL_DAY, now()],
    )
    return dict(rows)


def require_same_person(shown: Shown, person: Insured, tokens: dict[str, str]) -> None:
    """Refuse a document, name, card or token that is not the person's."""
    if shown.certificate_number and shown.certificate_number.upper() != person.certificate_number:
        raise IdentityMismatch(what="证件号码")
    if shown.name and shown.name != person.name:
        raise IdentityMismatch(what="姓名")
    number = shown.credential_number
    if not number:
        return
    if shown.credential == ELECTRONIC:
        if tokens.get(number) != person.person_number:
            raise CredentialUnknown(why="令牌不属于该人员、已过期或已在其他机构使用")
    elif shown.credential == IDENTITY_CARD:
        if number.upper() != person.certificate_number:
            raise IdentityMismatch(what="就诊凭证编号（身份证）")
    elif shown.credential == SOCIAL_CARD and number not in (person.card_number, person.certificate_number):
        raise IdentityMismatch(what="就诊凭证编号（社会保障卡）")
