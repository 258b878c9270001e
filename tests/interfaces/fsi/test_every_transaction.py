"""For every transaction of the interface, from its own tables: what fits is read, what does not is named."""

from decimal import Decimal

import messages
import pytest

from yijie.interfaces.fsi import Kind, err_msg, errors, input_errors, read_input, transaction, transaction_numbers

EVERY = transaction_numbers()
DATE_KINDS = (Kind.DATE, Kind.MOMENT)


def the_only_error(infno, payload):
    found = input_errors(infno, payload)
    assert len(found) == 1, [str(error) for error in found]
    assert len(found[0].text("zh")) <= errors.ERR_MSG_MAX
    assert len(err_msg(found[0])) <= errors.ERR_MSG_MAX
    assert found[0].text("en")
    return found[0]


def scalars(infno):
    return [(way, field) for way, field in messages.places(transaction(infno).input) if field.node is None]


@pytest.mark.parametrize("infno", EVERY)
def test_a_message_with_only_what_must_be_there_is_read(infno):
    assert read_input(infno, messages.minimal_input(infno)).unknown == 0


@pytest.mark.parametrize("infno", EVERY)
def test_a_message_with_every_field_at_its_largest_is_read_whole(infno):
    payload = messages.maximal_input(infno)
    nodes = read_input(infno, payload).nodes
    for way, field in scalars(infno):
        value, sent = nodes, payload
        for step in way:
            value, sent = value[step], sent[step]
        if field.kind is Kind.NUMBER and not field.code_list:
            assert value == Decimal(sent)
        elif field.kind in DATE_KINDS and not field.code_list:
            assert str(value).startswith(sent)
        elif field.kind is not Kind.BYTES:
            assert value == sent


@pytest.mark.parametrize("infno", EVERY)
def test_each_required_field_and_node_is_asked_for_by_name(infno):
    payload = messages.skeleton_input(infno)
    assert input_errors(infno, payload) == []
    for way, field in messages.places(transaction(infno).input):
        if not field.required:
            continue
        error = the_only_error(infno, messages.without(payload, way))
        if field.node:
            assert isinstance(error, errors.NodeMissing)
            assert field.name in error.facts["node"]
        else:
            assert isinstance(error, errors.FieldMissing)
            assert error.facts["field"] == field.name
            assert error.facts["path"] == messages.path_of(way)
            assert field.label[:8] in error.text("zh")


def unfitting_text(field):
    room = field.length or 0
    too_long = [("字" * (room + 1), errors.TextTooLong)] if 0 < room < messages.LARGE else []
    return [*too_long, ("\x00", errors.ControlCharacter), (["a"], errors.WrongType), (True, errors.WrongType)]


def unfitting_numbers(field):
    wrong = [("十", errors.NotANumber), ("1,000", errors.NotANumber), ({}, errors.WrongType)]
    if field.length is None:
        return wrong
    one_more = Decimal(10) ** (field.length - (field.scale or 0))
    finer = Decimal(1).scaleb(-(field.scale or 0) - 1)
    too_large = [(value, errors.NumberTooLarge) for value in (str(one_more), one_more, str(-one_more))]
    too_fine = [(value, errors.TooManyDecimals) for value in (finer, f"{finer:f}")]
    return [*wrong, *too_large, *too_fine]


def unfitting(field):
    """Values a field must refuse, each with the error that says why."""
    if field.code_list:
        return [("没有这个代码", errors.NotInCodeList)]
    if field.kind is Kind.TEXT:
        return unfitting_text(field)
    if field.kind is Kind.NUMBER:
        return unfitting_numbers(field)
    if field.kind in DATE_KINDS:
        return [(text, errors.NotADate) for text in ("2026-02-29", "20261301", "昨天", "2026-01-01 24:01:00")]
    return {
        Kind.FLAG: [("maybe", errors.WrongType)],
        Kind.BYTES: [(value, errors.WrongType) for value in ("不是base64", [256], [0.5], {"a": 1})],
        Kind.SCALAR: [(["a"], errors.WrongType), ("\x00", errors.ControlCharacter)],
    }.get(field.kind, [])


@pytest.mark.parametrize("infno", EVERY)
def test_each_field_refuses_what_does_not_fit_and_says_why(infno):
    payload = messages.skeleton_input(infno)
    for way, field in scalars(infno):
        for value, expected in unfitting(field):
            error = the_only_error(infno, messages.with_value(payload, way, value))
            assert type(error) is expected, (way, value, error)
            assert error.facts["field"] == field.name


@pytest.mark.parametrize("infno", EVERY)
def test_an_object_for_a_list_and_a_list_of_one_for_an_object_are_read_alike(infno):
    payload = messages.maximal_input(infno)
    expected = read_input(infno, payload)
    turned = payload
    for field in transaction(infno).input.fields:
        if field.node and not field.node.many:
            turned = messages.with_value(turned, (field.name,), [turned[field.name]])
    assert read_input(infno, turned) == expected
    for field in transaction(infno).input.fields:
        if field.node and field.node.many:
            single = messages.with_value(payload, (field.name,), payload[field.name][0])
            assert read_input(infno, single).nodes[field.name] == expected.nodes[field.name][:1]
