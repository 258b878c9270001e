"""Emptying a database that holds nothing but samples, so that a demonstration starts afresh."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction

from yijie.domain import enrolment
from yijie.kernel.errors import YijieError


class RealPersonsHere(YijieError):
    """The database holds persons that are no samples; nothing is emptied."""

    code = "sample.real_persons_here"
    zh = "该数据库中有 {persons} 名非样例参保人，演示不会清空它；请另建数据库（YIJIE_DATABASE_URL）"
    en = "this database holds {persons} persons who are no samples; it is not emptied, use a database of its own"


def empty() -> None:
    """Remove every row of every table of the domain and the interface; refused where a real person is among them."""
    persons = enrolment.count_real_persons()
    if persons:
        raise RealPersonsHere(persons=persons)
    tables = sorted(
        model._meta.db_table  # noqa: SLF001  Django's documented way to a table's name
        for model in apps.get_models()
        if model.__module__.startswith("yijie.")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie sample nation'))")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
