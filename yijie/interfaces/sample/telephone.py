"""The telephone of somebody who does not exist: whoever tries the interface has no other code to scan."""

from __future__ import annotations

from yijie.domain import enrolment
from yijie.kernel.errors import YijieError
from yijie.kernel.identity import masked_number


class SamplePersonUnknown(YijieError):
    """Somebody who is not of the sample nation: nobody but themselves shows their code."""

    code = "sample.person_unknown"
    zh = "{number} 不是样例参保人的人员编号，只能显示样例人员的电子凭证，可用的人员编号见 docs/sample-nation.md"
    en = "{number} is no person number of the sample nation, whose codes alone are shown; see docs/sample-nation.md"


def code_of(number: str) -> str:
    """A fresh code of a sample person's electronic credential."""
    if number not in enrolment.sample_persons():
        raise SamplePersonUnknown(number=masked_number(number))
    return enrolment.issue_credential(number)
