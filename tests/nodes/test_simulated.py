"""Thousands of worlds in which everything goes wrong; afterwards what desks were told is what the books say."""

from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta

import coverage
import pytest
from desks import Desk
from nodes.desk_life import Desks, discharged_many, reckoned
from nodes.place import Place, across, databases, introduce, make_identity
from nodes.world import HEAL_SECONDS_MAX, World
from people import born_many

from yijie.domain.coherent import disagreements
from yijie.domain.transaction import fetch
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY, CHENGDU_TERTIARY
from yijie.kernel.dates import SHANGHAI
from yijie.kernel.ids import public_id

FIRST_DAY = datetime(2026, 6, 1, 8, tzinfo=SHANGHAI)
MINUTES_APART = 15
ACCOUNT = 20_000
QUICK_SEEDS = 2_000
SOAK_SEEDS = 3_000
CHUNK = 50


@pytest.fixture(scope="module")
def places(cluster, nation_to_copy):
    """Two nodes, Beijing and Chengdu, each with its own database."""
    with databases(cluster, nation_to_copy, 2) as urls:
        made = [
            Place(make_identity(f"node-{prefix}"), (prefix,), url).open()
            for prefix, url in zip(("11", "51"), urls, strict=True)
        ]
        introduce(made)
        yield made
        for place in made:
            place.close()


def began(seed):
    """When a seed's world begins: each at a time of its own, so that a chunk's worlds do not meet."""
    return FIRST_DAY + timedelta(minutes=MINUTES_APART * seed)


def prepared(places, seeds):
    """For each seed a person of Chengdu and one of Beijing, with stays here and there; all at once, which is cheap."""
    beijing, chengdu = places
    with chengdu.acting():
        travellers = dict(zip(seeds, born_many(len(seeds), "510100", account=ACCOUNT), strict=True))
    with beijing.acting():
        visitors = dict(zip(seeds, born_many(len(seeds), "110000", account=ACCOUNT), strict=True))
    stays = {seed: [] for seed in seeds}
    for place, code, region, guests in (
        (beijing, BEIJING_TERTIARY, "110000", (travellers, travellers)),
        (chengdu, CHENGDU_TERTIARY, "510100", (travellers, visitors)),
    ):
        asked = [(seed, patients[seed]) for seed in seeds for patients in guests]
        with place.acting():
            made = discharged_many(place, [(Desk(code), patient, region, began(seed)) for seed, patient in asked])
        for (seed, _), stay in zip(asked, made, strict=True):
            stays[seed].append(stay)
    return stays


def run(seed, places, stays):
    """One world: a while in which things go wrong, then a while in which nothing does."""
    world = World(seed, places, began(seed))
    desks = Desks(world, stays, seed)
    with world.turning():
        desks.plan()
        world.run_until(60.0)
        world.tags = Counter(told.state for stay in stays for told in stay.messages)
        world.heal()
        until = world.time + HEAL_SECONDS_MAX
        while not (at_rest(places) and not desks.unknown()) and world.time < until:
            world.run_until(world.time + 10)
            desks.ask_again()
    return world, desks


def at_rest(places):
    """Whether nothing waits any more at any node."""
    for place in places:
        with place.acting():
            [(open_,)] = fetch(
                "SELECT EXISTS (SELECT FROM exchange_outgoing)"
                " OR EXISTS (SELECT FROM settlement_attempt WHERE state = 'received')"
                " OR EXISTS (SELECT FROM decision_hold WHERE state = 'held')"
            )
        if open_:
            return False
    return True


def judged(world, desks, places):
    """What is wrong after a run: unknown outcomes, books that differ from what desks were told, open ends."""
    found = [f"{told.infno} {told.msgid} stays unknown" for _, told in desks.unknown()]
    for stay in desks.stays:
        with stay.place.acting():
            rows = fetch(
                "SELECT id, region, total - cash - hospital_borne FROM settlement_settlement"
                " WHERE encounter = %s AND state = 'settled' AND voids IS NULL",
                [stay.encounter],
            )
        living = {public_id(region, number): paid for number, region, paid in rows}
        told = {m.number: int(m.funds * 100) for m in stay.messages if m.number in stay.living()}
        if living != told:
            found.append(f"stay {stay.number}: desks were told {told}, the books say {living}")
    return found + [
        one for patient in {stay.patient for stay in desks.stays} for one in reckoned_up(patient, desks, places)
    ]


def reckoned_up(patient, desks, places):
    """Whether the home region's decisions that stand are those that desks were told of, and cost what they must."""
    home = next(place for place in places if patient.home_region[:2] in place.regions)
    with home.acting():
        decided = fetch(
            "SELECT d.care_region || lpad(d.settlement::text, 19, '0'), d.care_region FROM decision_decision d"
            " WHERE d.person_number = %s AND d.state = 'confirmed' ORDER BY version",
            [patient.number],
        )
    owed = reckoned(patient.home_region, [care for _, care in decided], ACCOUNT)
    expected = {number: paid for (number, _), paid in zip(decided, owed, strict=True)}
    stays = [stay for stay in desks.stays if stay.patient == patient]
    told = {m.number: int(m.funds * 100) for stay in stays for m in stay.messages if m.number in stay.living()}
    return [] if expected == told else [f"{patient.number}: desks were told {told}, the home region owes {expected}"]


def seeds_survived(places, seeds):
    """Every run is judged by itself, then the books of all; how the planned messages ended before anything healed."""
    tags = Counter()
    for seed, stays in prepared(places, seeds).items():
        world, desks = run(seed, places, stays)
        found = judged(world, desks, places)
        assert not found, f"seed {seed}\n" + "\n".join(found + world.story)
        tags += world.tags
    assert min(tags[state] for state in ("done", "refused", "unknown")) > 0, tags
    found = across(places)
    for place in places:
        with place.acting():
            found += [f"{place.code}: {one.promise}: {one.key}: {one.seen}" for one in disagreements()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("chunk", range(QUICK_SEEDS // CHUNK))
def test_after_every_run_the_books_say_what_the_desks_were_told(places, chunk):
    with measured_if(chunk == 0):
        seeds_survived(places, range(chunk * CHUNK, (chunk + 1) * CHUNK))


@contextmanager
def measured_if(wanted):
    """Coverage is measured in one chunk: the others reach the same code, and tracing would double their time."""
    measuring = None if wanted else coverage.Coverage.current()
    if measuring:
        measuring.stop()
    try:
        yield
    finally:
        if measuring:
            measuring.start()


@pytest.mark.soak
@pytest.mark.parametrize("chunk", range(SOAK_SEEDS // CHUNK))
def test_thousands_of_runs(places, chunk):
    seeds_survived(places, range(10_000 + chunk * CHUNK, 10_000 + (chunk + 1) * CHUNK))


def test_a_seed_plays_the_same_run_again(cluster, nation_to_copy):
    stories = []
    for _ in range(2):
        with databases(cluster, nation_to_copy, 2) as urls:
            made = [
                Place(make_identity(f"node-{p}"), (p,), url).open() for p, url in zip(("11", "51"), urls, strict=True)
            ]
            introduce(made)
            world, _ = run(7, made, prepared(made, [7])[7])
            stories.append([line.split(" of ")[0] for line in world.story])
            for place in made:
                place.close()
    assert stories[0] == stories[1]
