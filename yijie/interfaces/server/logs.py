"""Logs: one JSON object a line, with what a failure needs to be found and nothing that says whom it was about.

Texts of exceptions are left out, because a database quotes the values it refuses; a trace has the places, the classes
and what PostgreSQL says about rule and table.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

import msgspec
import psycopg
import structlog
from structlog.typing import EventDict, WrappedLogger

from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

FRAMES_MAX = 25


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: our events from ``level`` on, of libraries from WARNING, in one form on standard error."""
    before = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _at, _trace]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": before,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"yijie": {"level": level}, "django.request": {"level": "ERROR"}},
    }


def _json(event: Any, **_options: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _at(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = now().isoformat(timespec="milliseconds")
    return event


def _trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The exception of an event as places and classes; its texts stay out."""
    failure = event.pop("exc_info", None)
    record = event.get("_record")
    if failure is None and record is not None:
        failure = record.exc_info
    if isinstance(failure, tuple):
        failure = failure[1]
    elif failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["trace"] = trace_of(failure)
    return event


def trace_of(failure: BaseException) -> list[str]:
    """An exception and its causes, innermost last: class, stable facts, places."""
    lines: list[str] = []
    seen: BaseException | None = failure
    while seen is not None:
        lines.append(_named(seen))
        frames = traceback.extract_tb(seen.__traceback__)[-FRAMES_MAX:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def _named(failure: BaseException) -> str:
    name = f"{type(failure).__module__}.{type(failure).__qualname__}"
    if isinstance(failure, psycopg.Error):
        about = failure.diag
        return f"{name} {failure.sqlstate or ''} {about.table_name or ''} {about.constraint_name or ''}".rstrip()
    return f"{name} {failure.code}" if isinstance(failure, YijieError) else name
