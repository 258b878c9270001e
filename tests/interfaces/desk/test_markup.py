"""Markup wherever people or hospitals' systems may write, stays text on every page.

The lists are made, not written: forms and their fields from the pages, what messages store from the tables.
"""

import inspect
import re
from html.parser import HTMLParser

import pytest
from desks import Desk
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import resolve
from looking import SEEN, address_of, user_of

from yijie.domain import catalogue, encounter, institution, settlement
from yijie.domain.access.region_scope import READABLE
from yijie.domain.catalogue.models import OwnItem, Term
from yijie.domain.enrolment.models import Person, SpecialGroup
from yijie.domain.filing.models import ChronicFiling, Designation
from yijie.interfaces.demo.his import Item
from yijie.interfaces.desk import pages
from yijie.interfaces.desk.client import fresh_id
from yijie.interfaces.desk.models import Attempt, Change
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.interfaces.sample.own_items import ensure_own_items
from yijie.kernel.dates import now, today
from yijie.kernel.ids import new_id, parse_public_id

KEYS = {
    *("number", "code", "item", "institution", "encounter", "settlement", "person_number", "certificate_number"),
    *("batch", "serial", "original", "key", "digest", "fingerprint", "policy", "message", "msgid", "owner", "subject"),
    *("content_hash", "template", "care", "home_node", "care_node", "kind", "which", "action", "username", "case"),
    *("quality_version", "month", "state", "files", "output", "card_number", "card_serial", "disease", "table"),
}
"""Columns by which rows find each other, or which only the platform writes: with markup in them nothing would show."""
TEXT_LENGTH_MIN = 20
"""Shorter columns are codes."""

UNSEEN_OF_FORMS = {
    "filings_review": "note",
    "hospital": "number",
    "hospital_admit": "bed department diagnosis_code diagnosis_name doctor_code doctor_name msgid phone record",
    "hospital_charge": "msgid price quantity",
    "hospital_register": "department diagnosis_code diagnosis_name doctor_code doctor_name msgid",
    "hospital_revoke": "msgid",
    "hospital_settle": "account msgid",
    "nodes": "number",
    "reference_import": "note",
    "reference_row": "agreement_since agreement_until grade kind "
    "level region remote_inpatient remote_outpatient suspended",
    "set_language": "next",
    "settlements_void": "msgid",
    "users_open": "username",
}
"""Fields whose markup is refused without being repeated, or kept where the stored texts below are tried."""
NOT_OFFERED_HERE = {"provider", "uid", "mine", "serial"}
"""Without a bureau's own sign-in, a new device and the lines of a stay there is no such button or choice."""
UNSEEN_OF_TABLES = {
    "archive_entry": "body operator",
    "catalogue_acceptance": "undone_by",
    "catalogue_concept": "name",
    "catalogue_item": "dosage_form",
    "catalogue_mapping": "details list_type own_code own_name",
    "catalogue_ownitem": "maker specification unit",
    "decision_accumulator": "amounts",
    "decision_decision": "allowances deltas",
    "decision_hold": "paid",
    "decision_policypack": "name",
    "desk_attempt": "person_name sent_by",
    "desk_change": "decided_by",
    "encounter_diagnosis": "condition doctor_code",
    "encounter_encounter": "details discharge settled",
    "encounter_fee_line": "details own_code",
    "files_file": "name",
    "filing_chronicfiling": "decided_by details",
    "filing_designation": "details note",
    "filing_filing": "decided_by details",
    "fsi_refusal": "reference",
    "fsi_signin": "ip mac operator",
    "reconcile_run": "answer file",
    "settlement_attempt": "details reason",
    "settlement_certificate": "content withdrawn_for",
    "settlement_list_settlementlist": "body findings operator",
    "settlement_settlement": "details",
}
"""Stored texts that no page shows (or only masked, or of which this nation has none): whoever adds one, looks here."""
VARIANTS = {
    "hospital_patient": ("", "?kind=stay"),
    "hospital_care": ("", f"?item={shelf.DRUG_A.name}"),
    "reference_row": (f"?key={institutions.BEIJING_TERTIARY}",),
}
"""Pages with other forms at other questions."""
TEXT = {"text", "search", "textarea", "hidden", "password"}
SAID = {
    "insurance": "310",
    "medical_type": "2101",
    "record": "ZY-MARKUP-1",
    "phone": "13800000000",
    "bed": "12",
    "department": "外科",
    "doctor_code": "D110105000001",
    "doctor_name": "样例医师",
    "diagnosis_code": "K35.800",
    "diagnosis_name": "急性阑尾炎",
    "price": "3.20",
    "quantity": "1",
    "place": "510100",
    "username": "some.body",
    "display": "某人",
    "evidence": "责任认定书",
    "note": "说明",
}
"""What a form's other fields say while one of them holds markup."""


