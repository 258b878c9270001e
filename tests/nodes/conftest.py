"""Two nodes in this process, a line between them that can lose messages, and somebody insured at the far end."""

import msgspec
import pytest
from nodes.place import Place, across, databases, introduce, make_identity
from people import born

from yijie.domain import exchange
from yijie.domain.coherent import disagreements
from yijie.domain.exchange import PeerSilent, asking
from yijie.interfaces.node import handlers, rounds
from yijie.interfaces.node.bodies import BODIES

ACCOUNT = 50_000


@pytest.fixture(scope="module")
def nodes(cluster, nation_to_copy):
    """Beijing and Chengdu."""
    with databases(cluster, nation_to_copy, 2) as urls:
        made = [Place(make_identity(f"node-{p}"), (p,), u).open() for p, u in zip(("11", "51"), urls, strict=True)]
        introduce(made)
        yield made
        for place in made:
            place.close()


@pytest.fixture
def line(nodes):
    """What carries messages between them; kinds in the set are lost, answers too (``benefit.hold.answer``)."""
    lost = set()

    def lose(wire, place):
        if any(f'"kind":"{kind}"'.encode() in wire for kind in lost):
            raise PeerSilent(node=place.code, why="超时")

    def carry(address, wire, _seconds):
        place = next(p for p in nodes if address == f"sim://{p.code}")
        lose(wire, place)
        with place.acting():
            answer = handlers.receive(wire)
        lose(answer, place)
        said = msgspec.json.decode(answer, type=dict)["message"]
        if "done" in said["body"]:
            kind = said["kind"].removesuffix(".answer")
            msgspec.convert(said["body"]["done"], BODIES[kind, said["version"]][1])
        return answer

    asking.transport_is(carry)
    exchange.forget_directory()
    yield lost
    for place in nodes:
        with place.acting():
            while rounds.once():
                pass
    found = across(nodes)
    for place in nodes:
        with place.acting():
            found += [f"{one.promise}: {one.key}: {one.seen}" for one in disagreements()]
    assert not found, "\n".join(found)


@pytest.fixture
def patient(nodes):
    """Somebody insured in Chengdu."""
    with nodes[1].acting():
        return born("510100", account=ACCOUNT)
