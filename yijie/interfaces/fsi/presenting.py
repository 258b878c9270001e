"""The answer as a client's profile wants it: what differs between provinces in answers, done at the very edge.

What is kept with a message id is always the national form, so a change of profile changes how an answer is said, never
what was decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from yijie.kernel.errors import YijieError

from .answer import failure, success
from .bodies import ENCRYPTION_TYPE, SIGNATURE_TYPE, encrypted, signature_of
from .clients import Profile

FUNDS, ACCOUNT = "fund_pay_sumamt", "acct_pay"
ACCOUNT_OF_A_MONTH = "acct_pay_sumamt"
"""As 2172 calls it."""
SUMS_OF_A_FILE = frozenset({"3202"})
"""Their totals are those of an uploaded file, which is compared as it is written."""
AMOUNT = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,6})?")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def done(
    infno: str, output: bytes, profile: Profile, *, reference: str, received: datetime, responded: datetime
) -> bytes:
    """The answer of a transaction that was done; ``output`` is its JSON in the national form."""
    members: dict[str, Any] = {}
    if not profile.plain:
        output = in_words_of(infno, output, profile)
        if profile.own_key:
            members |= {"signtype": SIGNATURE_TYPE, "cainfo": signature_of(output, profile.own_key)}
        if profile.encrypts_output:
            members |= {"enc_type": ENCRYPTION_TYPE}
            output = _ENCODER.encode(encrypted(output, profile.sm4_key))
    return success(
        output,
        reference=reference,
        received=received,
        responded=responded,
        infcode_as_text=profile.infcode_as_text,
        members=members,
    )


def refused(
    error: YijieError, profile: Profile | None, *, reference: str, received: datetime, responded: datetime
) -> bytes:
    """The answer of a transaction that was refused; ``profile`` is None where the sender is not known."""
    as_text = profile is not None and profile.infcode_as_text
    return failure(error, reference=reference, received=received, responded=responded, infcode_as_text=as_text)


def in_words_of(infno: str, output: bytes, profile: Profile) -> bytes:
    """An ``output`` with the profile's node names and its meaning of the fund total."""
    names = profile.node_names.get(infno, {})
    if not names and not (profile.account_in_funds and FUNDS.encode() in output):
        return output
    said = json.loads(output, parse_float=Decimal)
    if profile.account_in_funds:
        _add_account(said)
    if names and isinstance(said, dict):
        said = {names.get(name, name): value for name, value in said.items()}
    return _ENCODER.encode(said)


def _add_account(value: Any) -> None:
    """Where a record has both, its fund total takes the personal account in (as Guangdong reads it)."""
    if isinstance(value, list):
        for one in value:
            _add_account(one)
    elif isinstance(value, Mapping):
        account = value.get(ACCOUNT, value.get(ACCOUNT_OF_A_MONTH))
        if FUNDS in value and account is not None:
            value[FUNDS] += account  # type: ignore[index]  # a dict of our own parsing
        for one in value.values():
            if isinstance(one, list | dict):
                _add_account(one)


def in_national_words(infno: str, payload: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """An ``input`` of a client whose fund total includes the personal account, with the account taken out again."""
    if not profile.account_in_funds or infno in SUMS_OF_A_FILE:
        return payload
    return {node: _without_account(value) for node, value in payload.items()}


def _without_account(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_account(one) for one in value]
    if isinstance(value, dict) and FUNDS in value and ACCOUNT in value:
        funds, account = (_number(value[name]) for name in (FUNDS, ACCOUNT))
        if funds is not None and account is not None:
            return value | {FUNDS: funds - account}
    return value


def _number(raw: Any) -> Decimal | None:
    """An amount as a number; None where it is none, which reading by the tables will say."""
    if raw is None or raw == "":
        return Decimal(0)
    if isinstance(raw, Decimal):
        return raw if AMOUNT.fullmatch(f"{raw:f}") else None
    return Decimal(raw) if isinstance(raw, str) and AMOUNT.fullmatch(raw) else None
