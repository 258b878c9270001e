"""Django's settings. Everything that differs between places comes from the environment:

YIJIE_DATABASE_URL   PostgreSQL 15 or newer; the command line starts its own and sets this where it is missing
YIJIE_SECRET_KEY     secret of the web application; made anew at each start where it is missing
YIJIE_CLIENTS        "registered": only institutions with a client profile are served; else the others may speak plainly
YIJIE_LOG_LEVEL      INFO tells of every message, WARNING only of what is wrong
YIJIE_DESKS          messages worked on at once by each server process, each with a session of the database
YIJIE_WAITING_MAX    messages that may wait in each server process; who comes on top is told to ask again
YIJIE_RATE_MAX       messages a second that one institution may send to each server process
YIJIE_SETTLE         "alone" settles every message in a transaction of its own; for benchmarks
YIJIE_METRICS_FROM   addresses that may read /metrics, separated by commas (default: this machine)
YIJIE_POLICIES       folder with one policy pack per pool (default: the packs this product brings)
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from yijie.interfaces.server.logs import logging_settings

ROOT = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = os.environ.get("YIJIE_SECRET_KEY") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = os.environ.get("YIJIE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
REGISTERED_CLIENTS_ONLY = os.environ.get("YIJIE_CLIENTS", "") == "registered"
POLICIES_DIR = Path(os.environ.get("YIJIE_POLICIES", ROOT / "policies"))

INSTALLED_APPS = [
    "yijie.domain.exchange",
    "yijie.domain.files",
    "yijie.domain.enrolment",
    "yijie.domain.institution",
    "yijie.domain.catalogue",
    "yijie.domain.filing",
    "yijie.domain.ledger",
    "yijie.domain.decision",
    "yijie.domain.encounter",
    "yijie.domain.settlement",
    "yijie.domain.reconcile",
    "yijie.domain.archive",
    "yijie.domain.settlement_list",
    "yijie.interfaces.fsi",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "yijie.interfaces.server.urls"
WSGI_APPLICATION = "yijie.interfaces.server.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DESKS = int(os.environ.get("YIJIE_DESKS", "32"))
WAITING_MAX = int(os.environ.get("YIJIE_WAITING_MAX", "256"))
RATE_MAX = int(os.environ.get("YIJIE_RATE_MAX", "1000"))
SETTLE_TOGETHER = os.environ.get("YIJIE_SETTLE", "together") != "alone"
METRICS_FROM = os.environ.get("YIJIE_METRICS_FROM", "127.0.0.1,::1").split(",")

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
"""Largest HIS message in bytes; a stay of 5,000 fee lines in one call needs about 4 MB."""


def database_from_url(url: str) -> dict[str, object]:
    """Django's description of the PostgreSQL that a URL names; unknown URL parameters go on to the driver."""
    parts = dict(conninfo_to_dict(url))
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    described: dict[str, object] = {django: parts.pop(libpq, "") or "" for django, libpq in known.items()}
    return described | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "TIME_ZONE": "Asia/Shanghai",
        "OPTIONS": parts
        | {
            "application_name": "yijie",
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": "-c lock_timeout=8s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
        },
    }


DATABASES = {"default": database_from_url(os.environ.get("YIJIE_DATABASE_URL", "postgresql:///yijie"))}

LOGGING = logging_settings(os.environ.get("YIJIE_LOG_LEVEL", "INFO"))
