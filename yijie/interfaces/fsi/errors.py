"""What the edge tells a hospital when a message cannot be read: one class per mistake, with place, rule and remedy.

The text ends in ``err_msg``, which the national table limits to 200 characters, so every fact that enters a text is
cut to a bound beforehand (:func:`clipped`) and :func:`err_msg` guards the sum. Personal data never enters a text
unmasked; see :mod:`yijie.interfaces.fsi.wording`.
"""

from __future__ import annotations

from yijie.kernel.errors import YijieError

ERR_MSG_MAX = 200


class FsiError(YijieError):
    """Base of every refusal of a message at the edge of the national HIS interface."""

    code = "fsi.error"
    zh = "报文无法处理"
    en = "the message cannot be processed"


# ----------------------------------------------------------------------------------------------- transactions


class UnknownTransaction(FsiError):
    """A transaction number that no edition of the interface has."""

    code = "fsi.unknown_transaction"
    zh = "交易编号“{infno}”不存在，请核对接口规范中的交易编号后重新发送"
    en = "there is no transaction {infno!r}; check the number against the interface document"


class NotOffered(FsiError):
    """A transaction of the interface that this node does not serve."""

    code = "fsi.not_offered"
    zh = "交易{infno}（{name}）本系统尚未开通：{why}"
    en = "transaction {infno} ({name}) is not offered here: {why}"


# ----------------------------------------------------------------------------------------------- body and header


class BodyTooLarge(FsiError):
    """More bytes than one message may have."""

    code = "fsi.body_too_large"
    zh = "报文过大：{size}字节，每次最多{size_max}字节，请分批上传"
    en = "the message has {size} bytes, at most {size_max} are read; send it in parts"


class FormUnreadable(FsiError):
    """An upload form that is no multipart form."""

    code = "fsi.form_unreadable"
    zh = "上传表单无法读取，请按multipart/form-data发送：jsonStr为报文，file为文件"
    en = "the form cannot be read; send multipart/form-data with the parts jsonStr (message) and file"


class NotUtf8(FsiError):
    """Bytes that are not UTF-8, or text that UTF-8 cannot carry (half of a surrogate pair)."""

    code = "fsi.not_utf8"
    zh = "报文不是有效的UTF-8编码（{where}），请HIS厂商改用UTF-8编码发送"
    en = "the message is not valid UTF-8 ({where}); encode it as UTF-8"


class NotJson(FsiError):
    """Text that is not JSON."""

    code = "fsi.not_json"
    zh = "{what}不是有效的JSON：第{line}行第{column}列附近有误，请HIS厂商检查引号、逗号和转义"
    en = "{what} is not valid JSON near line {line}, column {column}; check quotes, commas and escapes"


class DuplicateKey(FsiError):
    """The same member twice in one object: which one counts would be a guess."""

    code = "fsi.duplicate_key"
    zh = "{what}中同一对象内“{key}”出现多次，无法判断以哪个为准，请HIS厂商删除重复项"
    en = "{what} has the member {key!r} more than once in one object; send it once"


class NumberUnusable(FsiError):
    """NaN, Infinity, or a number with more digits than any field of the interface."""

    code = "fsi.number_unusable"
    zh = "{what}中的数字“{text}”无法处理，请填写普通十进制数"
    en = "the number {text} in {what} cannot be used; write a plain decimal number"


class TooDeep(FsiError):
    """Objects and lists nested deeper than any table of the interface."""

    code = "fsi.too_deep"
    zh = "{what}嵌套超过{depth_max}层，不符合接口规范，请HIS厂商检查"
    en = "{what} is nested deeper than {depth_max} levels"


class NotAnObject(FsiError):
    """JSON of another shape where the interface wants an object."""

    code = "fsi.not_an_object"
    zh = "{what}应为JSON对象，收到的是{got}，请HIS厂商改正"
    en = "{what} must be a JSON object, not {got}"


class EncryptedInput(FsiError):
    """``input`` is ciphertext, and no key is configured for the sending institution."""

    code = "fsi.encrypted_input"
    zh = "input为密文，但本机构未登记加密传输，请改传明文，或联系医保经办机构登记密钥"
    en = "input is encrypted, but this institution has no key on file; send plain text or register a key"


class CiphertextUnreadable(FsiError):
    """``input`` cannot be decrypted with the institution's key."""

    code = "fsi.ciphertext_unreadable"
    zh = "input无法解密：密钥、填充或编码不符，请核对SM4密钥（ECB、PKCS#7，base64或十六进制）"
    en = "input cannot be decrypted; check the SM4 key (ECB, PKCS#7, base64 or hexadecimal)"


class SignatureMissing(FsiError):
    """The institution is registered as signing, and ``cainfo`` is empty."""

    code = "fsi.signature_missing"
    zh = "缺少数字签名（cainfo）：本机构登记为签名传输，请以登记公钥对应的SM2私钥签名"
    en = "cainfo is empty, but this institution is registered as signing its messages"


class SignatureWrong(FsiError):
    """``cainfo`` is no signature of this message by the institution's key."""

    code = "fsi.signature_wrong"
    zh = "数字签名（cainfo）验证不通过：内容、私钥或用户标识不符，本次未作任何处理"
    en = "cainfo does not verify with the registered key; nothing was done"


class InfnoDisagrees(FsiError):
    """Transaction number in the address and in the message differ."""

    code = "fsi.infno_disagrees"
    zh = "报文中的交易编号为“{infno}”，请求地址中为“{path_infno}”，两者必须一致"
    en = "the message says transaction {infno!r}, the address {path_infno!r}; they must agree"


# ----------------------------------------------------------------------------------------------- nodes


