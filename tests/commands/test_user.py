"""The first account of an installation is opened on its machine, with a password good for one sign-in."""

import os
import subprocess
import sys

from django.test import Client

from yijie.domain import access
from yijie.domain.access import Role, User
from yijie.domain.access.models import Event


def test_the_first_operator_signs_in_with_the_password_that_is_shown_once(own_nation):
    words = ["open", "zhang.wei", "--role", "hub_operator", "--place", "000000"]
    done = [
        subprocess.run(
            [sys.executable, "-m", "yijie", "user", *words],
            env={**os.environ, "YIJIE_DATABASE_URL": own_nation},
            capture_output=True,
            text=True,
            timeout=60,
        )
        for _ in range(2)
    ]
    assert (done[0].returncode, done[1].returncode) == (0, 1), done[0].stderr
    assert "[access.account_unfit]" in done[1].stderr
    password = done[0].stdout.rsplit(": ", 1)[1].strip()
    assert access.scope_of(User.objects.get(username="zhang.wei")).roles == {Role.HUB_OPERATOR}
    assert Event.objects.get(action="role_granted").username.startswith("command:")
    browser = Client(HTTP_HOST="localhost")
    browser.post("/desk/account/login/", {"login": "zhang.wei", "password": password})
    assert browser.get("/desk/nodes/")["Location"] == "/desk/account/password/change/"
