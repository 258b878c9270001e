"""Emptying a database that holds nothing but samples, so that a demonstration starts afresh."""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yijie.domain import enrolment
from yijie.kernel.errors import YijieError


class RealPersonsHere(YijieError):
    """The database holds persons that are no samples; nothing is emptied."""

    code = "sample.real_persons_here"
    zh = "该数据库中有 {persons} 名非样例参保人，演示不会清空它；请另建数据库（YIJIE_DATABASE_URL）"
    en = "this database holds {persons} persons who are no samples; it is not emptied, use a database of its own"


def take_down() -> None:
    """Take all our tables down, whatever is in them; refused where a real person is among them.

    The books cannot be emptied, only taken down whole: postings and steps refuse to be deleted or truncated.
    The caller brings the tables back as for a new database.
    """
    persons = enrolment.count_real_persons()
    if persons:
        raise RealPersonsHere(persons=persons)
    executor = MigrationExecutor(connection)
    ours = [app.label for app in apps.get_app_configs() if app.name.startswith("yijie.")]
    executor.migrate([(label, None) for label in ours if label in executor.loader.migrated_apps])
