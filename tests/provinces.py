"""Systems of four provinces as their public clients are known to speak, each in its own way over the wire.

They fill the same transactions as :class:`HospitalSystem`; address, headers, signature, encryption, the form of
``input``, message ids, node names, empty numbers and how answers are read are each province's own. Nothing here uses
the platform's code for signing: signatures are made as the clients make them, from the facts alone.
"""

import base64
import hashlib
import hmac
import itertools
import json
import random
import time
import uuid
from decimal import Decimal
from typing import ClassVar

import httpx
from tongsuopy.crypto import ciphers, hashes
from tongsuopy.crypto.asymciphers import ec

from yijie.interfaces.demo.his import HospitalSystem, Refused

RANDOM = random.Random(20260131)
SERIALS = itertools.count(1)


class ProvinceClient(HospitalSystem):
    """What all of them have in common: an HTTP client and answers read with exact numbers."""

    address = "/fsi/api/rsfComIfsService/callService"

    def __init__(self, base_url, code, name):
        super().__init__(base_url, code, name, code[1:7])
        self.sent = []

    def ask(self, infno, payload, *, insured_in="", msgid=""):
        """Send a transaction and return its output."""
        message = json.loads(self.message(infno, payload, insured_in=insured_in, msgid=msgid or self.message_id()))
        answer = self.understood(infno, self.exchanged(infno, message))
        if answer["err_msg"]:
            raise Refused(answer["err_msg"])
        return answer["output"]

    def exchanged(self, infno, message):
        """The answer of one exchange over HTTP; 5xx answers are repeated as the client's library does."""
        url, headers, body = self.request(infno, message)
        self.sent.append((url, headers, body))
        response = self._client.post(url, content=body, headers=headers)
        response.raise_for_status()
        return json.loads(response.content, parse_float=Decimal)

    file_part = "file"

    def upload(self, name, content):
        """9101 as a form, the file beside the message; the answer's output."""
        row = {"in": "", "filename": name, "fixmedins_code": self.code}
        message = json.loads(self.message("9101", {"fsUploadIn": row}, msgid=self.message_id()))
        _, headers, body = self.request("9101", message)
        del headers["content-type"]
        sent = {"data": {"jsonStr": body.decode()}, "files": {self.file_part: (name, content)}}
        answer = self._client.post("/fsi/api/fileupload/upload", headers=headers, **sent)
        answer.raise_for_status()
        return self.understood("9101", json.loads(answer.content, parse_float=Decimal))["output"]

    def download(self, number, name):
        """9102; the bytes of the file."""
        row = {"file_qury_no": number, "filename": name, "fixmedins_code": self.code}
        message = json.loads(self.message("9102", {"fsDownloadIn": row}, msgid=self.message_id()))
        _, headers, body = self.request("9102", message)
        answer = self._client.post("/ebus/mbs_fsi_auth/fsi/api/fileupload/download", content=body, headers=headers)
        answer.raise_for_status()
        assert answer.headers["content-type"] == "application/octet-stream"
        return answer.content

    def request(self, infno, message):
        """Address, headers and bytes."""
        raise NotImplementedError

    def understood(self, infno, answer):
        """The answer as the client reads it."""
        raise NotImplementedError


