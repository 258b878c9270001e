"""A PostgreSQL of our own for the tests of the sample nation; every test's writes are taken back."""

import os
from pathlib import Path

import django
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from yijie.domain.partition import ensure_partitions
from yijie.interfaces.server.postgres import start_embedded, url_of

SETTINGS = "fsync = off\nsynchronous_commit = off\nmax_connections = 20\n"


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """An empty database with the newest tables, in a temporary folder."""
    server = start_embedded(Path(tmp_path_factory.mktemp("server")), settings=SETTINGS)
    os.environ["YIJIE_DATABASE_URL"] = url_of(server)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yijie.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    ensure_partitions()
    yield os.environ["YIJIE_DATABASE_URL"]
    connection.close()
    server.cleanup()


@pytest.fixture
def db(database):
    """The database within a transaction that ends with the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def query(database):
    """Rows of a statement."""

    def run(sql, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    return run
