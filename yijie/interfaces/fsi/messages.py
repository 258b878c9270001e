"""Message ids: each writing message takes effect once, its answer is kept, and a reversal may even come first.

The key is institution + transaction number + message id, because clients exist whose ids collide within a second across
transactions. A claim is an insert; whoever comes second waits for the first to finish and then finds its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

Key = tuple[str, str, str]
"""(institution, infno, msgid)"""


class MessageReused(YijieError):
    """The same message id came with other content."""

    code = "message.reused"
    zh = "报文ID {msgid} 已用于另一笔内容不同的 {infno} 交易，本次未作任何处理，请换新的 msgid 重新发送"
    en = "message id {msgid} was used for another {infno} with other content; nothing was done, send a new id"


class MessageReversed(YijieError):
    """The message was reversed by 2601, before or after it arrived."""

    code = "message.reversed"
    zh = "报文 {msgid}（{infno}）已被冲正（2601），不再办理；如需重新办理请换新的 msgid"
    en = "message {msgid} ({infno}) was reversed by 2601 and takes no effect; to do it again use a new id"


class NotThatPerson(YijieError):
    """The original message concerned another person."""

    code = "message.not_that_person"
    zh = "原报文 {msgid} 不属于人员 {person}，请核对 psn_no 与 omsgid"
    en = "message {msgid} does not concern person {person}; check psn_no and omsgid"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that asks to take effect."""

    key: Key
    content_hash: str
    """hexadecimal"""
    person_number: str
    operator: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer kept from the first time."""

    output: str


CLAIM = """
INSERT INTO fsi_message (institution, infno, msgid, content_hash, state, person_number, output, operator, received_at)
SELECT k.institution, k.infno, k.msgid, decode(k.hash, 'hex'), 'done', k.person, '', k.operator, %s
FROM json_to_recordset(%s::json) AS k (institution text, infno text, msgid text, hash text, person text, operator text)
ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
RETURNING institution, infno, msgid
"""


def claim(claims: Sequence[Claim]) -> dict[Key, Kept | YijieError | None]:
    """Claim messages in the running transaction, in one statement when all are new.

    None: claimed, go on. Kept: done before with the same content, answer that. Error: reused or reversed.
    """
    rows = [_named(c.key) | {"hash": c.content_hash, "person": c.person_number, "operator": c.operator} for c in claims]
    fresh = fetch(CLAIM, [now(), json_text(rows)])
    outcome: dict[Key, Kept | YijieError | None] = {(row[0], row[1], row[2]): None for row in fresh}
    for repeated in (c for c in claims if c.key not in outcome):
        outcome[repeated.key] = _seen_before(repeated)
    return outcome


SEEN = """
SELECT institution, infno, msgid, content_hash, state, output FROM fsi_message m
JOIN json_to_recordset(%s::json) AS k (institution text, infno text, msgid text) USING (institution, infno, msgid)
"""


def seen(claims: Sequence[Claim]) -> dict[Key, Kept | YijieError | None]:
    """What :func:`claim` would say of messages, without claiming them: for a step after which nothing is done yet."""
    rows = {(row[0], row[1], row[2]): row[3:] for row in fetch(SEEN, [json_text([_named(c.key) for c in claims])])}
    return {c.key: _known(c, *rows[c.key]) if c.key in rows else None for c in claims}


def _seen_before(repeated: Claim) -> Kept | YijieError:
    [row] = fetch(
        "SELECT content_hash, state, output FROM fsi_message WHERE (institution, infno, msgid) = (%s, %s, %s)",
        list(repeated.key),
    )
    return _known(repeated, *row)


def _known(repeated: Claim, content_hash: bytes, state: str, output: str) -> Kept | YijieError:
    named = {"infno": repeated.key[1], "msgid": repeated.key[2]}
    if state != "done":
        return MessageReversed(**named)
    if bytes(content_hash).hex() != repeated.content_hash:
        return MessageReused(**named)
    return Kept(output)


def _named(key: Key) -> dict[str, str]:
    return dict(zip(("institution", "infno", "msgid"), key, strict=True))


def release(keys: Sequence[Key]) -> None:
    """Give claims back whose messages were refused: the same id may come again with corrected content."""
    if keys:
        execute(
            "DELETE FROM fsi_message m"
            " USING json_to_recordset(%s::json) AS k (institution text, infno text, msgid text)"
            " WHERE (m.institution, m.infno, m.msgid) = (k.institution, k.infno, k.msgid)",
            [json_text([_named(key) for key in keys])],
        )


def keep(answers: Sequence[tuple[Key, int | None, str]]) -> None:
    """Keep the answers of claimed messages: (key, id of what the message made, output as it was sent)."""
    rows = [_named(key) | {"subject": subject, "output": output} for key, subject, output in answers]
    execute(
        """UPDATE fsi_message m SET subject = k.subject, output = k.output
           FROM json_to_recordset(%s::json)
                AS k (institution text, infno text, msgid text, subject bigint, output text)
           WHERE (m.institution, m.infno, m.msgid) = (k.institution, k.infno, k.msgid)""",
        [json_text(rows)],
    )


@dataclass(frozen=True, slots=True)
class Original:
    """A message that a reversal names: what it made, for whom, and whether it was reversed before."""

    subject: int | None
    person_number: str
    state: str
    received_at: datetime


def original_of(key: Key) -> Original | None:
    """The message with a key, locked; None where it was never seen and a tombstone now stands in its place."""
    fetched = fetch(
        "INSERT INTO fsi_message (institution, infno, msgid, state, person_number, output, operator, received_at)"
        " VALUES (%s, %s, %s, 'tombstone', '', '', '', %s) ON CONFLICT DO NOTHING RETURNING 1",
        [*key, now()],
    )
    if fetched:
        return None
    [row] = fetch(
        "SELECT subject, person_number, state, received_at FROM fsi_message"
        " WHERE (institution, infno, msgid) = (%s, %s, %s) FOR UPDATE",
        list(key),
    )
    return Original(*row)


def mark_reversed(key: Key) -> None:
    """Remember that what a message did was taken back."""
    execute(
        "UPDATE fsi_message SET state = 'reversed' WHERE (institution, infno, msgid) = (%s, %s, %s)",
        list(key),
    )


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the platform knows of a message."""

    state: str
    person_number: str
    output: str
    received_at: datetime


def remembered(key: Key) -> Remembered | None:
    """What became of a message; None where it never arrived. One that is being done is waited for.

    To wait, the key is claimed for a moment and given back.
    """
    with transaction.atomic():
        execute(
            "INSERT INTO fsi_message (institution, infno, msgid, state, person_number, output, operator, received_at)"
            " VALUES (%s, %s, %s, 'tombstone', '', '', '', %s) ON CONFLICT DO NOTHING",
            [*key, now()],
        )
        transaction.set_rollback(True)
    rows = fetch(
        "SELECT state, person_number, output, received_at FROM fsi_message WHERE (institution, infno, msgid)"
        " = (%s, %s, %s)",
        list(key),
    )
    return Remembered(*rows[0]) if rows else None
