"""9001 签到, 9002 签退: operators of an institution sign in and out."""

from __future__ import annotations

from yijie.interfaces.fsi.call import Call, Done, writes
from yijie.interfaces.fsi.models import SignIn
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id, public_id


class SignInUnknown(YijieError):
    """A sign-in number that this institution never got."""

    code = "fsi.sign_in_unknown"
    zh = "签到编号 {number} 不是本机构的签到，请先签到（9001）后使用返回的 sign_no"
    en = "sign-in {number} is not this institution's; sign in (9001) and use the sign_no returned"


class SignedOut(YijieError):
    """The sign-in was ended by 9002."""

    code = "fsi.signed_out"
    zh = "签到 {number} 已签退，请重新签到（9001）"
    en = "sign-in {number} was signed out; sign in again (9001)"


@writes("9001")
def sign_in(call: Call) -> Done:
    """Sign an operator in and hand out the sign-in number."""
    row, moment = call.one("signIn"), now()
    number = public_id(call.at.region, new_id(moment))
    SignIn.objects.create(
        number=number,
        institution=call.at.code,
        operator=row["opter_no"],
        mac=row["mac"],
        ip=row["ip"],
        signed_in_at=moment,
    )
    return Done({"signinoutb": {"sign_time": moment, "sign_no": number}})


@writes("9002")
def sign_out(call: Call) -> Done:
    """Sign an operator out; doing it twice is the same as once."""
    number, moment = call.one("signOut")["sign_no"], now()
    held = SignIn.objects.filter(number=number, institution=call.at.code)
    if not held.exists():
        raise SignInUnknown(number=number)
    held.filter(signed_out_at=None).update(signed_out_at=moment)
    return Done({"signoutoutb": {"sign_time": moment}})


def require_signed_in(number: str, institution: str) -> None:
    """A sign-in number in the envelope may be missing, but must not be another's or one that was signed out."""
    if not number:
        return
    known = SignIn.objects.filter(number=number, institution=institution).first()
    if known is None:
        raise SignInUnknown(number=number)
    if known.signed_out_at is not None:
        raise SignedOut(number=number)
