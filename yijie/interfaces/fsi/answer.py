"""The response envelope (table 1.2 of the document), built byte for byte.

``output`` goes in as bytes that were made once (:func:`yijie.interfaces.fsi.shaping.shape`) and stored with the
message id, so that an answer given again is the same to the byte.
"""

from __future__ import annotations

from datetime import datetime

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
    output: bytes, *, reference: str, received: datetime, responded: datetime, infcode_as_text: bool = False
) -> bytes:
    """Answer of a transaction that was done. ``output`` is the JSON of the output, inserted as it is."""
    infcode = str(SUCCESS) if infcode_as_text else SUCCESS
    return _answer(infcode, "", output, reference=reference, received=received, responded=responded)


def failure(
    error: YijieError, *, reference: str, received: datetime, responded: datetime, infcode_as_text: bool = False
) -> bytes:
    """Answer of a transaction that was refused; ``err_msg`` says why in at most 200 characters, with a stable code."""
    infcode = str(FAILURE) if infcode_as_text else FAILURE
    return _answer(infcode, err_msg(error), EMPTY_OUTPUT, reference=reference, received=received, responded=responded)


def _answer(
    infcode: int | str, message: str, output: bytes, *, reference: str, received: datetime, responded: datetime
) -> bytes:
    return _ENCODER.encode(
        {
            "infcode": infcode,
            "inf_refmsgid": reference,
            "refmsg_time": milliseconds_text(received),
            "respond_time": milliseconds_text(responded),
            "err_msg": message,
            "output": msgspec.Raw(output),
        }
    )
