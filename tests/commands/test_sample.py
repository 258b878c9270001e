"""``yijie sample``: what stands for the telephone of somebody who does not exist."""

import os
import subprocess
import sys

from desks import Desk
from people import born

from yijie.domain.enrolment.models import Person
from yijie.interfaces.sample import cast, institutions


def shown(url, person):
    return subprocess.run(
        [sys.executable, "-m", "yijie", "sample", "credential", person],
        env={**os.environ, "YIJIE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_code_of_a_sample_person_is_good_at_the_desk_and_no_real_persons_is_shown(own_nation):
    employee = cast.BEIJING_EMPLOYEE
    code = shown(own_nation, employee.number).stdout.strip()
    read = Desk(institutions.BEIJING_TERTIARY).read_credential(code, employee.certificate, employee.name)
    assert read["baseinfo"]["psn_no"] == employee.number
    real = born().number
    Person.objects.filter(number=real).update(sample=False)
    for nobody in (real, "nobody"):
        refused = shown(own_nation, nobody)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "[sample.person_unknown]" in refused.stderr
