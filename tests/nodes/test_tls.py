"""Nodes with certificates talk only to holders of certificates of their own authority."""

import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from yijie.domain import exchange
from yijie.domain.exchange import Identity, PeerSilent
from yijie.interfaces.node import http
from yijie.kernel.sm import new_private_key


def openssl(folder, *words):
    """Run openssl in a folder."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    """An authority and a certificate for 127.0.0.1 signed by it; their files."""
    made = ["-newkey", "rsa:2048", "-nodes"]
    openssl(folder, "req", "-x509", *made, "-keyout", f"{name}-ca.key", "-out", f"{name}-ca.pem",
            "-days", "2", "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl(folder, "req", *made, "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", "/CN=node")  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nkeyUsage=digitalSignature\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}-ca.pem", "-CAkey", f"{name}-ca.key",
            "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "names")  # fmt: skip
    return folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}-ca.pem"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def network(tmp_path):
    """Our authority's files, a stranger's, and a peer that asks for our authority's certificates."""
    ours, strangers = authority(tmp_path, "ours"), authority(tmp_path, "strangers")
    server = HTTPServer(("127.0.0.1", 0), Echo)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ours[2])
    context.load_cert_chain(ours[0], ours[1])
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ours, strangers, f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def fresh_client():
    """No connections of another identity."""
    _forget()
    yield
    _forget()


def _forget():
    for client in http._client:
        client.close()
    http._client.clear()


def node(files, trusting):
    """A node with a certificate that trusts an authority."""
    certificate, key, _ = files
    return Identity("node-11", new_private_key(), "hub", str(certificate), str(key), str(trusting[2]))


def test_holders_of_our_certificates_are_heard(network):
    ours, _, address = network
    with exchange.acting_as(node(ours, ours)):
        assert http.carry(address, b"hello", 5.0) == b"hello"


def test_a_strangers_certificate_is_not_taken(network):
    ours, strangers, address = network
    with exchange.acting_as(node(strangers, ours)), pytest.raises(PeerSilent):
        http.carry(address, b"hello", 5.0)


def test_a_peer_with_a_strangers_certificate_is_not_talked_to(network):
    ours, strangers, address = network
    with exchange.acting_as(node(ours, strangers)), pytest.raises(PeerSilent):
        http.carry(address, b"hello", 5.0)
