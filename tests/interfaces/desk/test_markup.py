"""Markup wherever people or hospitals' systems may write, stays text on every page.

The lists are made, not written: forms and their fields from the pages, what messages store from the tables.
"""

import inspect
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import resolve
from looking import SEEN, address_of, user_of

from yijie.domain.access.region_scope import READABLE
from yijie.interfaces.desk import pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample import cast

KEYS = {
    *("number", "code", "item", "institution", "encounter", "settlement", "person_number", "certificate_number"),
    *("batch", "serial", "original", "key", "digest", "fingerprint", "policy", "message", "msgid", "owner", "subject"),
    *("content_hash", "template", "care", "home_node", "care_node", "kind", "which", "action", "username", "case"),
    *("quality_version", "month", "state", "files", "output", "card_number", "card_serial", "disease", "table"),
}
"""Columns by which rows find each other, or which only the platform writes: with markup in them nothing would show."""
TEXT_LENGTH_MIN = 20
"""Shorter columns are codes."""

UNSEEN_OF_FORMS = set()
OFFERED_WITH_OIDC = {"provider", "uid"}
UNSEEN_OF_TABLES = set()
TEXT = {None, "text", "search", "textarea", "hidden", "password", "file"}
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
    """The text of each page, as one of its users sees it, together with what people are found by."""
    for page in SEEN:
        client = signed_in(user_of(page))
        response = client.get(address_of(page, objects))
        if "html" in response["Content-Type"]:
            yield page.name, client, response.content.decode()


@pytest.fixture(scope="module")
def life(signed_in, objects):
    """Somebody stands at the hospital's desk; somebody else was looked for."""
    signed_in("desk.beijing").post("/desk/hospital/", {"kind": "02", "number": cast.BEIJING_EMPLOYEE.certificate})
    return objects


def found_forms(signed_in, objects):
    """(user, page's address, form's address, method, fields) of every form on every page; each form once."""
    seen = set()
    for name, client, text in every_page(signed_in, objects):
        address = address_of(PAGES[name], objects)
        for action, method, fields in Forms(text).forms:
            target = resolve((action or address).split("?")[0]).url_name
            if (target, method, frozenset(fields)) not in seen and target != "account_logout":
                seen.add((target, method, frozenset(fields)))
                yield client, target, action or address, method, fields


def test_markup_in_every_field_of_every_form_stays_text(signed_in, life):
    """Each field by itself, the others as people fill them in; then every page is read again."""
    forms, sent, shown = list(found_forms(signed_in, life)), {}, set()
    for client, target, action, method, fields in forms:
        for name, (kind, _) in fields.items():
            if kind in TEXT - {"file"}:
                cache.clear()
                mark = f"b{len(sent)}"
                sent[mark] = f"{target}.{name}"
                said = {other: SAID.get(other, value) for other, (_, value) in fields.items()} | {name: f"<{mark}>'\""}
                ask = client.post if method == "post" else client.get
                shown |= marks(ask(action, said, follow=True).content.decode(errors="replace"))
    for _, _, text in every_page(signed_in, life):
        shown |= marks(text)
    unseen = {sent[mark] for mark in sent if mark not in shown}
    assert unseen == UNSEEN_OF_FORMS, f"{unseen ^ UNSEEN_OF_FORMS}"
    assert read_by_pages() - {name for *_, fields in forms for name in fields} == OFFERED_WITH_OIDC


def read_by_pages():
    """Names of the fields that pages read of what was sent to them."""
    sources = "".join(inspect.getsource(one) for one in vars(pages).values() if inspect.ismodule(one))
    return set(re.findall(r'(?:POST(?:\.get|\.getlist)?[(\[]|text\(request, )"(\w+)"', sources))


def marks(text):
    """The marks that a page shows as text; one that became markup fails the test."""
    assert not re.search(r"<b\d+>", text), text
    return set(re.findall(r"&lt;(b\d+)&gt;", text))


def test_markup_in_whatever_messages_and_people_store_stays_text(signed_in, life):
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
        mark = f"b{len(sent)}"
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
    for _, _, text in every_page(signed_in, life):
        shown |= marks(text)
    unseen = {sent[mark] for mark in sent if mark not in shown}
    assert unseen == UNSEEN_OF_TABLES, f"{unseen ^ UNSEEN_OF_TABLES}"
