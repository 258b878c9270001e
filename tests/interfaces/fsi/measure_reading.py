"""What reading costs: a 2301 of 100 lines, beside the bare ``json.loads`` of the same bytes.

Run: ``PYTHONPATH=. .venv/bin/python tests/interfaces/fsi/measure_reading.py``
"""

import json
import timeit

import messages

from yijie.interfaces.fsi import content_hash, parse_request, read_input, shape
from yijie.interfaces.fsi.jsontext import json_value

LINES = 100
ROUNDS = 50
REPEATS = 7

LINE = {
    "feedetl_sn": "",
    "init_feedetl_sn": "",
    "mdtrt_id": "4301000000000000000000001",
    "drord_no": "20260101001",
    "psn_no": "43010000000000000001139482",
    "med_type": "2101",
    "fee_ocur_time": "2026-01-01 10:00:00",
    "med_list_codg": "XA01ABD075A002010100483",
    "medins_list_codg": "YP0001",
    "det_item_fee_sumamt": 12.5,
    "cnt": 2,
    "pric": 6.25,
    "bilg_dept_codg": "A01",
    "bilg_dept_name": "内科",
    "bilg_dr_codg": "D430100000001",
    "bilg_dr_name": "张三",
    "acord_dept_codg": "A02",
    "acord_dept_name": "药剂科",
    "orders_dr_code": "D430100000002",
    "orders_dr_name": "李四",
    "hosp_appr_flag": "0",
    "tcmdrug_used_way": "",
    "etip_flag": "0",
    "etip_hosp_code": "",
    "dscg_tkdrug_flag": "0",
    "matn_fee_flag": "0",
    "memo": "",
    "comb_no": "",
    "exp_content": "",
}


def best(work):
    """Seconds of the fastest round."""
    return min(timeit.repeat(work, number=ROUNDS, repeat=REPEATS)) / ROUNDS


def main():
    payload = {"feedetail": [LINE | {"feedetl_sn": str(number), "pric": f"6.{number:02d}"} for number in range(LINES)]}
    body = messages.request("2301", payload)
    text = body.decode()
    envelope = parse_request(body)
    output = messages.handler_output("2301", large=True)["result"][:1] * LINES
    bare = best(lambda: json.loads(body))
    steps = {
        "json.loads alone": bare,
        "exact JSON with limits": best(lambda: json_value(text, "报文")),
        "reading by the tables": best(lambda: read_input("2301", envelope.input)),
        "content hash": best(envelope.content_hash),
        "all three": best(lambda: read_input("2301", parse_request(body).input)) + best(envelope.content_hash),
        "shaping 100 result lines": best(lambda: shape("2301", {"result": output})),
    }
    assert content_hash("2301", envelope.insuplc_admdvs, envelope.input) == envelope.content_hash()
    print(f"2301 with {LINES} lines, {len(body)} bytes")
    for name, seconds in steps.items():
        print(f"{name:26} {seconds * 1e6 / LINES:6.1f} µs per line  {seconds / bare:5.2f} × json.loads")


if __name__ == "__main__":
    main()
