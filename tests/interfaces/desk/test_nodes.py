"""The operator's page: what is open is seen and, where that is safe, ended by hand with a reason kept on record."""

from datetime import timedelta

import pytest
from attempts import attempt
from test_weight import cost_of

from yijie.domain.access.models import Event
from yijie.domain.decision.models import Hold
from yijie.domain.exchange.models import Contact, Node, NodeRegion, Outgoing, Position, Refusal
from yijie.domain.settlement.models import Attempt
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id


@pytest.fixture
def network(treated):
    """Another node that is away, with what piled up for it; taken down afterwards."""
    Node.objects.create(code="node-51", role="node", state="active", address="http://n51:8000")
    NodeRegion.objects.create(prefix="51", node="node-51", moving_to="")
    Contact.objects.create(node="node-51", heard_at=now() - timedelta(hours=1), failed_at=now(), error="连接超时")
    yield
    for model in (Node, NodeRegion, Contact, Outgoing, Refusal, Position, Attempt, Hold):
        model.objects.all().delete()


def left(number, refused=""):
    """A cancel that waits to be said."""
    moment = now()
    Outgoing.objects.create(
        id=new_id(), receiver="node-51", kind="benefit.cancel", subject=number, body={"attempt": number},
        left_at=moment, due_at=moment, tries=4, refused=refused,
    )  # fmt: skip


def hold(home_region):
    """What another node's attempt holds of a year here."""
    return Hold.objects.create(
        attempt=new_id(), action="settle", state="held", care_node="node-11", home_region=home_region,
        held_at=now() - timedelta(minutes=9), ask_at=now() + timedelta(hours=1),
    )  # fmt: skip


def test_an_attempt_past_its_deadline_is_seen_explained_and_aborted_with_a_reason(signed_in, network):
    client, one = signed_in("hub.nation"), attempt("110000", "510100")
    seen = client.get("/desk/nodes/").content.decode()
    for said in (str(one.id), "node-51", "连接超时", "1 小时 前", "未了办理", "3 分钟"):
        assert said in seen
    assert client.get("/desk/nodes/", {"number": str(one.id)})["Location"] == f"/desk/nodes/{one.id}/"
    explained = client.get(f"/desk/nodes/{one.id}/").content.decode()
    assert "由本节点决定：中止这笔办理" in explained
    assert "123.45" in explained
    without = client.post(f"/desk/nodes/{one.id}/resolve/", {"reason": " "})
    assert (without.status_code, Event.objects.filter(subject=str(one.id)).count()) == (422, 0)
    assert client.post(f"/desk/nodes/{one.id}/resolve/", {"reason": "机房断电"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reason) == ("aborted", "人工中止：机房断电")
    assert Outgoing.objects.get(subject=one.id).kind == "benefit.cancel"
    event = Event.objects.get(subject=str(one.id))
    assert (event.username, event.action, event.region) == ("hub.nation", "attempt_resolved", "110000")
    assert event.details["reason"] == "机房断电"
    again = client.post(f"/desk/nodes/{one.id}/resolve/", {"reason": "再来"})
    assert (again.status_code, "没有需要了结的事项" in again.content.decode()) == (422, True)
    assert str(one.id) in signed_in("auditor.nation").get("/desk/records/", {"q": str(one.id)}).content.decode()


def test_what_another_decides_is_asked_about_and_what_was_refused_is_said_again(signed_in, network):
    client, held = signed_in("hub.nation"), hold("510100")
    assert "预占 · 5 分钟以上" in client.get("/desk/nodes/").content.decode()
    assert client.post(f"/desk/nodes/{held.attempt}/resolve/", {"reason": "太久"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "held"
    assert held.ask_at <= now()
    one = attempt("110000", "510100", state="aborted", ended_at=now(), reason="超时")
    left(one.id, refused="参保地无此预占")
    assert "参保地无此预占" in client.get("/desk/nodes/").content.decode()
    client.post(f"/desk/nodes/{one.id}/resolve/", {"reason": "已更正"})
    assert Outgoing.objects.get(subject=one.id).refused == ""
    young = attempt("110000", "510100", deadline_at=now() + timedelta(hours=1))
    said = client.get(f"/desk/nodes/{young.id}/").content.decode()
    assert "仍在办理期限内" in said
    assert "<textarea" not in said


def test_only_operators_within_their_regions_and_only_after_the_password_again(signed_in, network):
    one, elsewhere = attempt("510100", "330100"), attempt("110000", "330100")
    city = signed_in("admin.chengdu")
    seen = city.get("/desk/nodes/").content.decode()
    assert f'href="/desk/nodes/{one.id}/"' in seen
    assert f'href="/desk/nodes/{elsewhere.id}/"' not in seen
    assert city.get(f"/desk/nodes/{one.id}/").status_code == 200
    assert city.post(f"/desk/nodes/{elsewhere.id}/resolve/", {"reason": "x"}).status_code == 404
    assert signed_in("supervisor.chengdu").get("/desk/nodes/").status_code == 403
    session = city.session
    session.pop("account_authentication_methods")
    session.save()
    asked = city.post(f"/desk/nodes/{one.id}/resolve/", {"reason": "x"})
    assert "/desk/account/reauthenticate/" in asked["Location"]
    one.refresh_from_db()
    assert one.state == "received"
    city.post("/desk/account/reauthenticate/", {"password": "yijie-sample-2026"})


def test_the_page_costs_the_same_for_one_row_and_for_many_and_speaks_english(signed_in, network):
    client, costs = signed_in("hub.nation"), []
    for rows in (1, 40):
        for _ in range(rows):
            one = attempt("110000", "510100")
            left(one.id, refused="拒\nrefused there")
            hold("510100")
            Refusal.objects.create(at=now(), sender="x", message="m", kind="k", code=f"c.{one.id}", text="")
            Position.objects.create(
                node="node-51", month="2026-01", care_region="110000", home_region=f"{one.id % 10**6:06d}",
                side="to_care", amount=-5,
            )  # fmt: skip
        response, statements, _ = cost_of(client, "/desk/nodes/")
        costs.append(statements)
        assert len(response.content) < 150_000
    assert costs[0] == costs[1] > 0
    english = client.get("/desk/nodes/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    for said in ("Open attempts", "Last heard", "Messages that were refused", "over 5 min", "41", "refused there"):
        assert said in english
    assert "拒\n" not in english
