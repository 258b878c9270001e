"""The response envelope (table 1.2 of the document), built byte for byte.

``output`` goes in as bytes that were made once (:func:`yijie.interfaces.fsi.shaping.shape`) and stored with the
message id, so that an answer given again is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from yijie.interfaces.fsi.errors import err_msg
from yijie.kernel.dates import in_shanghai
from yijie.kernel.errors import YijieError, invariant

SUCCESS, FAILURE = 0, -1
EMPTY_OUTPUT = b"{}"
SERIAL_DIGITS = 10
REGION_DIGITS = 6

_ENCODER = msgspec.json.Encoder()


def reference_number(region: str, moment: datetime, serial: int) -> str:
    """``inf_refmsgid``: region (6 digits), yyyyMMddHHmmss, serial (10 digits). Unique as far as the serial is."""
    invariant(len(region) == REGION_DIGITS and region.isdigit(), "fsi.reference_region", region=region)
    invariant(0 <= serial < 10**SERIAL_DIGITS, "fsi.reference_serial", serial=serial)
    return f"{region}{in_shanghai(moment):%Y%m%d%H%M%S}{serial:0{SERIAL_DIGITS}d}"


def milliseconds_text(moment: datetime) -> str:
    """``refmsg_time`` and ``respond_time``: yyyyMMddHHmmssSSS in Asia/Shanghai."""
    local = in_shanghai(moment)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"


def success(
    output: bytes,
    *,
    reference: str,
    received: datetime,
    responded: datetime,
    infcode_as_text: bool = False,
    members: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Answer of a transaction that was done. ``output`` is the JSON of the output, inserted as it is.

    ``members`` come beside the members of the table, such as a signature.
    """
    infcode = str(SUCCESS) if infcode_as_text else SUCCESS
    return _answer(infcode, "", output, members, reference=reference, received=received, responded=responded)


def failure(
    error: YijieError, *, reference: str, received: datetime, responded: datetime, infcode_as_text: bool = False
) -> bytes:
    """Answer of a transaction that was refused; ``err_msg`` says why in at most 200 characters, with a stable code."""
    infcode = str(FAILURE) if infcode_as_text else FAILURE
    message = err_msg(error)
    return _answer(infcode, message, EMPTY_OUTPUT, {}, reference=reference, received=received, responded=responded)


def _answer(
    infcode: int | str,
    message: str,
    output: bytes,
    members: Mapping[str, str],
    *,
    reference: str,
    received: datetime,
    responded: datetime,
) -> bytes:
    return _ENCODER.encode(
        {
            "infcode": infcode,
            "inf_refmsgid": reference,
            "refmsg_time": milliseconds_text(received),
            "respond_time": milliseconds_text(responded),
            "err_msg": message,
            **members,
            "output": msgspec.Raw(output),
        }
    )
