"""States and accounts in both languages, each with the tone in which a tag shows it."""

from __future__ import annotations

from collections.abc import Mapping

from .language import say

Words = Mapping[str, tuple[str, str, str]]

SETTLEMENT_STATES: Words = {
    "received": ("已受理", "received", ""),
    "held": ("已预占", "held", "warn"),
    "settled": ("已结算", "settled", "good"),
    "voided": ("已撤销", "voided", "bad"),
    "aborted": ("已中止", "aborted", "bad"),
}
FILING_STATES: Words = {
    "requested": ("已申请", "requested", "warn"),
    "approved": ("已通过", "approved", "good"),
    "rejected": ("未通过", "rejected", "bad"),
    "revoked": ("已撤销", "revoked", ""),
}
FILING_KINDS: Words = {
    "resettled_retiree": ("异地安置退休", "resettled retiree", ""),
    "long_term_resident": ("异地长期居住", "long-term resident", ""),
    "stationed_worker": ("常驻异地工作", "stationed worker", ""),
    "referral": ("异地转诊", "referral", ""),
    "temporary": ("其他临时外出就医", "temporary", ""),
}
FILING_CHANNELS: Words = {
    "desk": ("经办窗口", "bureau's desk", ""),
    "phone": ("手机", "phone", ""),
}
"""An institution that filed for the person stands there with its code."""
ACCOUNTS: Words = {
    "fund": ("基金支出", "fund", ""),
    "contribution": ("个人账户划入", "contribution", ""),
    "person": ("个人账户", "personal account", ""),
    "to_care": ("应付就医地", "owed to care region", ""),
    "from_home": ("应收参保地", "owed by home region", ""),
    "institution_due": ("应付医药机构", "owed to institution", ""),
    "desk_cash": ("现金收入", "cash at the desk", ""),
    "hospital_borne": ("医院负担", "borne by hospital", ""),
    "charged": ("已结医疗费", "charges settled", ""),
    "allowance_due": ("应付津贴", "allowance owed", ""),
}
INSURANCES: Words = {
    "310": ("职工基本医疗保险", "employees' insurance", ""),
    "390": ("城乡居民基本医疗保险", "residents' insurance", ""),
    "510": ("生育保险", "maternity insurance", ""),
    "410": ("长期照护保险", "long-term care insurance", ""),
    "340": ("离休人员医疗保障", "veteran cadres' care", ""),
}
FUND_TYPES: Words = {
    "310100": ("职工基本医疗保险统筹基金", "employees' pooled fund", ""),
    "310102": ("职工门诊统筹", "employees' outpatient fund", ""),
    "310200": ("个人账户", "personal account", ""),
    "310300": ("职工大病保险", "employees' major-illness insurance", ""),
    "320100": ("公务员医疗补助", "civil-servant supplement", ""),
    "330100": ("职工大额医疗费用补助", "large-amount fund", ""),
    "350100": ("伤残人员医疗保障", "disabled persons' fund", ""),
    "370100": ("企业补充医疗保险", "company supplement", ""),
    "390100": ("居民基本医疗保险统筹基金", "residents' pooled fund", ""),
    "390102": ("居民门诊统筹", "residents' outpatient fund", ""),
    "390200": ("居民大病保险", "residents' major-illness insurance", ""),
    "610100": ("医疗救助", "medical aid", ""),
    "999997": ("其他基金", "other fund", ""),
}
ENROLMENT_STATES: Words = {
    "1": ("正常参保", "active", "good"),
    "2": ("暂停参保", "paused", "warn"),
    "4": ("终止参保", "ended", "bad"),
}
ENCOUNTER_STATES: Words = {
    "open": ("就诊中", "in care", ""),
    "discharged": ("待结算", "to be settled", "warn"),
    "settled": ("已结算", "settled", "good"),
    "cancelled": ("已撤销", "cancelled", "bad"),
}
DECISION_STATES: Words = {
    "held": ("已预占", "held", "warn"),
    "confirmed": ("已确认", "confirmed", "good"),
    "cancelled": ("已取消", "cancelled", "bad"),
    "voided": ("已撤销", "voided", "bad"),
}
ROLES: Words = {
    "hospital_desk": ("医院收费窗口", "hospital desk", ""),
    "hospital_office": ("医院医保办", "hospital insurance office", ""),
    "benefit_officer": ("待遇经办", "benefit officer", ""),
    "review_officer": ("审核经办", "review officer", ""),
    "clearing_officer": ("清算经办", "clearing officer", ""),
    "supervisor": ("经办主管", "supervisor", ""),
    "auditor": ("稽核审计", "auditor", ""),
    "hub_operator": ("国家平台运维", "hub operator", ""),
    "administrator": ("系统管理员", "administrator", ""),
}
CHANGE_STATES: Words = {
    "proposed": ("待复核", "to be decided", "warn"),
    "applied": ("已生效", "in effect", "good"),
    "refused": ("未采纳", "refused", "bad"),
}
AGAIN_STATES: Words = {
    "asked": ("待医院撤销", "waits for the hospital", "warn"),
    "voided": ("已撤销，待重新结算", "voided, to be settled again", "warn"),
    "done": ("已重新结算", "settled again", "good"),
    "borne": ("已撤销，转自费", "taken back; at own cost", "good"),
    "lifted": ("核查结论已改，不再要求", "no longer asked: a later check found otherwise", ""),
}
AGAIN_REASONS: Words = {
    "late_filing": ("补办备案", "late filing", ""),
    "third_party": ("外伤由第三方负担", "a third party is liable", ""),
}
TRAUMA_OUTCOMES: Words = {
    "open": ("待核查", "to be checked", "warn"),
    "payable": ("无第三方责任，可支付", "no third party; payable", "good"),
    "excluded": ("第三方责任，不予支付", "third party liable; not payable", "bad"),
    "asked": ("需补充材料", "more papers needed", "warn"),
}
PERSON_CATEGORIES: Words = {
    "11": ("在职", "working", ""),
    "12": ("退休", "retired", ""),
    "13": ("离休", "veteran cadre", ""),
    "14": ("未成年居民", "child", ""),
    "1404": ("大学生", "college student", ""),
    "15": ("成年居民", "adult resident", ""),
    "16": ("老年居民", "elderly resident", ""),
}
LIST_TYPES: Words = {
    "101": ("西药、中成药", "drugs", ""),
    "102": ("中药饮片", "herbal pieces", ""),
    "103": ("自制剂", "hospital preparations", ""),
    "104": ("民族药", "ethnic medicines", ""),
    "105": ("其他", "other", ""),
    "106": ("中药配方颗粒", "herbal granules", ""),
    "201": ("医疗服务项目", "service items", ""),
    "301": ("医用耗材", "consumables", ""),
}
PAPER_NAMES: Words = {
    "address": ("居住地址", "address", ""),
    "phone": ("联系电话", "phone", ""),
    "agreed": ("医院同意转院", "hospital agrees", ""),
    "condition": ("病情", "condition", ""),
    "diagnosis_code": ("诊断编码", "diagnosis code", ""),
    "diagnosis_name": ("诊断", "diagnosis", ""),
    "to_institution": ("转往机构编号", "receiving institution", ""),
    "to_institution_name": ("转往机构", "name of the receiving institution", ""),
}
ITEM_CLASSES: Words = {
    "01": ("甲类", "class A", "good"),
    "02": ("乙类", "class B", ""),
    "03": ("丙类", "class C", "warn"),
}
INSTITUTION_KINDS: Words = {
    "1": ("医疗机构", "hospital", ""),
    "2": ("零售药店", "pharmacy", ""),
}
BENEFIT_LEVELS: Words = {
    "community": ("社区", "community", ""),
    "1": ("一级及以下", "primary", ""),
    "2": ("二级", "secondary", ""),
    "3": ("三级", "tertiary", ""),
    "4": ("其他", "other", ""),
}
FLAGS: Words = {"是": ("是", "yes", ""), "否": ("否", "no", "")}
"""As sheets have them."""
ATTEMPT_STATES: Words = {
    "sent": ("结果未知", "outcome unknown", "warn"),
    "settled": ("已结算", "settled", "good"),
    "refused": ("未办理", "not done", "bad"),
    "withdrawn": ("已撤回", "withdrawn", ""),
}
NODE_STATES: Words = {
    "node": ("地区节点", "node", ""),
    "hub": ("国家枢纽", "hub", ""),
    "retired": ("已退网", "retired", "bad"),
}
NODE_ACTIONS: Words = {
    "settle": ("结算", "settlement", ""),
    "void": ("撤销", "void", ""),
    "settled": ("已结算", "settled", "good"),
    "aborted": ("已中止", "aborted", "bad"),
    "received": ("未了结", "open", "warn"),
}
CASE_KINDS: Words = {
    "benefit.confirm": ("确认预占", "confirm", ""),
    "benefit.cancel": ("取消预占", "cancel", ""),
}
ACTIONS: Words = {
    "sign_in": ("登录", "signed in", ""),
    "sign_in_new_device": ("新设备登录", "signed in on a new device", "warn"),
    "device_confirmed": ("确认新设备", "owned to a new device", ""),
    "device_denied": ("否认新设备", "denied a new device", "bad"),
    "identity_connected": ("关联单位登录", "connected a bureau's identity", "warn"),
    "sign_in_failed": ("登录失败", "failed to sign in", "bad"),
    "password_changed": ("修改密码", "changed the password", ""),
    "password_reset": ("重置密码", "reset a password", "warn"),
    "account_opened": ("开立账号", "opened an account", ""),
    "account_shut": ("停用账号", "shut an account", "warn"),
    "role_granted": ("授予岗位", "granted a role", "warn"),
    "role_ended": ("结束岗位", "ended a role", "warn"),
    "session_changed": ("会话环境变化", "session from elsewhere", "bad"),
    "refused": ("无权访问", "refused", "bad"),
    "settlement_seen": ("查看结算", "looked at a settlement", ""),
    "settlements_exported": ("导出结算", "exported settlements", "warn"),
    "statement_printed": ("打印结算单", "printed a statement", ""),
    "person_found": ("查询参保人", "looked up a person", ""),
    "filing_seen": ("查看备案", "looked at a filing", ""),
    "filing_reviewed": ("备案初审", "reviewed a filing", ""),
    "filing_approved": ("备案通过", "approved a filing", "good"),
    "filing_rejected": ("备案退回", "rejected a filing", "bad"),
    "filings_exported": ("导出备案", "exported filings", "warn"),
    "paper_added": ("接收备案材料", "took in a paper", ""),
    "paper_seen": ("查看备案材料", "looked at a paper", ""),
    "records_handed_over": ("病历移交", "records handed over", ""),
    "followed_up": ("随访", "followed up", ""),
    "resettlement_asked": ("要求重新结算", "asked to settle again", "warn"),
    "people_searched": ("查找人员", "searched people", ""),
    "person_seen": ("查看人员", "looked at a person", ""),
    "catalogue_exported": ("导出目录", "exported the catalogue", ""),
    "trauma_seen": ("查看外伤申报", "looked at a trauma", ""),
    "trauma_checked": ("外伤核查", "checked a trauma", ""),
    "voided": ("撤销结算", "voided a settlement", "warn"),
    "admitted": ("入院登记", "admitted", ""),
    "registered": ("门诊挂号", "registered", ""),
    "charged": ("记账", "charged", ""),
    "settled": ("结算", "settled", "good"),
    "attempt_resolved": ("人工了结跨节点办理", "ended an attempt by hand", "warn"),
    "account_taken_over": ("账号随地区移交", "account came with its region", "warn"),
    "outcome_resolved": ("查明结果", "resolved an outcome", "good"),
    "own_items_uploaded": ("导入本院目录", "uploaded own items", ""),
    "mapping_accepted": ("采纳对照", "accepted mappings", ""),
    "mapping_reviewed": ("复核对照", "reviewed mappings", "good"),
    "mapping_undone": ("撤回对照", "undid mappings", "warn"),
    "reference_exported": ("导出基础数据", "exported reference data", ""),
    "reference_proposed": ("提出数据变更", "proposed a change", ""),
    "reference_applied": ("批准数据变更", "applied a change", "good"),
    "reference_refused": ("否决数据变更", "refused a change", "bad"),
    "refusals_exported": ("导出被拒报文", "exported refused messages", "warn"),
    "records_exported": ("导出操作记录", "exported records", "warn"),
}


def chosen(words: Words, value: str) -> dict[str, str]:
    """A value as a tag shows it: text in the language of the request, tone."""
    zh, en, tone = words.get(value, (value, value, ""))
    return {"text": say(zh, en), "tone": tone}
