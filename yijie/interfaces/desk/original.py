"""The signed number on a statement's code: whoever holds the paper may see what is stored, nobody can guess one."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

_signer = Signer(salt="yijie.statement", sep="~")


def signed_number(number: str) -> str:
    """A settlement's number with its signature."""
    return _signer.sign(number)


def original_of(signed: str) -> str:
    """The number that was signed; empty where the signature is not ours."""
    try:
        return _signer.unsign(signed)
    except BadSignature:
        return ""
