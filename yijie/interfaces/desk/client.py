"""The desk as a client of the HIS interface: the same messages, checks and answers that a hospital's own system gets.

Message ids come with the form, so a form sent twice takes effect once.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from yijie.domain import access, institution
from yijie.interfaces.fsi.service import answer
from yijie.kernel.dates import SHANGHAI, now
from yijie.kernel.errors import YijieError
from yijie.kernel.language import speaking

from .language import language
from .page import DeskRequest

FORM_AGE_MAX = timedelta(hours=8)
_serials = itertools.count(secrets.randbelow(5000))


class DeskRefused(YijieError):
    """The platform refused a message; its own words say why and what to do."""

    code = "desk.refused"
    zh = "{said}"
    en = "{said}"


def fresh_id(institution_code: str) -> str:
    """A fresh message id: institution, second, four digits (national form)."""
    return f"{institution_code}{now():%Y%m%d%H%M%S}{next(_serials) % 10_000:04d}"


def moment_in(msgid: str) -> datetime:
    """When the form with this message id was made: a form sent twice says the same both times."""
    try:
        made = datetime.strptime(msgid[12:26], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return now()
    return made if now() - FORM_AGE_MAX < made <= now() else now()


def own_institution(request: DeskRequest) -> str:
    """The institution at whose desk the user sits."""
    return request.scope.institutions[0]


def body_of(request: DeskRequest, infno: str, payload: Mapping[str, Any], *, insured_in: str, msgid: str) -> bytes:
    """The bytes of a message."""
    at = institution.standing(own_institution(request))
    return msgspec.json.encode(
        {
            "infno": infno,
            "msgid": msgid,
            "mdtrtarea_admvs": at.region,
            "insuplc_admdvs": insured_in,
            "recer_sys_code": "YIJIE",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": request.user.get_username()[:30],
            "opter_name": request.user.display[:50] or request.user.get_username()[:30],
            "inf_time": f"{now():%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": at.code,
            "fixmedins_name": at.name[:20],
            "input": payload,
        }
    )


def send(body: bytes) -> Any:
    """Give a message to the platform; its ``output``, exact numbers, or :class:`DeskRefused`."""
    with access.as_platform(), speaking(language()):
        said = json.loads(answer(body), parse_float=Decimal)
    if said["infcode"] != 0:
        raise DeskRefused(said=said["err_msg"])
    return said["output"]


def ask(request: DeskRequest, infno: str, payload: Mapping[str, Any], *, insured_in: str = "", msgid: str = "") -> Any:
    """Make a message and send it."""
    msgid = msgid or fresh_id(own_institution(request))
    return send(body_of(request, infno, payload, insured_in=insured_in, msgid=msgid))
