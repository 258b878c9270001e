"""What can be wrong about a person or an insurance relation."""

from yijie.kernel.errors import YijieError


class PersonUnknown(YijieError):
    """Nobody is registered under the given identity."""

    code = "enrolment.person_unknown"
    zh = "查无此人：{what} {number} 未登记参保，请核对证件号码，或请患者到参保地医保经办机构登记"
    en = "nobody is registered under {what} {number}; check the number or send the patient to the home bureau"


class IdentityMismatch(YijieError):
    """The document shown belongs to somebody else than the person named."""

    code = "enrolment.identity_mismatch"
    zh = "实名核验不符：{what}与参保登记不一致，请核对本人证件后重新读取（1101）"
    en = "identity check failed: {what} differs from the enrolment; check the document and read it again (1101)"


class CredentialUnknown(YijieError):
    """An electronic credential token that was never issued, has expired or was used elsewhere."""

    code = "enrolment.credential_invalid"
    zh = "医保电子凭证无效：{why}，请患者刷新二维码后重新扫码"
    en = "electronic credential refused: {why}; ask the patient to refresh the code and scan again"


class NotInsured(YijieError):
    """The person holds no such insurance relation in that region."""

    code = "enrolment.not_insured"
    zh = "未参保：{person}在{region}无险种 {insurance} 的参保关系，请按 1101 返回的参保信息填写险种和参保地医保区划"
    en = "{person} holds no insurance {insurance} in {region}; fill insurance and region as 1101 returned them"


class EnrolmentInactive(YijieError):
    """The insurance relation exists but pays nothing on that day."""

    code = "enrolment.inactive"
    zh = "参保状态异常：{person}的险种 {insurance} 自 {day} 起{status}，不能享受待遇，请患者联系{region}医保经办机构"
    en = "insurance {insurance} of {person} is {status} since {day}; the patient should ask {region}'s bureau"
