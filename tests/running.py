"""What the fixtures run on: Django turned to a database, and a serving process that can be killed and brought back."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, nullcontext, suppress

from django.db import connection

from yijie.settings import database_from_url

SERVER_READY_SECONDS_MAX = 30


def unmeasured():
    """This process's environment without the wish for coverage, which makes everything start and run at half the speed.

    For processes that are killed, which write no coverage, and for those whose speed is looked at.
    """
    return {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_START"}


@contextmanager
def django_on(url):
    """Within the block Django, and processes started from here, work on another database; then as before."""
    before, address = dict(connection.settings_dict), os.environ["YIJIE_DATABASE_URL"]
    connection.close()
    connection.settings_dict.update(database_from_url(url))
    os.environ["YIJIE_DATABASE_URL"] = url
    try:
        yield url
    finally:
        connection.close()
        connection.settings_dict.update(before)
        os.environ["YIJIE_DATABASE_URL"] = address


def answers(port):
    """Whether something on this machine answers on a port; asked often, so without what HTTPS would need."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with closing(asking), suppress(OSError, http.client.HTTPException):
        asking.request("GET", "/")
        return asking.getresponse() is not None
    return False


class Server:
    """A serving process on a free port; ``kill`` ends it as a power cut would, ``start`` brings it back."""

    def __init__(self, url, *, workers=1, threads=16, environment=None, log=None, measured=True):
        self.url, self.workers, self.threads, self.measured = url, workers, threads, measured
        self.environment = environment or {}
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    @property
    def address(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "yijie", "serve", "--port", str(self.port)]
        command += ["--workers", str(self.workers), "--threads", str(self.threads)]
        inherited = os.environ if self.measured else unmeasured()
        environment = {**inherited, "YIJIE_DATABASE_URL": self.url, **self.environment}
        with nullcontext() if self.log is None else self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=log)
        deadline = time.monotonic() + SERVER_READY_SECONDS_MAX
        while not answers(self.port):
            assert self.process.poll() is None, "the server ended before it answered"
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError("the server did not answer in time")
            time.sleep(0.05)
        return self

    def kill(self):
        """End every process of the server at once (SIGKILL)."""
        os.killpg(self.process.pid, 9)
        self.process.wait()

    def stop(self):
        """Ask it to stop and wait."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
