"""A writing transaction takes effect once per message id; a repeated message gets the answer of the first time."""

from __future__ import annotations

from collections.abc import Sequence

from yijie.domain import archive
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
    keep_records([(call, done)])
    output = shaped(call.infno, done)
    messages.keep([(claim.key, done.subject, output.decode())])
    return output


def keep_records(answers: Sequence[tuple[Call, Done]]) -> None:
    """Keep the records that come with answers, all of a kind and institution at once."""
    given: dict[tuple[str, str, str], tuple[Call, list[archive.Given]]] = {}
    for call, done in answers:
        if done.record is not None:
            kind, record = done.record
            given.setdefault((kind, call.at.code, call.envelope.opter), (call, []))[1].append(record)
    for (kind, _, operator), (call, records) in given.items():
        archive.store(kind, records, call.at, operator=operator)


def shaped(infno: str, done: Done) -> bytes:
    """The output of a transaction as JSON bytes."""
    return shape(infno, {} if done.output is None else done.output)
