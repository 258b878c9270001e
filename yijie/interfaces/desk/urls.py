"""Addresses under ``/desk/``: the registered pages, signing in, the language."""

from django.urls import include, path
from django.views.i18n import set_language

from . import pages
from .page import routes
from .strength import password_strength

assert pages  # noqa: S101  importing them registers them

urlpatterns = [
    *routes(),
    path("original/<str:signed>/", pages.statement.original, name="original"),
    path("account/strength/", password_strength, name="password_strength"),
    path("account/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
]
