"""The desk as a client of the HIS interface: the same messages, checks and answers that a hospital's own system gets.

Message ids come with the form, so a form sent twice takes effect once.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from yijie.domain import access, institution
from yijie.interfaces.fsi.service import answer
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

from .page import DeskRequest

_serials = itertools.count(secrets.randbelow(5000))


class DeskRefused(YijieError):
    """The platform refused a message; its own words say why and what to do."""

    code = "desk.refused"
    zh = "{said}"
    en = "{said}"


def fresh_id(institution_code: str) -> str:
    """A fresh message id: institution, second, four digits (national form)."""
    return f"{institution_code}{now():%Y%m%d%H%M%S}{next(_serials) % 10_000:04d}"


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
    with access.as_platform():
        said = json.loads(answer(body), parse_float=Decimal)
    if said["infcode"] != 0:
        raise DeskRefused(said=said["err_msg"])
    return said["output"]


def ask(request: DeskRequest, infno: str, payload: Mapping[str, Any], *, insured_in: str = "", msgid: str = "") -> Any:
    """Make a message and send it."""
    msgid = msgid or fresh_id(own_institution(request))
    return send(body_of(request, infno, payload, insured_in=insured_in, msgid=msgid))
