"""A transaction's ``output`` written by the interface's tables: exactly their nodes and fields, in their order.

Strict where reading is liberal: a required field without a value, a value longer than its field, a float, an amount
with more decimals than the table keeps, a member no table has, are defects of ours and break an invariant, before
anything is stored or sent. Codes are not looked up: regions extend the lists, and who recorded a code answered for it.

Numbers are written as JSON numbers with exactly the table's decimals (``1200.00``), as the platforms in use answer;
whether a client reads them into a number or a text, nothing is lost. Without a value a text or date is ``""`` and a
number 0, the document's rule for empty values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from typing import Any

import msgspec

from yijie.interfaces.fsi.tables import Field, Kind, Node, transaction
from yijie.kernel.dates import in_shanghai
from yijie.kernel.errors import BrokenInvariant, invariant

DATE_FORM = "%Y-%m-%d"
MOMENT_FORM = "%Y-%m-%d %H:%M:%S"
EXACT = Context(prec=100)

Render = Callable[[Any], Any]
Output = Mapping[str, Any] | Sequence[Mapping[str, Any]]

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def shape(infno: str, output: Output) -> bytes:
    """JSON of a transaction's ``output`` from a handler's values: node → fields, a list where the table allows many.

    Values: ``str`` for text and codes; ``Decimal`` or decimal text in yuan (:func:`yijie.kernel.money.yuan`) for
    numbers, ``int`` only where the table has no decimals, since an integer amount may be fen; ``date``; aware
    ``datetime``; ``bool``. None is no value. Raises
    :class:`~yijie.kernel.errors.BrokenInvariant` when the values do not fit the table.
    """
    shaped = _shaped(transaction(infno).output, output, infno)
    try:
        return _ENCODER.encode(shaped)
    except (UnicodeEncodeError, TypeError) as error:
        raise BrokenInvariant(name="fsi.output_writable", detail=f"{infno}: {error}") from error


def _shaped(node: Node, value: Any, place: str) -> Any:
    writer = _writer(node)
    if not node.many:
        invariant(isinstance(value, Mapping), "fsi.output_object", place=place, got=type(value).__name__)
        return writer.row(value, place)
    listed = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    invariant(listed, "fsi.output_list", place=place, got=type(value).__name__)
    return [writer.row(row, f"{place}[{number}]") for number, row in enumerate(value, start=1)]


class NodeWriter:
    """Writes the objects of one node. Made once per node by :func:`_writer`."""

    def __init__(self, node: Node) -> None:
        self.known = frozenset(field.name for field in node.fields)
        self.fields = [(field.name, field, render_for(field), _empty(field)) for field in node.fields]

    def row(self, values: Mapping[str, Any], place: str) -> dict[str, Any]:
        """One object with every field of the table."""
        if not self.known.issuperset(values):
            unknown = sorted(values.keys() - self.known)
            raise BrokenInvariant(name="fsi.output_known_fields", detail=f"{place}: {unknown}")
        row: dict[str, Any] = {}
        for name, field, render, empty in self.fields:
            value = values.get(name)
            if field.node is not None:
                row[name] = _child(field, field.node, value, f"{place}.{name}")
            elif value is None or value == "":
                if field.required:
                    raise BrokenInvariant(name="fsi.output_required", detail=f"{place}.{name}")
                row[name] = empty
            else:
                try:
                    row[name] = render(value)
                except _Unfit as unfit:
                    raise BrokenInvariant(name="fsi.output_fits_table", detail=f"{place}.{name}: {unfit}") from None
        return row


@cache
def _writer(node: Node) -> NodeWriter:
    return NodeWriter(node)


def _child(field: Field, node: Node, value: Any, place: str) -> Any:
    if value is None:
        invariant(not field.required, "fsi.output_node", place=place)
        value = [] if node.many else {}
    return _shaped(node, value, place)


def _empty(field: Field) -> Any:
    if field.kind is Kind.NUMBER and field.code_list is None:
        return Decimal(0).scaleb(-(field.scale or 0))
    return {Kind.FLAG: False, Kind.ANY: None}.get(field.kind, "")


class _Unfit(Exception):
    """A value its field cannot hold; says why."""


def render_for(field: Field) -> Render:
    """How the values of a field are written; a coded field is text whatever its type column says."""
    return _text_render(field) if field.code_list is not None else _BUILDERS[field.kind](field)


def _text_render(field: Field) -> Render:
    length_max = field.length

    def render(value: Any) -> str:
        if not isinstance(value, str):
            raise _Unfit(f"{type(value).__name__} where the table has text")
        if length_max is not None and len(value) > length_max:
            raise _Unfit(f"{len(value)} characters, room for {length_max}")
        return str(value)

    return render


def _number_render(field: Field) -> Render:
    if field.length is None:
        return lambda value: Decimal(f"{_decimal(value, whole=True):f}")
    decimals = field.scale or 0
    unit, limit = Decimal(1).scaleb(-decimals), Decimal(1).scaleb(field.length - decimals)

    def render(value: Any) -> Decimal:
        number = _decimal(value, whole=decimals == 0)
        if number.copy_abs() >= limit:
            raise _Unfit(f"{number} has more digits than N({field.length},{decimals})")
        written = EXACT.quantize(number, unit)
        if written != number:
            raise _Unfit(f"{number} has more than {decimals} decimals")
        return written or written.copy_abs()

    return render


def _decimal(value: Any, *, whole: bool) -> Decimal:
    """A handler's number; ``whole`` where the table has no decimals and an ``int`` can be nothing else."""
    number = value
    if isinstance(value, str) or (whole and isinstance(value, int) and not isinstance(value, bool)):
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise _Unfit(f"{value!r} is no number") from None
    if not isinstance(number, Decimal) or not number.is_finite():
        raise _Unfit(f"{type(value).__name__} {value!r} where the table has a decimal number")
    return number


def _date(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Unfit(f"{type(value).__name__} where the table has a date")
    return value.strftime(DATE_FORM)


def _moment(value: Any) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _Unfit(f"{type(value).__name__} where the table has a moment with its time zone")
    return in_shanghai(value).strftime(MOMENT_FORM)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unfit(f"{type(value).__name__} where the table has true or false")
    return value


def _scalar(value: Any) -> Any:
    """A field whose type the document does not give: written as its Python type suggests."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _date(value)
    return value if isinstance(value, str) else _decimal(value, whole=True)


def _as_it_is(value: Any) -> Any:
    return value


_BUILDERS: dict[Kind, Callable[[Field], Render]] = {
    Kind.TEXT: _text_render,
    Kind.DIGITS: _text_render,
    Kind.BYTES: _text_render,
    Kind.NUMBER: _number_render,
    Kind.DATE: lambda _: _date,
    Kind.MOMENT: lambda _: _moment,
    Kind.FLAG: lambda _: _flag,
    Kind.SCALAR: lambda _: _scalar,
    Kind.ANY: lambda _: _as_it_is,
    Kind.NODE: lambda _: _as_it_is,
}
