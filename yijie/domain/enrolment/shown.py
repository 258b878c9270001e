"""What a patient shows at the desk, and whether it is the person the message speaks of (实名就医)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yijie.domain.transaction import fetch
from yijie.kernel.dates import now
from yijie.kernel.language import Text

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


def owners_of(shown: Sequence[tuple[Shown, str]]) -> dict[tuple[Shown, str], str]:
    """Person numbers behind electronic credentials shown at institutions, as far as usable there now.

    One statement, or none where no credential was shown.
    """
    electronic = [(s, at) for s, at in shown if s.credential == ELECTRONIC and s.credential_number]
    if not electronic:
        return {}
    rows = fetch(
        "SELECT k.nr, p.number FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS k (token, institution, nr)"
        " JOIN enrolment_credential c ON c.token = k.token JOIN enrolment_person p ON p.id = c.person_id"
        " WHERE c.redeemed_by = k.institution AND c.redeemed_at > %s OR c.redeemed_at IS NULL AND c.expires_at > %s",
        [[s.credential_number for s, _ in electronic], [at for _, at in electronic], now() - CREDENTIAL_DAY, now()],
    )
    return {electronic[nr - 1]: number for nr, number in rows}


def require_same_person(shown: Shown, person: Insured, owner: str | None) -> None:
    """Refuse a document, name, card or electronic credential (of ``owner``) that is not the person's."""
    if shown.certificate_number and shown.certificate_number.upper() != person.certificate_number:
        raise IdentityMismatch(what=Text("证件号码", "the number of the document"))
    if shown.name and shown.name != person.name:
        raise IdentityMismatch(what=Text("姓名", "the name"))
    number = shown.credential_number
    if not number:
        return
    if shown.credential == ELECTRONIC:
        if owner != person.person_number:
            raise CredentialUnknown(
                why=Text(
                    "令牌不属于该人员、已过期或已在其他机构使用",
                    "it is somebody else's, has expired or was used elsewhere",
                )
            )
    elif shown.credential == IDENTITY_CARD:
        if number.upper() != person.certificate_number:
            raise IdentityMismatch(what=Text("就诊凭证编号（身份证）", "the identity card shown"))
    elif shown.credential == SOCIAL_CARD and number not in (person.card_number, person.certificate_number):
        raise IdentityMismatch(what=Text("就诊凭证编号（社会保障卡）", "the social-security card shown"))
