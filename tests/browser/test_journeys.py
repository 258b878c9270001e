"""Journeys in a real browser: a desk settles, an officer files, an operator resolves, an auditor finds who looked."""

from yijie.domain.access.models import Event
from yijie.domain.filing.models import Filing
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.sample import cast, shelf


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
    page.get_by_role("button", name="退出").click()
    page.goto(f"{one.address}/desk/account/login/")
    one.see("passkey-sign-in")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
