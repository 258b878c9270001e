"""Whatever is sent to a real server, in whatever shape: no 5xx, nothing half stored, memory flat.

Half of the messages are made from the interface's tables and then spoilt in a few places, half are bytes that once were
a message. The quick lane sends a slice, ``make soak`` two hundred thousand.
"""

import base64
import copy
import json
import random
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from statistics import median

import messages
import psutil
import pytest
from stored import one

from yijie.interfaces.fsi import clients, transaction, transaction_numbers
from yijie.interfaces.fsi.clients import Profile
from yijie.interfaces.sample import cast, institutions
from yijie.kernel import sm

SEED = 20260131
ROUND = 1_000
CONNECTIONS = 24
FLAT = 1.15
INFNO = re.compile(rb'"infno":\s*"\w+"|$')
NEVER = (b"[platform.unforeseen]", b"[invariant.broken]")
SM4_KEY = "YJCLIENT00000001"
PATHS = (
    "/fsi/api/rsfComIfsService/callService",
    "/fsi/api/rsfComIfsService/callService/{infno}",
    "/mbs/fmi/fsi/api/callFsiService/callService",
    "/gdmz/hsa/hgs/{infno}",
    "/uif-hsaf-med-api/api/medical/service",
    "/fsi/api/fileupload/upload",
    "/fsi/api/fileupload/download",
    "/auth/oauth/token",
)
VALUES = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e9",
        "NaN",
        "12.345",
        "0.1",
        "2026-01-31",
        "20260131083000",
        "2026-02-30",
        "\x00",
        "字" * 300,
    ),
    *(
        "9" * 40,
        "x" * 5000,
        "{}",
        "[]",
        "null",
        "'; DROP TABLE x; --",
        "%s",
        "{0}",
        "\U0001f600",
        "110105199001011234",
    ),
    *(0, -1, 2**63, 10**30, 0.1, 1e300, True, False, None, [], {}, [[]], [{}], {"a": {"b": 1}}, [None], ["1"]),
)
FORM = "multipart/form-data; boundary=x"
CONTENT_TYPES = ("application/json", "text/plain; charset=utf-8", "", "multipart/form-data", FORM)
ODD_HEADERS = ("_api_signature", "_api_timestamp", "x-tif-timestamp", "x-tif-nonce", "x-tif-paasid", "Authorization")
ODD_VALUES = ("x", "1", "9" * 13, "Bearer x", "Basic =")
SPLINTERS = (b'"', b"{", b"]", b"\\", b"\x00", b"\xff", b"\\ud800", b"1e999", b"[" * 50)


@pytest.fixture(scope="module")
def hospitals(own_nation):
    """Institutions of every kind of profile, one without."""
    secret = "sample-secret-of-a-client"
    public = sm.public_key_of(sm.new_private_key())
    own = sm.new_private_key()
    sealing = {"sm4_key": SM4_KEY, "own_key": own, "encrypts_output": True, "account_in_funds": True}
    profiles = (
        Profile(institutions.BEIJING_SECONDARY, gateway="api", access_key="AK", secret=secret),
        Profile(institutions.SHANGHAI_TERTIARY, gateway="tif", access_key="PAAS", secret=secret),
        Profile(institutions.GUANGZHOU_TERTIARY, "oauth", "ID", secret, "user", "password"),
        Profile(institutions.SHENZHEN_TERTIARY, signed="input", public_key=public, sm4_key=SM4_KEY),
        Profile(institutions.CHENGDU_TERTIARY, **sealing),
    )
    for profile in profiles:
        clients.register(profile)
    plain = [institutions.BEIJING_TERTIARY] * len(profiles)
    return [*plain, *(profile.institution for profile in profiles), "H00000000000"]


