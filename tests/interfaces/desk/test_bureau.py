"""A bureau's work: filings together and one by one, late filing, traumas, people, policies, catalogue."""

import dataclasses
import re

import pytest
from desks import Desk
from django.core.files.uploadedfile import SimpleUploadedFile

from yijie.domain import decision, filing
from yijie.domain.access.models import Event
from yijie.domain.catalogue.models import Term
from yijie.domain.encounter.models import Encounter
from yijie.domain.filing.models import Filing
from yijie.domain.settlement.models import Resettlement, Settlement
from yijie.engines.benefit import read_policy
from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today
from yijie.kernel.ids import public_id


def waiting_number(member, care, kind):
    """A fresh filing request."""
    application = filing.Application(
        person_number=member.number,
        insurance=member.relation.insurance,
        home_region=member.pool,
        care_region=care,
        kind=kind,
        since=today(),
        papers=True,
    )
    return filing.request(application, by="person")


def waiting(member, care, kind):
    """Its public number."""
    one = waiting_number(member, care, kind)
    return public_id(one.home_region, one.id)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def hidden(page, name):
    """The value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def test_a_mornings_filings_decided_together(signed_in, treated):
    """Two are agreed to at once; approving them wants another person; one that cannot be is named."""
    numbers = [waiting(cast.CHENGDU_EMPLOYEE, care, FilingKind.LONG_TERM_RESIDENT) for care in ("440100", "330100")]
    officer, chief = signed_in("benefit.chengdu"), signed_in("supervisor.chengdu")
    officer.post("/desk/filings/batch/", {"take": numbers, "decision": "review"})
    told = officer.post("/desk/filings/batch/", {"take": numbers, "decision": "review"}, follow=True).content.decode()
    assert told.count("您已办理过上一级审核") == 2
    assert officer.post("/desk/filings/batch/", {"take": numbers, "decision": "approve"}).status_code == 403
    done = chief.post("/desk/filings/batch/", {"take": numbers, "decision": "approve"}, follow=True).content.decode()
    assert "已办理 2 件" in done
    assert {Filing.objects.get(id=int(number[6:])).state for number in numbers} == {"approved"}
    stranger = waiting(cast.HANGZHOU_RESIDENT, "440100", FilingKind.LONG_TERM_RESIDENT)
    chief.post("/desk/filings/batch/", {"take": [stranger], "decision": "reject", "note": "x"})
    assert Filing.objects.get(id=int(stranger[6:])).state == "requested", "another region's filing stays"


def test_a_referral_over_three_levels_with_papers_and_what_follows(signed_in, treated):
    number = waiting(cast.CHENGDU_EMPLOYEE, "120000", FilingKind.REFERRAL)
    page = f"/desk/filings/{number}/"
    benefit, review, chief = (signed_in(f"{who}.chengdu") for who in ("benefit", "review", "supervisor"))
    paper = SimpleUploadedFile("../转诊证明.png", PNG, content_type="text/html")
    assert benefit.post(f"{page}papers/", {"file": paper}).status_code == 302
    shown = review.get(page).content.decode()
    assert "<dd>经办窗口</dd>" in shown
    kept = re.search(r'href="([^"]+/papers/\d+/)">转诊证明.png', shown)[1]
    response = review.get(kept)
    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("attachment")
    assert signed_in("supervisor.beijing").get(kept).status_code == 404
    for content in (b"<html>", b"MZ", b"", b"GIF89a"):
        refused = benefit.post(f"{page}papers/", {"file": SimpleUploadedFile("x.pdf", content)})
        assert refused.status_code == 422
    assert chief.post(f"{page}approve/", {}).status_code == 422
    for officer in (benefit, review):
        assert officer.post(f"{page}review/", {"note": "同意"}).status_code == 302
    assert benefit.post(f"{page}hand-over/", {"note": "早了"}).status_code == 422
    assert chief.post(f"{page}approve/", {}).status_code == 302
    benefit.post(f"{page}hand-over/", {"note": "住院病历 12 页"})
    Filing.objects.filter(id=int(number[6:])).update(since="2026-01-01")
    assert number in benefit.get("/desk/filings/", {"waits": "follow"}).content.decode()
    benefit.post(f"{page}follow-up/", {"note": "已手术，恢复良好"})
    assert number not in benefit.get("/desk/filings/", {"waits": "follow"}).content.decode()
    assert all(word in review.get(page).content.decode() for word in ("病历移交 住院病历", "随访 已手术"))


ITEMS = [Item(shelf.SURGERY.code, shelf.SURGERY.price), Item(shelf.DRUG_A.code, "3.20", "10")]


@pytest.fixture
def unfiled(treated):
    """A Chengdu employee settled in Beijing as a temporary visitor, who lives there; numbers of stay and settlement."""
    temporary = waiting_number(cast.CHENGDU_EMPLOYEE, "110000", FilingKind.TEMPORARY)
    filing.approve(temporary.id, by="bureau")
    desk = Desk(institutions.BEIJING_TERTIARY)
    patient = desk.patient(desk.read_card(cast.CHENGDU_EMPLOYEE.certificate))
    began = now().replace(hour=0, minute=1)
    stay = desk.stay_of(patient, ITEMS, began=began, ended=now(), extension='{"TRUM_FLAG":"1","REL_TTP_FLAG":"0"}')
    return stay, desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]


def test_a_late_filing_leads_to_settling_again_and_money_back(signed_in, unfiled):
    """Filed after discharge: the bureau asks, the hospital voids and settles again, the patient pays less."""
    stay, settled = unfiled
    number = waiting(cast.CHENGDU_EMPLOYEE, "110000", FilingKind.LONG_TERM_RESIDENT)
    page = f"/desk/filings/{number}/"
    signed_in("benefit.chengdu").post(f"{page}review/", {})
    chief, hospital = signed_in("supervisor.chengdu"), signed_in("desk.beijing")
    chief.post(f"{page}approve/", {})
    assert settled in chief.get(page).content.decode()
    assert chief.post(f"{page}again/").status_code == 302
    assert "补办备案可覆盖的结算" not in chief.get(page).content.decode(), "once"
    assert settled in hospital.get("/desk/again/").content.decode()
    shown = hospital.get(f"/desk/settlements/{settled}/")
    care = hospital.post(f"/desk/settlements/{settled}/void/", {"msgid": hidden(shown, "msgid")})["Location"]
    assert stay in care
    assert "已撤销，待重新结算" in chief.get("/desk/again/").content.decode()
    quote = hospital.get(f"{care}quote/")
    again = hospital.post(f"{care}settle/", {"msgid": hidden(quote, "msgid")})["Location"]
    assert again.endswith("/statement/")
    before, after = Settlement.objects.filter(encounter=int(stay[6:]), voids=None).order_by("settled_at")
    assert (before.state, after.state) == ("voided", "settled")
    assert after.cash < before.cash
    assert "已重新结算" in chief.get("/desk/again/").content.decode()
    life = chief.get(f"/desk/settlements/{settled}/").content.decode()
    assert all(
        word in life for word in ("要求重新结算", "撤销，全额冲回", "参保地待遇决定：已撤销", "同一就诊的另一次结算")
    )


def test_a_void_is_the_hospitals_own(signed_in, treated):
    number = treated["beijing_at_home"]
    assert signed_in("desk.chengdu").post(f"/desk/settlements/{number}/void/").status_code == 404
    assert signed_in("supervisor.beijing").post(f"/desk/settlements/{number}/void/").status_code == 403
    assert (
        "settlements_void" not in signed_in("supervisor.beijing").get(f"/desk/settlements/{number}/").content.decode()
    )


def test_a_declared_trauma_is_checked_and_what_another_owes_is_asked_back(signed_in, unfiled):
    stay, _ = unfiled
    officer = signed_in("review.chengdu")
    assert stay in officer.get("/desk/trauma/", {"outcome": "open"}).content.decode()
    page = f"/desk/trauma/{stay}/"
    assert officer.post(f"{page}check/", {"outcome": "payable", "evidence": " "}).status_code == 422
    assert officer.post(f"{page}check/", {"outcome": "excluded", "evidence": "交警责任认定书"}).status_code == 302
    assert "交警责任认定书" in officer.get(page).content.decode()
    living = Settlement.objects.get(encounter=int(stay[6:]), voids=None, state="settled")
    assert Resettlement.objects.filter(settlement=living.id, reason="third_party").exists()
    assert stay not in officer.get("/desk/trauma/", {"outcome": "open"}).content.decode()
    assert "待医院撤销" in officer.get(page).content.decode()
    officer.post(f"{page}check/", {"outcome": "excluded", "evidence": "补充笔录"})
    assert "补充笔录" in officer.get(page).content.decode(), "what was asked for already is no obstacle"
    hospital = signed_in("desk.beijing")
    number = public_id(living.region, living.id)
    shown = hospital.get(f"/desk/settlements/{number}/")
    care = hospital.post(f"/desk/settlements/{number}/void/", {"msgid": hidden(shown, "msgid")})["Location"]
    assert "请按自费收费" in hospital.get(care).content.decode()
    refused = hospital.get(f"{care}quote/")
    assert refused.status_code == 422, "no fund pays what a third party owes"
    assert "社会保险法第三十条" in refused.content.decode()
    for seen in (officer.get(page), officer.get("/desk/again/")):
        assert "已撤销，转自费" in seen.content.decode()
    officer.post(f"{page}check/", {"outcome": "payable", "evidence": "复核：单方事故"})
    assert "请按自费收费" not in hospital.get(care).content.decode()
    quote = hospital.get(f"{care}quote/")
    again = hospital.post(f"{care}settle/", {"msgid": hidden(quote, "msgid")})["Location"]
    assert again.endswith("/statement/"), "found otherwise, it is settled under the insurance again"
    assert "已重新结算" in officer.get(page).content.decode()
    other = Encounter.objects.filter(trauma=False).first()
    assert officer.get(f"/desk/trauma/{public_id(other.region, other.id)}/").status_code == 404


def test_a_person_with_everything_kept_and_the_look_on_record(signed_in, treated):
    member, officer = cast.CHENGDU_RETIREE, signed_in("benefit.chengdu")
    assert "请输入要找的人" in officer.get("/desk/people/").content.decode()
    found = officer.post("/desk/people/", {"q": member.certificate}, follow=True)
    assert found.redirect_chain == [("/desk/people/", 302)], "certificates stay out of addresses"
    assert member.number in found.content.decode()
    assert found.content.decode().count(member.certificate) == 1, "in the search box only; the list masks it"
    text = officer.get(f"/desk/people/{member.number}/").content.decode()
    assert all(word in text for word in (member.name, treated["chengdu_in_beijing"], "年度累计", "异地备案"))
    assert Event.objects.filter(action="person_seen", subject=member.number).exists()
    assert signed_in("supervisor.beijing").get(f"/desk/people/{cast.HANGZHOU_RESIDENT.number}/").status_code == 404


def test_one_search_leads_to_whatever_it_names(signed_in, treated):
    officer = signed_in("supervisor.chengdu")
    for asked, where in (
        (treated["chengdu_in_beijing"], "/desk/settlements/"),
        (treated["filing_chengdu"], "/desk/filings/"),
        (cast.CHENGDU_RETIREE.certificate, "/desk/people/"),
    ):
        assert officer.post("/desk/search/", {"q": asked})["Location"].startswith(where)
    to_list = signed_in("desk.beijing").post("/desk/search/", {"q": cast.CHENGDU_RETIREE.certificate})["Location"]
    assert to_list == f"/desk/settlements/?q={cast.CHENGDU_RETIREE.number}"
    named = Settlement.objects.filter(person_number=cast.CHENGDU_RETIREE.number).first()
    msgid = named.details["message"]
    assert officer.post("/desk/search/", {"q": msgid})["Location"] == f"/desk/settlements/?id={named.id}"


def test_a_policy_in_words_with_versions_and_what_they_differ_in(signed_in, treated):
    """A version kept yesterday whose deductible was another: the difference is said in words, both ways."""
    officer, now_ = signed_in("benefit.chengdu"), decision.packs()["510100"]
    page = officer.get("/desk/policies/510100/").content.decode()
    assert "职工住院 · 起付线 · 金额" in page
    files = {name: text.replace("800", "900") for name, text in now_.files.items()}
    other = read_policy(files, "earlier")
    assert other.fingerprint != now_.fingerprint
    decision.keep_pack(other)
    versions = officer.get("/desk/policies/510100/").content.decode()
    assert other.fingerprint[:12] in versions
    asked = {"before": other.fingerprint[:12], "after": now_.fingerprint[:12]}
    said = officer.get("/desk/policies/510100/difference/", asked).content.decode()
    assert "900.00" in said
    assert "800.00" in said
    same = officer.get("/desk/policies/510100/difference/", {"before": now_.fingerprint[:12]}).content.decode()
    assert "没有不同" in same
    assert officer.get("/desk/policies/510100/", {"version": "%"}).status_code == 404
    assert officer.get("/desk/policies/990000/").status_code == 404
    assert "pool.yaml" in officer.get("/desk/policies/510100/", {"files": "1"}).content.decode()
    assert dataclasses.is_dataclass(other)


def test_the_catalogue_over_time_and_what_is_paid_in_transition(signed_in, treated):
    officer = signed_in("benefit.chengdu")
    leaving = Term.objects.filter(until__isnull=False).first()
    text = officer.get(f"/desk/catalogue/items/{leaving.item_id}/").content.decode()
    assert f"{leaving.until:%Y-%m-%d}" in text
    assert "已结束" in text
    gone = [item for item in shelf.BY_CODE.values() if item.leaves]
    assert gone
    left = officer.get("/desk/catalogue/", {"change": "left", "q": gone[0].name}).content.decode()
    assert gone[0].code in left
    kept = Term.objects.filter(item=gone[0].code, until__isnull=False)
    kept.update(until="2027-01-31")
    transition = officer.get("/desk/catalogue/", {"change": "transition", "q": gone[0].name}).content.decode()
    assert gone[0].code in transition
    assert officer.get("/desk/catalogue/releases/").status_code == 200
    assert officer.get("/desk/catalogue/", {"export": "csv", "q": gone[0].name}).content.decode().count("\n") >= 2
