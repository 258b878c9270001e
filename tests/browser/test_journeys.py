"""Journeys in a real browser: a desk settles, an officer files, an operator resolves, an auditor finds who looked."""

from yijie.domain.access.models import Event
from yijie.domain.catalogue.models import Acceptance
from yijie.domain.filing.models import Filing
from yijie.domain.institution.models import Institution
from yijie.interfaces.desk.models import Attempt, Change
from yijie.interfaces.sample import cast, institutions, shelf


def test_a_desk_settles_a_remote_patient_from_card_to_printed_statement(reader):
    one = reader().sign_in("desk.beijing")
    page = one.page
    page.get_by_role("link", name="收费窗口").click()
    one.see("1-find")
    page.get_by_label("号码").fill(cast.CHENGDU_RETIREE.certificate)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="住院", exact=True).click()
    page.get_by_role("heading", name="入院登记").wait_for()
    one.see("2-eligibility")
    for label, text in (
        ("联系电话", "13800000000"),
        ("科室", "外科"),
        ("床位", "12"),
        ("医师编码", "D110105000001"),
        ("医师姓名", "样例医师"),
        ("入院诊断编码", "K35.800"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("入院诊断", exact=True).fill("急性阑尾炎")
    page.get_by_role("button", name="办理入院").click()
    for item, price in ((shelf.SURGERY, shelf.SURGERY.price), (shelf.DRUG_C, "36.00")):
        page.get_by_label("项目名称").fill(item.name)
        page.get_by_role("button", name="查找").click()
        page.get_by_label("目录项目").select_option(item.code)
        page.get_by_label("单价").fill(price)
        page.get_by_text("其中符合范围").wait_for()
        page.get_by_role("button", name="记账").click()
        page.get_by_role("status").wait_for()
    one.see("3-lines-graded")
    page.get_by_role("button", name="办理出院并预结算").click()
    page.get_by_role("heading", name="预结算").wait_for()
    one.see("4-quote")
    page.get_by_role("button", name="确认结算").click()
    one.step_up("4b-step-up")
    page.get_by_role("heading", name="医疗保障费用结算单").wait_for()
    one.see("5-statement")
    page.emulate_media(media="print")
    one.see("6-statement-printed")
    page.emulate_media(media="screen")
    address = page.get_by_role("link", name="打开").get_attribute("href")
    page.goto(address)
    page.get_by_role("heading", name="原始结算记录").wait_for()
    one.see("7-stored-original")


def test_a_bureau_works_through_a_mornings_filings_with_four_eyes(reader):
    first = reader().sign_in("benefit.chengdu")
    page = first.page
    page.get_by_role("link", name="开始办理").click()
    first.see("1-queue")
    page.locator("tbody a").first.click()
    first.see("2-one")
    page.get_by_label("意见").fill("材料齐全")
    page.get_by_role("button", name="同意并上报").click()
    page.get_by_role("status").wait_for()
    second = reader().sign_in("supervisor.chengdu")
    page = second.page
    page.goto(f"{second.address}/desk/filings/?state=requested")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="批准生效").click()
    second.step_up("2b-step-up")
    page.get_by_text("备案已生效").wait_for()
    second.see("3-approved")
    assert Filing.objects.filter(state="approved", decided_by="supervisor.chengdu").count() == 1


def test_an_operator_resolves_an_unknown_outcome(reader):
    one = reader().sign_in("desk.beijing")
    one.page.get_by_role("link", name="结果未知").click()
    one.see("1-queue")
    one.page.get_by_role("button", name="查明").click()
    one.page.get_by_text("已撤回，不会再生效").wait_for()
    one.see("2-resolved")
    assert Attempt.objects.get(msgid="H1101050000120260101000000LOST").state == "withdrawn"


def test_an_auditor_finds_who_saw_a_record(reader, lived):
    looker = reader().sign_in("supervisor.beijing")
    looker.page.goto(f"{looker.address}/desk/settlements/{lived}/")
    looker.see("0-settlement-life")
    one = reader().sign_in("auditor.nation")
    one.page.get_by_role("link", name="操作记录").click()
    one.page.get_by_label("人员编号").fill(lived)
    one.page.get_by_role("button", name="筛选").click()
    one.page.get_by_role("cell", name="supervisor.beijing").first.wait_for()
    one.see("1-who-looked")
    assert Event.objects.filter(username="supervisor.beijing", subject=lived).exists()


def test_a_passkey_signs_in(reader):
    """Registered after the password was given again; afterwards it opens the door alone."""
    one = reader().with_device()
    page = one.page
    one.sign_in("clearing.beijing").step_up_now().add_passkey()
    page.goto(f"{one.address}/desk/account/password/change/")
    page.locator("input[name=password1]").fill("12345678")
    page.locator("meter[value='1']").wait_for()
    one.see("password-weak")
    page.locator("input[name=password1]").fill("白日依山尽，黄河入海流。欲穷千里目")
    page.get_by_role("status").get_by_text("很好").wait_for()
    one.see("password-good")
    page.get_by_role("button", name="退出").click()
    page.goto(f"{one.address}/desk/account/login/")
    one.see("passkey-sign-in")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_role("heading", name="工作台").wait_for()


def test_an_office_maps_items_and_a_colleague_reviews_them(reader):
    """Suggested, ticked, accepted together; nobody reviews their own."""
    office = reader().sign_in("office.beijing")
    office.page.goto(f"{office.address}/desk/mapping/?state=open")
    office.page.get_by_text("为什么").first.click()
    office.see("1-suggested")
    office.page.get_by_role("button", name="采纳勾选的对照").click()
    office.page.get_by_text("由您采纳，须由另一人复核").wait_for()
    office.see("2-accepted")
    chief = reader().sign_in("chief.beijing")
    chief.page.goto(f"{chief.address}/desk/mapping/accepted/")
    chief.page.get_by_role("button", name="复核通过").click()
    chief.page.get_by_text("已复核").first.wait_for()
    chief.see("3-reviewed")
    assert Acceptance.objects.get().reviewed_by == "chief.beijing"


def test_a_settlement_is_asked_back_voided_and_settled_again(reader):
    """A third party seems liable: the hospital takes the settlement back. It was not: it settles again."""
    officer, desk = reader().sign_in("supervisor.beijing").step_up_now(), reader().sign_in("desk.beijing").step_up_now()

    def checked(outcome, evidence):
        officer.page.goto(f"{officer.address}/desk/trauma/")
        officer.page.locator("tbody a").first.click()
        officer.page.get_by_label("结论").select_option(outcome)
        officer.page.get_by_label("依据").fill(evidence)
        officer.page.get_by_role("button", name="登记").click()
        officer.page.locator("ol.life").get_by_text(evidence).wait_for()

    checked("excluded", "责任认定书")
    officer.see("1-asked-back")
    page = desk.page
    page.goto(f"{desk.address}/desk/again/")
    desk.see("2-the-hospitals-list")
    page.locator("tbody a").first.click()
    page.get_by_text("撤销这笔结算").click()
    page.get_by_role("button", name="撤销结算").click()
    page.get_by_text("请按自费收费").wait_for()
    assert page.get_by_role("link", name="预结算").count() == 0, "it cannot be settled"
    desk.see("3-voided")
    checked("payable", "复核：单方事故")
    page.reload()
    page.get_by_role("link", name="预结算").click()
    page.get_by_role("button", name="确认结算").click()
    page.get_by_role("heading", name="医疗保障费用结算单").wait_for()
    desk.see("4-settled-again")


def test_two_administrators_change_an_institutions_name(reader):
    """One proposes, the other sees what it replaces and puts it into effect."""
    one = reader().sign_in("admin.nation")
    one.page.goto(f"{one.address}/desk/reference/institutions/row/?key={institutions.CHENGDU_TERTIARY}")
    one.page.get_by_label("名称").fill("成都样例第一医院")
    one.see("1-row")
    one.page.get_by_role("button", name="检查并提出").click()
    one.page.get_by_role("status").wait_for()
    change = Change.objects.get()
    other = reader().sign_in("chief.nation").step_up_now()
    other.page.goto(f"{other.address}/desk/changes/{change.id}/")
    other.page.get_by_text("成都样例第一医院").wait_for()
    other.see("2-what-it-replaces")
    other.page.get_by_role("button", name="批准生效").click()
    other.page.get_by_role("status").wait_for()
    other.see("3-in-effect")
    assert Institution.objects.get(code=institutions.CHENGDU_TERTIARY).name == "成都样例第一医院"
