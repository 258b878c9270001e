"""What every test may stand on: a real PostgreSQL, the sample nation, a real server, hospitals that speak to it.

Nothing is mocked. Each test that touches the database is followed by the one question that proves the books.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import django
import pytest
from django.conf import settings
from hypothesis import settings as properties

if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
    # Every run closes the folder all runs share against other users, also against a database that runs as one.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(prefix="yijie-")
    atexit.register(shutil.rmtree, os.environ["PYTEST_DEBUG_TEMPROOT"], ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "yijie.settings"
os.environ["YIJIE_DATABASE_URL"] = "postgresql:///set-by-the-database-fixture"
os.environ["YIJIE_SECRET_KEY"] = "the servers of a run and the run itself sign with one key, which opens nothing else"
os.environ["YIJIE_CLIENT_KEY"] = "00112233445566778899aabbccddeeff"
os.environ.setdefault("YIJIE_LOG_LEVEL", "WARNING")
django.setup()
settings.PASSWORD_HASHERS = ["hashing.Quick"]
# The quick lane tries properties on the same values in every run, so that a change stops it and not chance; the long
# lane draws anew (test_drawn_anew.py). Neither has a limit in time: a busy machine is not a mistake.
properties.register_profile("the same", deadline=None, max_examples=150, derandomize=True)
properties.register_profile("drawn anew", deadline=None, max_examples=1500, print_blob=True)
properties.load_profile("the same")

import psycopg
from desks import desks_at
from django.db import connection
from running import Server, django_on

from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import HospitalSystem
from yijie.interfaces.sample.load import load as load_nation
from yijie.interfaces.server.postgres import start_embedded, url_of
from yijie.interfaces.server.start import bring_tables_up

TEST_CLUSTER = "fsync = off\nsynchronous_commit = off\nmax_connections = 150\nshared_buffers = 128MB\njit = off\n"
PEOPLE = 1500
DATABASES = ("sample_nation", "empty_database", "own_nation", "fresh_nation")
"""Fixtures after whose tests the books are asked."""


def pytest_collection_modifyitems(items):
    """Begin with what takes minutes, so that no process is left with it while the others have nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A PostgreSQL server of this test run."""
    server = start_embedded(Path(tmp_path_factory.mktemp("cluster")), settings=TEST_CLUSTER)
    yield server
    connection.close()
    server.cleanup()


@pytest.fixture(scope="session")
def sample_nation(cluster):
    """A database with the sample nation, shared by all tests of this process; its address."""
    url = url_of(cluster, "nation")
    with django_on(url):
        bring_tables_up()
        load_nation(PEOPLE)
        yield url


@pytest.fixture(scope="session")
def nation_to_copy(sample_nation, cluster):
    """A database with the cast, the institutions and the catalogue, from which others are copied in no time.

    It stands on the shared nation so that Django always returns to that one when a copy has been used.
    """
    with django_on(url_of(cluster, "to_copy")):
        bring_tables_up()
        load_nation(0)
    return "to_copy"


@contextmanager
def copied_nation(cluster, template):
    """A copy of a nation; Django works on it."""
    name = f"nation_{os.urandom(4).hex()}"
    with psycopg.connect(cluster.get_uri(), autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        with django_on(url_of(cluster, name)) as url:
            yield url
        administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def own_nation(cluster, nation_to_copy):
    """A nation of this module's own, with the cast; its address."""
    with copied_nation(cluster, nation_to_copy) as url:
        yield url


@pytest.fixture
def fresh_nation(cluster, nation_to_copy):
    """A nation of this test's own, with the cast untouched; its address."""
    with copied_nation(cluster, nation_to_copy) as url:
        yield url


@pytest.fixture(scope="module")
def own_server(own_nation):
    """A server on the module's own nation."""
    with serving(own_nation) as running:
        yield running


@contextmanager
def serving(url):
    """A server on a database, stopped in the end."""
    running = Server(url).start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def desk(own_server):
    """Makes desks that speak over HTTP to the module's own server: ``desk(code)``."""
    with desks_at(own_server.address) as make:
        yield make


@pytest.fixture
def fresh_desk(fresh_nation):
    """Makes desks that speak over HTTP to a server on the test's own nation: ``fresh_desk(code)``."""
    with serving(fresh_nation) as running, desks_at(running.address) as make:
        yield make


@pytest.fixture
def empty_database(cluster):
    """A fresh database with the newest tables and nothing in them; Django works on it."""
    url = url_of(cluster, f"empty_{os.urandom(4).hex()}")
    with django_on(url):
        bring_tables_up()
        yield url


@pytest.fixture(scope="session")
def server(sample_nation):
    """A server on the sample nation, shared by all tests of this process."""
    running = Server(sample_nation).start()
    yield running
    running.stop()


@pytest.fixture
def hospital(server):
    """Makes a hospital system that speaks to the server: ``hospital(code)``."""
    made = []

    def make(code, *, address=None):
        region = f"{code[1:7]}"
        made.append(HospitalSystem(address or server.address, code, f"样例机构{code[-5:]}", region))
        return made[-1]

    yield make
    for system in made:
        system.close()


@pytest.fixture(scope="session")
def supply(sample_nation):
    """Hands out sample persons no other test has used: ``supply(pool, insurance, category)``."""
    used = set()

    def take(pool="110000", insurance="310", category="11"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.number, p.certificate_number, p.name FROM enrolment_person p"
                " JOIN enrolment_enrolment e ON e.person_id = p.id WHERE e.region = %s AND e.insurance = %s"
                " AND e.category = %s AND e.status = '1' AND p.number NOT LIKE '______0000%%'"
                " AND (SELECT count(*) FROM enrolment_enrolment o WHERE o.person_id = p.id) = 1 ORDER BY p.number",
                [pool, insurance, category],
            )
            number, certificate, name = next(row for row in cursor.fetchall() if row[0] not in used)
        used.add(number)
        return number, certificate, name

    return take


@pytest.fixture(autouse=True)
def books_agree(request):
    """After every test that used a database: do all books agree?"""
    used = [name for name in DATABASES if name in request.fixturenames]
    for name in used:
        request.getfixturevalue(name)  # begun before this one, so that it still stands below
    yield
    if used:
        found = disagreements()
        assert not found, "\n".join(f"{one.promise}: {one.key}: {one.seen}" for one in found)