class HunanClient(ProvinceClient):
    """Family ``_api_*``, the number in the path, ``infver`` 1.0.0, ids of 30 hexadecimal characters, a numeric infcode.

    Its library repeats a POST up to three times on 429 and 5xx, with the same id.
    """

    def __init__(self, base_url, code, name, access_key, secret):
        super().__init__(base_url, code, name)
        self.access_key, self.secret = access_key, secret
        self.repeats = 0

    def message_id(self):
        """Thirty hexadecimal characters of a UUID."""
        return uuid.uuid4().hex[:30]

    def request(self, infno, message):
        """Header and signature of table 4.5."""
        signed = {
            "_api_name": infno,
            "_api_version": "1.0.0",
            "_api_timestamp": str(int(time.time() * 1000)),
            "_api_access_key": self.access_key,
        }
        text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
        signature = base64.b64encode(hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
        headers = {**signed, "_api_signature": signature, "content-type": "text/plain; charset=utf-8"}
        body = json.dumps(message | {"infver": "1.0.0"}, ensure_ascii=False)
        return f"{self.address}/{infno}", headers, body.encode()

    def exchanged(self, infno, message):
        """Repeats on 429, 500, 502, 503, 504."""
        for _ in range(3):
            try:
                return super().exchanged(infno, message)
            except httpx.HTTPStatusError as failed:
                if failed.response.status_code not in (429, 500, 502, 503, 504):
                    raise
                self.repeats += 1
        raise Refused("three times")

    def understood(self, infno, answer):
        """Only the number 0 is success to this client; a text "0" is a failure."""
        if answer["infcode"] == 0 and isinstance(answer["infcode"], int):
            return answer
        assert answer["infcode"] == -1
        return answer


class GuangdongClient(ProvinceClient):
    """Family ``x-tif-*``, ``/hsa/hgs/{infno}``, older node names, numeric empties as "", a textual infcode.

    Its fund total includes the personal account, and it adds up the bill by that.
    """

    RENAMED: ClassVar = {
        **dict.fromkeys(("2201", "2202", "2206", "2207", "2208", "2304", "2305"), ("data", "mdtrtinfo")),
        "2203": ("mdtrtinfo", "mdtrtInfo"),
        "2302": ("data", "feeinfo"),
    }

    def __init__(self, base_url, code, name, paas_id, secret):
        super().__init__(base_url, code, name)
        self.paas_id, self.secret = paas_id, secret

    def message_id(self):
        """Milliseconds and a constant 1."""
        return f"{self.code}{int(time.time() * 1000)}{next(SERIALS) % 1000:03d}1"

    def request(self, infno, message):
        """Three values hashed; the nonce has 24 random bits."""
        stamp, nonce = str(int(time.time())), f"{RANDOM.randrange(0xFFFFFF):x}"
        headers = {
            "x-tif-paasid": self.paas_id,
            "x-tif-timestamp": stamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": hashlib.sha256(f"{stamp}{self.secret}{nonce}{stamp}".encode()).hexdigest(),
            "content-type": "application/json",
        }
        old, new = self.RENAMED.get(infno, ("", ""))
        payload = {new if node == old else node: emptied(value) for node, value in message["input"].items()}
        body = json.dumps(message | {"input": payload, "recer_admdvs": self.region}, ensure_ascii=False)
        return f"/gdmz/hsa/hgs/{infno}", headers, body.encode()

    def upload(self, name, content):
        """The bytes as numbers within the message."""
        row = {"in": list(content), "filename": name, "fixmedins_code": self.code}
        return self.ask("9101", {"fsUploadIn": row})

    def understood(self, infno, answer):
        """Compares the code with texts; reads 9001 from ``result``."""
        assert answer["infcode"] in ("0", "-1")
        output = answer["output"]
        if infno == "9001" and answer["infcode"] == "0":
            return answer | {"output": {"signinoutb": output["result"]}}
        bill = output.get("setlinfo") or {}
        if "fund_pay_sumamt" in bill:
            assert bill["fund_pay_sumamt"] + bill["psn_cash_pay"] + bill["hosp_part_amt"] == bill["medfee_sumamt"]
        return answer


class JilinClient(ProvinceClient):
    """Family OAuth2, the body signed with SM2 and encrypted with SM4 under the client id, answers decrypted.

    Ids end in four random digits, so that two of a second may collide over different transactions.
    """

    file_part = "in"

    address = "/mbs/fmi/fsi/api/callFsiService/callService"

    def __init__(self, base_url, code, name, *, client_id, secret, username, password):
        super().__init__(base_url, code, name)
        self.client_id, self.secret, self.username, self.password = client_id, secret, username, password
        self.private = ec.generate_private_key(ec.SM2())
        self.platform_key = ""
        self.token = ""

    @property
    def public_key(self):
        """What the bureau is told."""
        point = self.private.public_key().public_numbers()
        return f"{point.x:064x}{point.y:064x}"

    def message_id(self):
        """Second and four random digits."""
        return f"{self.code}{time.strftime('%Y%m%d%H%M%S')}{RANDOM.randrange(1000, 9999)}"

    def signed_on(self):
        """A token of the password grant, kept for ten minutes."""
        if not self.token:
            form = {"username": self.username, "password": self.password, "scope": "all", "grant_type": "password"}
            said = self._client.post("/auth/oauth/token", data=form, auth=(self.client_id, self.secret))
            said.raise_for_status()
            self.token = said.json()["access_token"]
        return self.token

    def request(self, infno, message):
        """SM2 over the plain text, then SM4."""
        plain = json.dumps(message["input"], ensure_ascii=False, separators=(",", ":"))
        sealed = {
            "input": base64.b64encode(sm4(self.client_id, plain.encode(), encrypt=True)).decode(),
            "cainfo": base64.b64encode(raw_signature(self.private, plain.encode())).decode(),
            "signtype": "SM2",
            "enc_type": "SM4",
        }
        headers = {"Authorization": f"Bearer {self.signed_on()}", "content-type": "application/json;charset=UTF-8"}
        return self.address, headers, json.dumps(message | sealed, ensure_ascii=False).encode()

    def understood(self, infno, answer):
        """Reads the code into a text; decrypts the output and checks its signature."""
        if str(answer["infcode"]) != "0":
            return answer
        assert (answer["enc_type"], answer["signtype"]) == ("SM4", "SM2")
        plain = sm4(self.client_id, base64.b64decode(answer["output"]), encrypt=False)
        verified(self.platform_key, base64.b64decode(answer["cainfo"]), plain)
        return answer | {"output": json.loads(plain, parse_float=Decimal)}


class HubeiClient(ProvinceClient):
    """No gateway, ``input`` as a text of JSON, SM2 over the header; answers sorted into done, refused and unknown."""

    def __init__(self, base_url, code, name):
        super().__init__(base_url, code, name)
        self.private = ec.generate_private_key(ec.SM2())

    public_key = JilinClient.public_key

    def request(self, infno, message):
        """The members without cainfo and input, by name."""
        message |= {"signtype": "SM2", "enc_type": "SM4", "infver": "V1.2"}
        kept = {name: value for name, value in message.items() if name not in ("cainfo", "input") and value}
        text = "&".join(f"{name}={kept[name]}" for name in sorted(kept))
        message["cainfo"] = raw_signature(self.private, text.encode()).hex()
        message["input"] = json.dumps(message["input"], ensure_ascii=False)
        return self.address, {"content-type": "application/json"}, json.dumps(message, ensure_ascii=True).encode()

    def understood(self, infno, answer):
        """Either form of the code."""
        assert str(answer["infcode"]) in ("0", "-1")
        return answer


def emptied(value):
    """Empty numbers as this client writes them."""
    if isinstance(value, list):
        return [emptied(one) for one in value]
    return {name: "" if one in ("0", 0) and name.endswith("amt") else one for name, one in value.items()}


def sm4(key, data, *, encrypt):
    """SM4, ECB, PKCS#7."""
    cipher = ciphers.Cipher(ciphers.algorithms.SM4(key.encode()), ciphers.modes.ECB())
    if encrypt:
        room = 16 - len(data) % 16
        worker = cipher.encryptor()
        return worker.update(data + bytes([room]) * room) + worker.finalize()
    worker = cipher.decryptor()
    padded = worker.update(data) + worker.finalize()
    return padded[: -padded[-1]]


def raw_signature(private, data):
    """r‖s, 64 bytes."""
    der = private.sign(data, ec.ECDSA(hashes.SM3()))
    r_length = der[3]
    r, s = der[4 : 4 + r_length], der[6 + r_length :]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (r, s))


def verified(public, signature, data):
    """Raises where a signature r‖s is not of ``data``."""
    numbers = ec.EllipticCurvePublicNumbers(int(public[:64], 16), int(public[64:], 16), ec.SM2())
    parts = []
    for half in (signature[:32], signature[32:]):
        number = int.from_bytes(half, "big")
        content = number.to_bytes(number.bit_length() // 8 + 1, "big")
        parts.append(b"\x02" + bytes([len(content)]) + content)
    body = b"".join(parts)
    numbers.public_key().verify(b"\x30" + bytes([len(body)]) + body, data, ec.ECDSA(hashes.SM3()))
