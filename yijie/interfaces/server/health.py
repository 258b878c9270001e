"""What a watch asks the server: is it alive, may it be sent work, what has it measured."""

from __future__ import annotations

import os

import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

PLAIN = "text/plain; charset=utf-8"
READY_SECONDS_MAX = 2
FORBIDDEN, UNAVAILABLE = 403, 503


def healthz(_request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Nothing else is asked, so that a database that is down restarts nobody."""
    return HttpResponse("ok\n", content_type=PLAIN)


def readyz(_request: HttpRequest) -> HttpResponse:
    """Ready: the database answers within two seconds and has our tables."""
    try:
        with psycopg.connect(
            os.environ["YIJIE_DATABASE_URL"],
            connect_timeout=READY_SECONDS_MAX,
            options=f"-c statement_timeout={READY_SECONDS_MAX}s",
        ) as session:
            session.execute("SELECT 1 FROM fsi_client LIMIT 1")
    except psycopg.errors.UndefinedTable:
        return HttpResponse("tables are older than the program\n", content_type=PLAIN, status=UNAVAILABLE)
    except psycopg.Error:
        return HttpResponse("the database does not answer\n", content_type=PLAIN, status=UNAVAILABLE)
    return HttpResponse("ready\n", content_type=PLAIN)


def metrics(request: HttpRequest) -> HttpResponse:
    """Measurements of all server processes, for Prometheus; only for the addresses that settings allow."""
    if request.META.get("REMOTE_ADDR") not in settings.METRICS_FROM:
        return HttpResponse("not from here\n", content_type=PLAIN, status=FORBIDDEN)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
