"""The national HIS interface (fsi) at the edge: its 274 transactions as data, reading, envelope, answers.

No framework and no database: a web layer hands over bytes, a handler gets typed values and gives back values.

* :func:`parse_request` reads the envelope, :func:`read_input` the transaction's input by the interface's tables,
  :func:`input_errors` all that is wrong with it;
* :func:`shape` writes a handler's values as the transaction's ``output``, :func:`success` and :func:`failure` the
  answer, :func:`reference_number` its number;
* :func:`content_hash` is the content of a message for idempotency;
* :func:`transaction`, :func:`code_lists` and :func:`checked_fields` are the interface itself.

Every refusal is an :class:`FsiError`; :func:`err_msg` is its text for the member of that name.
"""

from yijie.interfaces.fsi.answer import failure, milliseconds_text, reference_number, success
from yijie.interfaces.fsi.codelists import CodeList, code_lists
from yijie.interfaces.fsi.envelope import Envelope, content_hash, parse_request
from yijie.interfaces.fsi.errors import FieldError, FsiError, NotOffered, UnknownTransaction, err_msg
from yijie.interfaces.fsi.reading import Reading, input_errors, read_input, read_output
from yijie.interfaces.fsi.shaping import shape
from yijie.interfaces.fsi.tables import (
    Field,
    Kind,
    Node,
    Transaction,
    checked_fields,
    transaction,
    transaction_numbers,
)

__all__ = [
    "CodeList",
    "Envelope",
    "Field",
    "FieldError",
    "FsiError",
    "Kind",
    "Node",
    "NotOffered",
    "Reading",
    "Transaction",
    "UnknownTransaction",
    "checked_fields",
    "code_lists",
    "content_hash",
    "err_msg",
    "failure",
    "input_errors",
    "milliseconds_text",
    "parse_request",
    "read_input",
    "read_output",
    "reference_number",
    "shape",
    "success",
    "transaction",
    "transaction_numbers",
]
