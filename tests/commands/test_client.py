"""``yijie client``: an operator registers a hospital's system; keys are shown once."""

import os
import re
import subprocess
import sys

import pytest

from yijie.interfaces.fsi import clients
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel import sm


@pytest.fixture
def client(own_nation):
    """Runs the command on the test's database."""

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "yijie", "client", *words],
            env={**os.environ, "YIJIE_DATABASE_URL": own_nation, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_register_list_remove(client):
    public = sm.public_key_of(sm.new_private_key())
    options = ["--gateway", "oauth", "--sm4-key", "client-id", "--signed", "input", "--public-key", public]
    options += ["--encrypts-output", "--signs-output", "--node-name", "9001:signinoutb=result", "--rate", "50"]
    registered = client("register", BEIJING_TERTIARY, *options)
    assert registered.returncode == 0, registered.stderr
    shown = dict(line.split(": ", 1) for line in registered.stdout.splitlines())
    clients._remembered.clear()
    kept = clients.profile_of(BEIJING_TERTIARY)
    assert kept.secret == shown["密钥 secret"]
    assert len(kept.secret) >= clients.SECRET_MIN
    assert kept.password == shown["口令 password"]
    assert kept.sm4_key == shown["SM4 key"] == kept.access_key[:16]
    assert sm.public_key_of(kept.own_key) == shown["平台公钥 platform public key"]
    assert kept.node_names == {"9001": {"signinoutb": "result"}}
    assert kept.rate_max == 50

    listed = client("list").stdout
    assert BEIJING_TERTIARY in listed
    for key in (kept.secret, kept.password, kept.own_key):
        assert key not in listed

    assert client("remove", BEIJING_TERTIARY).returncode == 0
    gone = client("remove", BEIJING_TERTIARY)
    assert (gone.returncode, bool(re.search(r"\[client\.unknown\]", gone.stderr))) == (1, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--gateway", "soap"], r"\[client\.unfit\]"),
        (["--signed", "input"], r"\[sm\.key_unusable\]"),
        (["--sm4-key", "short"], r"\[client\.unfit\]"),
        (["--node-name", "9001"], "9001:signinoutb=result"),
    ],
)
def test_what_could_not_work_is_told(client, options, told):
    refused = client("register", BEIJING_TERTIARY, *options)
    assert refused.returncode != 0
    assert re.search(told, refused.stderr), refused.stderr
    assert "Traceback" not in refused.stderr
