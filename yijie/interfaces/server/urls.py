"""Addresses of the server."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
