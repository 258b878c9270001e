"""The worked requests of docs/connect.md: one per gateway family, whole, with its signature.

``write`` makes them anew when the test of the page runs with YIJIE_WRITE_DOCUMENTS=1; otherwise the test takes them out
of the page and sends them, so that they cannot rot.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from datetime import datetime
from pathlib import Path

from yijie.kernel import sm
from yijie.kernel.dates import SHANGHAI, clock_set_to

DOCUMENT = Path(__file__).parents[3] / "docs" / "connect.md"
MOMENT = datetime(2026, 1, 31, 8, 30, tzinfo=SHANGHAI)
INSTITUTION, REGION = "H11010500001", "110105"
SECRET = "a-sample-secret-of-24-ch"
CLIENT_ID, USERNAME, PASSWORD = "YJCLIENT00000001", "sample", "a-sample-password"
PRIVATE_KEY = f"{0x5EED:064x}"
INSTALLATION_KEY = "00112233445566778899aabbccddeeff"
CERTIFICATE = "110105198001010024"
INPUT = {
    "data": {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "@CERTIFICATE",
        "card_sn": "",
        "begntime": "",
        "psn_cert_type": "01",
        "certno": "@CERTIFICATE",
        "psn_name": "",
    }
}
BLOCK = re.compile(r"<!-- worked (\w+) -->\n```http\n(.*?)\n```", re.DOTALL)


def profiles():
    """Family → profile of the institution."""
    from yijie.interfaces.fsi.clients import Profile  # noqa: PLC0415  wants Django started

    public = sm.public_key_of(PRIVATE_KEY)
    signing = {"signed": "input", "public_key": public, "sm4_key": CLIENT_ID, "encrypts_output": True}
    return {
        "api": Profile(INSTITUTION, "api", "YJAK0001", SECRET),
        "tif": Profile(INSTITUTION, "tif", "YJPAAS0001", SECRET, infcode_as_text=True, account_in_funds=True),
        "oauth": Profile(INSTITUTION, "oauth", CLIENT_ID, SECRET, USERNAME, PASSWORD, **signing),
        "none": Profile(INSTITUTION, signed="header", public_key=public),
    }


def message(**members):
    """The envelope of an 1101 at the moment of the documents."""
    return {
        "infno": "1101",
        "msgid": f"{INSTITUTION}202601310830000001",
        "mdtrtarea_admvs": REGION,
        "insuplc_admdvs": "",
        "recer_sys_code": "YIJIE",
        "cainfo": "",
        "signtype": "",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "0001",
        "opter_name": "样例收费员",
        "inf_time": "2026-01-31 08:30:00",
        "fixmedins_code": INSTITUTION,
        "fixmedins_name": "北京样例第一人民医院",
        "sign_no": "",
        **members,
    }


def signature(text):
    """SM2 over a text, base64 of r‖s; another one each time."""
    return base64.b64encode(sm.sign(PRIVATE_KEY, text.encode())).decode()


def api(payload):
    """Family ``_api_*``."""
    signed = {
        "_api_access_key": "YJAK0001",
        "_api_name": "1101",
        "_api_timestamp": str(int(MOMENT.timestamp() * 1000)),
        "_api_version": "1.0.0",
    }
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
    made = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return signed | {"_api_signature": made}, message(input=payload)


def tif(payload):
    """Family ``x-tif-*``."""
    stamp, nonce = str(int(MOMENT.timestamp())), "c0ffee"
    made = hashlib.sha256(f"{stamp}{SECRET}{nonce}{stamp}".encode()).hexdigest()
    headers = {"x-tif-paasid": "YJPAAS0001", "x-tif-timestamp": stamp, "x-tif-nonce": nonce, "x-tif-signature": made}
    return headers, message(input=payload)


def oauth(payload):
    """Family OAuth2 with signed and encrypted body."""
    from yijie.interfaces.fsi.tokens import new_token  # noqa: PLC0415  wants Django started

    form = {"grant_type": "password", "username": USERNAME, "password": PASSWORD}
    token = new_token("Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode(), form)["access_token"]
    plain = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    sealed = base64.b64encode(sm.sm4_ecb_encrypt(CLIENT_ID.encode(), plain.encode())).decode()
    members = {"cainfo": signature(plain), "signtype": "SM2", "enc_type": "SM4", "input": sealed}
    return {"Authorization": f"Bearer {token}"}, message(**members)


def none(payload):
    """No gateway, the header signed, ``input`` as text."""
    sent = message(signtype="SM2")
    text = "&".join(f"{name}={sent[name]}" for name in sorted(sent) if sent[name])
    return {}, sent | {"cainfo": signature(text), "input": json.dumps(payload, ensure_ascii=False)}


FAMILIES = {"api": api, "tif": tif, "oauth": oauth, "none": none}


def read(document):
    """Family → (headers as WSGI names them, body) of the requests in the document."""
    found = {}
    for name, text in BLOCK.findall(document):
        head, _, body = text.partition("\n\n")
        lines = (line.partition(": ") for line in head.splitlines()[1:])
        found[name] = ({f"HTTP_{key.upper().replace('-', '_')}": value for key, _, value in lines}, body.encode())
    return found


def write(certificate):
    """Put the requests into the document anew; the clients must be registered one after the other."""
    from yijie.interfaces.fsi import clients  # noqa: PLC0415  wants Django started

    payload = json.loads(json.dumps(INPUT).replace("@CERTIFICATE", certificate))
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, make in FAMILIES.items():
        clients.register(profiles()[name])
        with clock_set_to(MOMENT):
            headers, sent = make(payload)
        lines = ["POST /fsi/api/rsfComIfsService/callService HTTP/1.1", "Content-Type: application/json"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        block = "\n".join([*lines, "", json.dumps(sent, ensure_ascii=False)])
        start = f"<!-- worked {name} -->\n```http\n"
        before, _, rest = text.partition(start)
        text = before + start + block + "\n```" + rest.partition("\n```")[2]
    DOCUMENT.write_text(text, encoding="utf-8")
    clients.remove(INSTITUTION)


REWRITE = os.environ.get("YIJIE_WRITE_DOCUMENTS") == "1"