class Sender:
    """Makes requests, the same for the same seed."""

    def __init__(self, seed, hospitals):
        self.random = random.Random(seed)
        self.hospitals = hospitals
        self.serial = 0

    def request(self):
        """The bytes of one HTTP request."""
        infno = self.random.choice(transaction_numbers())
        body = self.by_the_tables(infno)
        if self.random.random() < 0.5:
            body = self.spoilt(body)
        return self.http(infno, body)

    def by_the_tables(self, infno):
        """A message of a transaction with a few values changed, dropped or added."""
        rolled = self.random
        make = rolled.choices((messages.minimal_input, messages.skeleton_input, messages.maximal_input), (5, 4, 1))[0]
        payload = make(infno)
        places = [way for way, _ in messages.places(transaction(infno).input)]
        for _ in range(rolled.choice((0, 1, 1, 2, 5))):
            if places:
                self.change(payload, rolled.choice(places))
        code = rolled.choice(self.hospitals)
        self.serial += 1
        header = {"fixmedins_code": code, "mdtrtarea_admvs": code[1:7], "insuplc_admdvs": ""}
        header["msgid"] = f"FUZZ{self.serial}"
        if rolled.random() < 0.2:
            header[rolled.choice([*messages.HEADER, "enc_type", "unheard"])] = rolled.choice(VALUES)
        return messages.request(infno, self.wrapped(payload), **header)

    def change(self, payload, way):
        """Set, drop or double one value, where the way still leads anywhere."""
        parent = payload
        for step in way[:-1]:
            fits = isinstance(parent, dict) if isinstance(step, str) else isinstance(parent, list)
            if not fits or (isinstance(step, int) and not parent) or (isinstance(step, str) and step not in parent):
                return
            parent = parent[step]
        if isinstance(parent, dict):
            known = {"psn_no": cast.BEIJING_EMPLOYEE.number, "certno": cast.BEIJING_EMPLOYEE.certificate}
            if way[-1] in known:
                parent[way[-1]] = known[way[-1]]
            elif self.random.random() < 0.2:
                parent.pop(way[-1], None)
            else:
                parent[way[-1]] = copy.deepcopy(self.random.choice(VALUES))

    def wrapped(self, payload):
        """The input as an object, a text, ciphertext, or something else."""
        kind = self.random.random()
        text = json.dumps(payload)
        if kind < 0.8:
            return payload
        if kind < 0.87:
            return text
        if kind < 0.94:
            return base64.b64encode(sm.sm4_ecb_encrypt(SM4_KEY.encode(), text.encode())).decode()
        return self.random.choice(VALUES)

    def spoilt(self, body):
        """Bytes changed, cut out, doubled."""
        spoilt = bytearray(body)
        for _ in range(self.random.choice((1, 1, 3, 20))):
            at = self.random.randrange(len(spoilt) + 1)
            cut = self.random.randrange(40)
            kind = self.random.randrange(4)
            if kind == 0 and at < len(spoilt):
                spoilt[at] = self.random.randrange(256)
            elif kind == 1:
                del spoilt[at : at + cut]
            elif kind == 2:
                spoilt[at:at] = spoilt[at : at + cut]
            else:
                spoilt[at:at] = self.random.choice(SPLINTERS)
        return bytes(spoilt)

    def http(self, infno, body):
        """The request around a body, with odd addresses, types and headers now and then."""
        path = self.random.choice(PATHS if self.random.random() < 0.4 else PATHS[:1]).format(infno=infno)
        kind = self.random.choice(CONTENT_TYPES if self.random.random() < 0.1 else CONTENT_TYPES[:1])
        if kind.endswith("=x"):
            body = b'--x\r\nContent-Disposition: form-data; name="jsonStr"\r\n\r\n' + body + b"\r\n--x--\r\n"
        odd = ""
        if self.random.random() < 0.2:
            odd = "".join(f"{name}: {self.random.choice(ODD_VALUES)}\r\n" for name in ODD_HEADERS)
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: {kind}\r\n{odd}"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def resident(server):
    """Bytes that the serving processes hold."""
    parent = psutil.Process(server.process.pid)
    return sum(process.memory_info().rss for process in [parent, *parent.children(recursive=True)])


def exchanged(port, request):
    """Status and body of an answer on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with suppress(BrokenPipeError):  # the server may answer what it will not read to the end
            connection.sendall(request)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, found, body = received.partition(b"\r\n\r\n")
    assert found, f"no answer to {request[:300]!r}"
    return int(head[9:12]), body


def barrage(server, hospitals, count, seed=SEED):
    """Send ``count`` messages; memory after each round."""
    sender, held, wrong = Sender(seed, hospitals), [], {}
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(count // ROUND):
            requests = [sender.request() for _ in range(ROUND)]
            for request, (status, body) in zip(
                requests, pool.map(partial(exchanged, server.port), requests), strict=True
            ):
                if status >= 500 or any(code in body for code in NEVER):
                    wrong.setdefault(INFNO.search(request)[0], (body.decode(), request[-600:]))
                elif status == 200 and body.startswith(b"{"):
                    assert {"infcode", "output"} <= set(json.loads(body))
            held.append(resident(server))
    assert not wrong
    return held


def nothing_half_stored():
    """Every message that counts as done has its answer; every file all of its pieces."""
    assert one("SELECT count(*) FROM fsi_message WHERE state = 'done' AND output = ''") == 0
    assert (
        one(
            "SELECT count(*) FROM files_file f WHERE size <>"
            " (SELECT coalesce(sum(length(content)), 0) FROM files_piece WHERE file_id = f.id)"
        )
        == 0
    )


def test_a_slice_of_anything(own_server, hospitals):
    barrage(own_server, hospitals, 2 * ROUND)
    nothing_half_stored()


@pytest.mark.soak
def test_two_hundred_thousand_of_anything(own_server, hospitals):
    held = barrage(own_server, hospitals, 210 * ROUND, seed=SEED + 1)
    nothing_half_stored()
    fifth = len(held) // 5
    warm, last = median(held[fifth : 2 * fifth]) / 2**20, median(held[-fifth:]) / 2**20
    print(f"memory: {warm:.1f} MiB in the second fifth of {len(held) * ROUND:,} messages, {last:.1f} MiB in the last")
    assert last < FLAT * warm
