"""A writing transaction takes effect once per message id; a repeated message gets the answer of the first time."""

from __future__ import annotations

from yijie.kernel.errors import YijieError

from . import messages
from .call import Call, Done, Work
from .messages import Claim, Kept
from .shaping import shape


def once(call: Call, claim: Claim, work: Work) -> bytes:
    """Run a writing transaction under its claim, in the running database transaction; its output as JSON bytes."""
    seen = messages.claim([claim])[claim.key]
    if isinstance(seen, YijieError):
        raise seen
    if isinstance(seen, Kept):
        return seen.output.encode()
    return kept(call, claim, work(call))


def kept(call: Call, claim: Claim, done: Done) -> bytes:
    """Keep the answer of a claimed message; the output as JSON bytes."""
    output = shaped(call.infno, done)
    messages.keep([(claim.key, done.subject, output.decode())])
    return output


def shaped(infno: str, done: Done) -> bytes:
    """The output of a transaction as JSON bytes."""
    return shape(infno, {} if done.output is None else done.output)
