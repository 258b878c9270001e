"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
application = get_wsgi_application()

if os.environ.get("YIJIE_NODE"):
    from yijie.interfaces.node.living import begin

    begin()