class Forms(HTMLParser):
    """The forms of a page: where each leads, by which method, its fields with the kind and value of each."""

    def __init__(self, content):
        super().__init__()
        self.forms, self.selects = [], None
        self.feed(content)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "form":
            self.forms.append((said.get("action", ""), said.get("method", "get").lower(), {}))
        name, fields = said.get("name"), self.forms[-1][2] if self.forms else {}
        if tag == "select":
            self.selects = name
        if tag == "option" and self.selects and not fields.get(self.selects, ("", ""))[1]:
            fields[self.selects] = "select", said.get("value", "")
        if tag == "button" and name:
            fields[name] = "button", said.get("value", "")
        if tag in ("input", "textarea") and name and name != "csrfmiddlewaretoken":
            fields[name] = (said.get("type") or "text") if tag == "input" else "textarea", said.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.selects = None


def every_page(signed_in, objects):
    """The address and text of each page, with the browser of one of its users."""
    for page in SEEN:
        client = signed_in(user_of(page))
        for variant in VARIANTS.get(page.name, ("",)):
            address = address_of(page, objects) + variant
            response = client.get(address)
            if "html" in response["Content-Type"]:
                yield client, address, response.content.decode()
    for number in Change.objects.values_list("id", flat=True):
        address = f"/desk/changes/{number}/"
        yield client, address, signed_in("admin.nation").get(address).content.decode()


@pytest.fixture(scope="module")
def life(signed_in, objects):
    """Something of every sort that pages show; somebody stands at the hospital's desk."""
    signed_in("desk.beijing").post("/desk/hospital/", {"kind": "02", "number": cast.BEIJING_EMPLOYEE.certificate})
    desk = Desk(institutions.BEIJING_TERTIARY)
    patient = desk.patient(desk.read_card(cast.BEIJING_EMPLOYEE.certificate))
    visit = desk.visit_of(patient, [Item(shelf.DRUG_A.code, "3.20", "1")], began=now().replace(hour=0, minute=1))
    ensure_own_items()
    own, at = OwnItem.objects.order_by("own_code")[0], institution.standing(institutions.BEIJING_TERTIARY)
    taken = catalogue.accept([(own.own_code, shelf.DRUG_A.code)], at, by="one")
    catalogue.review_acceptance(taken.id, at, by="another")
    encounter.check_trauma(parse_public_id(objects["trauma"])[1], "payable", "证据", by="checker")
    settlement.ask_to_settle_again(parse_public_id(objects["settlements"])[1], reason="late_filing", by="asker")
    Term.objects.filter(item=shelf.DRUG_A.code).update(restricted=True, restriction="限重症")
    Change.objects.filter(id=9).update(note="说明")
    person = {"person_number": objects["people"], "insurance": "310", "since": today()}
    kept = {"institution": at.code, "institution_name": "某医院", "business": "01", "rank": "1", "note": "备注"}
    Designation.objects.create(id=1, **person, **kept)
    ChronicFiling.objects.create(id=1, **person, disease="M03900", disease_name="高血压")
    who = Person.objects.get(number=objects["people"])
    SpecialGroup.objects.create(person=who, group="2303", since=today(), note="备注")
    sent = {"region": "110000", "institution": at.code, "encounter": visit, "person_number": patient.number}
    sent |= {"person_name": patient.name, "infno": "2304", "total": 1, "body": b"{}", "sent_at": now()}
    for state in ("sent", "refused"):
        Attempt.objects.create(id=new_id(), **sent, msgid=state, sent_by="sender", state=state, said="拒绝原因")
    return objects | {"hospital": visit, "catalogue": shelf.DRUG_A.code}