class NodeMissing(FsiError):
    """A node the transaction cannot do without is absent or empty."""

    code = "fsi.node_missing"
    zh = "缺少节点{node}（或其中没有内容），收到的节点：{received}，请HIS厂商按接口规范补充"
    en = "node {node} is missing or empty (received: {received}); add it as the interface document says"


class NodeUnwanted(FsiError):
    """All fields stand within a node where the transaction wants them directly in ``input``."""

    code = "fsi.node_unwanted"
    zh = "字段“{label}”（{field}）等应直接写在input中，不放在节点{node}内，请HIS厂商去掉该节点"
    en = "{field} ({label}) and the other fields stand directly in input, not in a node {node}; leave the node out"


class NodeWrongShape(FsiError):
    """A node is neither an object nor a list of objects."""

    code = "fsi.node_wrong_shape"
    zh = "节点{node}应为JSON对象或对象列表，收到的是{got}，请HIS厂商改正"
    en = "node {node} must be an object or a list of objects, not {got}"


class NodeNotSingle(FsiError):
    """Several objects where the table knows one."""

    code = "fsi.node_not_single"
    zh = "节点{node}只能有1条，收到{count}条，请拆分后分次上传"
    en = "node {node} may have one object, not {count}; send them one by one"


class TooManyRows(FsiError):
    """More lines in one node than are read at once."""

    code = "fsi.too_many_rows"
    zh = "节点{node}共{count}条，每次最多{rows_max}条，请分批上传"
    en = "node {node} has {count} rows, at most {rows_max} are read; send them in parts"


# ----------------------------------------------------------------------------------------------- fields


class FieldError(FsiError):
    """Base of every complaint about one field.

    Facts: ``where`` names node, row and field for a person, ``path`` for a program; ``node``, ``row`` (from 1, or
    None), ``field`` and ``label`` (its Chinese name) stand apart as well.
    """

    code = "fsi.field"
    zh = "{where}有误"
    en = "{path} is wrong"


class FieldMissing(FieldError):
    """A required field is absent or empty."""

    code = "fsi.field_missing"
    zh = "{where}未填写：该项必填，请补填后重新上传"
    en = "{path} ({label}) is missing; it is required"


class WrongType(FieldError):
    """A JSON value of a kind that the field cannot hold."""

    code = "fsi.field_wrong_type"
    zh = "{where}应为{wanted}，收到的是{got}，请HIS厂商改正"
    en = "{path} ({label}) must be {wanted}, not {got}"


class TextTooLong(FieldError):
    """More characters than the field has room for."""

    code = "fsi.field_too_long"
    zh = "{where}过长：共{length}个字符，最多{length_max}个，请缩短后重新上传"
    en = "{path} ({label}) has {length} characters, at most {length_max} are allowed"


class ControlCharacter(FieldError):
    """A character that cannot be seen, such as NUL."""

    code = "fsi.control_character"
    zh = "{where}的第{position}个字符是不可见的控制字符（{point}），请删除后重新上传"
    en = "character {position} of {path} ({label}) is the control character {point}; remove it"


class NotDigits(FieldError):
    """Other characters where only digits may stand."""

    code = "fsi.not_digits"
    zh = "{where}只能由不超过{length_max}位的数字组成，收到“{value}”，请改正后重新上传"
    en = "{path} ({label}) must be up to {length_max} digits, not {value!r}"


class NotANumber(FieldError):
    """Text that is no plain decimal number."""

    code = "fsi.not_a_number"
    zh = "{where}不是数字：收到“{value}”，请填写普通十进制数（如12.50）后重新上传"
    en = "{path} ({label}) is not a plain decimal number: {value!r}"


class NumberTooLarge(FieldError):
    """More digits before the point than the field has room for."""

    code = "fsi.number_too_large"
    zh = "{where}超出范围：收到“{value}”，整数部分最多{digits_max}位，请核对后重新上传"
    en = "{path} ({label}) is {value!r}, but has room for {digits_max} digits before the point only"


class TooManyDecimals(FieldError):
    """More decimals than the field keeps. Nothing is rounded for the sender."""

    code = "fsi.too_many_decimals"
    zh = "{where}小数位过多：收到“{value}”，最多{decimals_max}位小数，请改正后重新上传（系统不代为舍入）"
    en = "{path} ({label}) is {value!r}, but at most {decimals_max} decimals are kept; nothing is rounded for you"


class NotADate(FieldError):
    """Text that is no date of the calendar, or is written in no accepted form."""

    code = "fsi.not_a_date"
    zh = "{where}不是有效的日期：收到“{value}”，请按{form}填写（如{example}）后重新上传"
    en = "{path} ({label}) is not a date: {value!r}; write {form}, for example {example}"


class NotInCodeList(FieldError):
    """A code that the field's list does not have."""

    code = "fsi.not_in_code_list"
    zh = "{where}的代码“{value}”不在字典“{list_label}”（{list}）中，{remedy}"
    en = "{path} ({label}): code {value!r} is not in the list {list}; {remedy}"


def clipped(text: str, room: int) -> str:
    """``text`` if it has at most ``room`` characters, else its beginning and an ellipsis."""
    return text if len(text) <= room else text[: room - 1] + "…"


def err_msg(error: YijieError) -> str:
    """Text for the member ``err_msg``: the Chinese sentence and the stable code in brackets, at most 200 characters.

    >>> err_msg(UnknownTransaction(infno="9999"))
    '交易编号“9999”不存在，请核对接口规范中的交易编号后重新发送 [fsi.unknown_transaction]'
    """
    tail = f" [{error.code}]"
    return clipped(error.text(), ERR_MSG_MAX - len(tail)) + tail
