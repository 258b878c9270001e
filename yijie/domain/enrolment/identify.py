"""Who stands at the desk: by identity card, social-security card or electronic credential."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from yijie.kernel.dates import now
from yijie.kernel.identity import masked_number
from yijie.kernel.language import Text

from .errors import CredentialUnknown, IdentityMismatch, PersonUnknown
from .models import Credential, Person, SpecialGroup

CREDENTIAL_LIFETIME = timedelta(minutes=10)
CREDENTIAL_DAY = timedelta(hours=24)
"""After its first use a credential stays good at the same institution for the rest of the visit, at most a day."""


def by_certificate(certificate_type: str, number: str, name: str = "") -> Person:
    """The person with an identity document; where a name is given it must be the registered one."""
    person = Person.objects.filter(certificate_type=certificate_type, certificate_number=number.upper()).first()
    if person is None:
        raise PersonUnknown(what=Text("证件", "the document"), number=masked_number(number))
    return _named(person, name)


def by_card(number: str, serial: str = "", name: str = "") -> Person:
    """The holder of a social-security card; where a serial is given it must be the card's own."""
    person = Person.objects.filter(card_number=number).exclude(card_number="").first()
    if person is None:
        raise PersonUnknown(what=Text("社会保障卡", "the social-security card"), number=masked_number(number))
    if serial and person.card_serial and serial != person.card_serial:
        raise IdentityMismatch(what=Text("卡识别码", "the serial of the card"))
    return _named(person, name)


def by_credential(token: str, institution: str, name: str = "") -> Person:
    """The person who shows an electronic credential; the first use binds the token to the institution."""
    with transaction.atomic():
        credential = Credential.objects.select_for_update().select_related("person").filter(token=token).first()
        if credential is None:
            raise CredentialUnknown(why=Text("查无此令牌", "there is no such token"))
        moment = now()
        if credential.redeemed_at is None:
            if moment > credential.expires_at:
                raise CredentialUnknown(why=Text("二维码已过期", "the code has expired"))
            credential.redeemed_at, credential.redeemed_by = moment, institution
            credential.save(update_fields=["redeemed_at", "redeemed_by"])
        _usable(credential, institution, moment)
    return _named(credential.person, name)


def _usable(credential: Credential, institution: str, moment: datetime) -> None:
    if credential.redeemed_by != institution:
        raise CredentialUnknown(why=Text("令牌已在其他机构使用", "it was used elsewhere"))
    if credential.redeemed_at is not None and moment > credential.redeemed_at + CREDENTIAL_DAY:
        raise CredentialUnknown(why=Text("令牌已超过使用期限", "its time is over"))


def issue_credential(person_number: str) -> str:
    """A fresh one-time token for a person's electronic credential, as the patient's phone shows it."""
    person = Person.objects.filter(number=person_number).first()
    if person is None:
        raise PersonUnknown(what=Text("人员编号", "person number"), number=masked_number(person_number))
    moment = now()
    credential = Credential.objects.create(
        token=f"EC{secrets.token_hex(20)}", person=person, issued_at=moment, expires_at=moment + CREDENTIAL_LIFETIME
    )
    return credential.token


def _named(person: Person, name: str) -> Person:
    if name and name != person.name:
        raise IdentityMismatch(what=Text("姓名", "the name"))
    return person


def groups_of(person: Person, day: date) -> list[SpecialGroup]:
    """The special groups (特殊人员身份) a person is in on ``day`` or will be, with their times."""
    return list(person.groups.filter(Q(until__isnull=True) | Q(until__gte=day)).order_by("group"))
