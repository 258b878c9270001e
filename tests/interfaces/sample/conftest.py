"""An empty database for the tests of the sample nation; every test's writes are taken back."""

import pytest
from django.db import connection, transaction
from running import django_on

from yijie.interfaces.server.postgres import url_of
from yijie.interfaces.server.start import bring_tables_up


@pytest.fixture(scope="module")
def database(cluster):
    """A database with the newest tables and no rows; Django works on it for this module."""
    with django_on(url_of(cluster, "sample_tests")) as url:
        bring_tables_up()
        yield url


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