def found_forms(signed_in, objects):
    """(browser, form's name and address, method, fields) of every form on every page; each form once."""
    seen = set()
    for client, address, text in every_page(signed_in, objects):
        for action, method, fields in Forms(text).forms:
            target = resolve((action or address).split("?")[0]).url_name
            if (target, method, frozenset(fields)) not in seen and target != "account_logout":
                seen.add((target, method, frozenset(fields)))
                yield client, target, action or address, method, fields


@pytest.fixture(scope="module")
def tried(signed_in, life):
    """Every field of every form by itself, the others as people fill them in; then every page read again.

    Returns the names of the fields, and those whose markup no page showed.
    """
    forms, sent, shown = list(found_forms(signed_in, life)), {}, set()
    for client, target, action, method, fields in forms:
        for name, (kind, _) in fields.items():
            if kind in TEXT:
                cache.clear()
                mark = f"b{len(sent)}"
                sent[mark] = f"{target}.{name}"
                said = {other: SAID.get(other, value) for other, (_, value) in fields.items()}
                if "msgid" in said:
                    said["msgid"] = fresh_id(institutions.BEIJING_TERTIARY)
                ask = client.post if method == "post" else client.get
                answer = ask(action, said | {name: f"<{mark}>'\""}, follow=True)
                shown |= marks(answer.content.decode(errors="replace"))
    for *_, text in every_page(signed_in, life):
        shown |= marks(text)
    return {name for *_, fields in forms for name in fields}, {sent[mark] for mark in sent if mark not in shown}


def test_markup_in_every_field_of_every_form_stays_text(tried):
    _, unseen = tried
    assert not unseen - named(UNSEEN_OF_FORMS), sorted(unseen - named(UNSEEN_OF_FORMS))


def test_every_field_that_a_page_reads_is_in_a_form(tried):
    """What a handler reads stands in a form of some page, so that it was tried."""
    fields, _ = tried
    assert not read_by_pages() - fields - NOT_OFFERED_HERE


def named(grouped):
    """``table.column`` of a list by table."""
    return {f"{group}.{name}" for group, names in grouped.items() for name in names.split()}


def read_by_pages():
    """Names of the fields that pages read of what was sent to them."""
    sources = "".join(inspect.getsource(one) for one in vars(pages).values() if inspect.ismodule(one))
    return set(re.findall(r'(?:POST(?:\.get|\.getlist)?[(\[]|text\(request, )"(\w+)"', sources))


def marks(text):
    """The marks that a page shows as text; one that became markup fails the test."""
    assert not re.search(r"<[bt]\d+>", text), text
    return set(re.findall(r"&lt;([bt]\d+)&gt;", text))


def test_markup_in_whatever_messages_and_people_store_stays_text(signed_in, life, tried):
    """Before every text that the database keeps and a page may read there is markup; every page is read."""
    columns = [
        (model._meta.db_table, field.column, field.max_length, field.get_internal_type() == "JSONField")
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.db_table in READABLE and field.column not in KEYS and not field.choices
        if field.get_internal_type() in ("CharField", "TextField", "JSONField")
        if (field.max_length or 500) >= TEXT_LENGTH_MIN
    ]
    sent = {}
    for table, column, most, is_json in columns:
        mark = f"t{len(sent)}"
        change = (
            f"""regexp_replace("{column}"::text, '"([^"]*[\u4e00-\u9fff][^"]*)"(?!:)', '"<{mark}>\\1"', 'g')::jsonb"""
            if is_json
            else f"""left('<{mark}>' || "{column}", {most or 500})"""
        )
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'UPDATE "{table}" SET "{column}" = {change} WHERE "{column}"::text <> \'\'')
                sent[mark] = f"{table}.{column}"
        except (IntegrityError, ProgrammingError):
            pass  # the database itself takes no markup there, or no change
    shown = set()
    for *_, text in every_page(signed_in, life):
        shown |= marks(text)
    unseen = {sent[mark] for mark in sent if mark not in shown}
    assert not unseen - named(UNSEEN_OF_TABLES), sorted(unseen - named(UNSEEN_OF_TABLES))
