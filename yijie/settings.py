"""Django's settings. Everything that differs between places comes from the environment:

YIJIE_DATABASE_URL   PostgreSQL 15 or newer; the command line starts its own and sets this where it is missing
YIJIE_SECRET_KEY     secret of the web application; made anew at each start where it is missing
YIJIE_HTTPS          1 behind a proxy that speaks HTTPS: cookies travel on nothing else
YIJIE_DESK_DATABASE_URL  how the pages' own database role signs in, where it is not the same address without a password
YIJIE_OIDC           JSON list of {"provider_id", "name", "client_id", "secret", "settings": {"server_url"}} of bureaus
YIJIE_CLIENTS        "registered": only institutions with a client profile are served; else the others may speak plainly
YIJIE_LOG_LEVEL      INFO tells of every message, WARNING only of what is wrong
YIJIE_DESKS          messages worked on at once by each server process, each with a session of the database
YIJIE_PAGES          pages worked on at once by each server process, each with two sessions of the database
YIJIE_WAITING_MAX    messages that may wait in each server process; who comes on top is told to ask again
YIJIE_RATE_MAX       messages a second that one institution may send to each server process
YIJIE_SETTLE         "alone" settles every message in a transaction of its own; for benchmarks
YIJIE_METRICS_FROM   addresses that may read /metrics, separated by commas (default: this machine)
YIJIE_POLICIES       folder with one policy pack per pool (default: the packs this product brings)
"""

from __future__ import annotations

import json
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "yijie.domain.exchange",
    "yijie.domain.files",
    "yijie.domain.access",
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
    "yijie.interfaces.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "yijie.interfaces.desk.headers.safe_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "yijie.interfaces.desk.whereabouts.stay_where_it_began",
    "yijie.interfaces.desk.second_factor.require_second_factor",
]
"""For pages only: messages of machines pass none of it (see ``interfaces/server/wsgi.py``)."""
ROOT_URLCONF = "yijie.interfaces.server.urls"
WSGI_APPLICATION = "yijie.interfaces.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "yijie" / "interfaces" / "desk" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yijie.interfaces.desk.menu.for_page",
            ],
            "builtins": ["yijie.interfaces.desk.templatetags.desk"],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "yijie.interfaces.desk.strength.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/desk/account/login/"
ACCOUNT_ADAPTER = "yijie.interfaces.desk.sign_in.NoSignUp"
SOCIALACCOUNT_ADAPTER = "yijie.interfaces.desk.sign_in.KnownUsersOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip"}
"""Failed sign-ins count per address, and per account and device (``desk/sign_in.py``); never per account alone."""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "医结 Yijie"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = os.environ.get("YIJIE_HTTPS") != "1"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": json.loads(os.environ.get("YIJIE_OIDC", "[]"))}}

HTTPS = os.environ.get("YIJIE_HTTPS") == "1"
SESSION_COOKIE_AGE = 1800
"""Seconds without a request after which a session ends; none lasts longer than SESSION_SECONDS_MAX."""
SESSION_SAVE_EVERY_REQUEST = True
SESSION_SECONDS_MAX = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}yijie_session"
CSRF_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}yijie_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "yijie_cache"}}
"""Counters of failed sign-ins, shared by all server processes."""

STATIC_URL = "/desk/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "yijie_language"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DESKS = int(os.environ.get("YIJIE_DESKS", "32"))
PAGES = int(os.environ.get("YIJIE_PAGES", "8"))
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
_desk_url = os.environ.get("YIJIE_DESK_DATABASE_URL")
DESK_DATABASE = database_from_url(_desk_url) if _desk_url else None
"""Where the pages' own database role signs in; None: where the platform does, without a password."""

LOGGING = logging_settings(os.environ.get("YIJIE_LOG_LEVEL", "INFO"))
