"""The national algorithms: SM2 signatures (GB/T 32918), the SM3 digest (GB/T 32905), the SM4 cipher (GB/T 32907).

The one place that knows which library computes them (tongsuopy, on Tongsuo). Signatures are the 64 bytes r‖s that the
national platforms exchange, over SM3 with the default user id ``1234567812345678``; keys are hexadecimal texts, 64
digits private, 128 digits (x‖y) public.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tongsuopy.crypto import hashes
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.ciphers import Cipher, algorithms, modes
from tongsuopy.crypto.ciphers.aead import SM4GCM
from tongsuopy.crypto.exceptions import InvalidSignature, InvalidTag

from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

NUMBER_BYTES = 32
BLOCK_BYTES = 16
_WITH_SM3 = ec.ECDSA(hashes.SM3())


class KeyUnusable(YijieError):
    """A text that is no SM2 key, or a key of the wrong length for SM4."""

    code = "sm.key_unusable"
    zh = "密钥无法使用：{why}"
    en = "the key cannot be used: {why}"


class CiphertextUnreadable(YijieError):
    """Ciphertext that the key does not open: cut short, altered, or made with another key."""

    code = "sm.ciphertext_unreadable"
    zh = "密文无法解密：长度、内容或密钥不符"
    en = "the ciphertext cannot be read with this key"


def new_private_key() -> str:
    """A fresh SM2 private key."""
    number = ec.generate_private_key(ec.SM2()).private_numbers().private_value
    return f"{number:064x}"


def public_key_of(private: str) -> str:
    """The public key that belongs to a private key."""
    point = _private(private).public_key().public_numbers()
    return f"{point.x:064x}{point.y:064x}"


def sign(private: str, message: bytes) -> bytes:
    """SM2 signature of a message, r‖s."""
    r, s = _numbers_of(_private(private).sign(message, _WITH_SM3))
    return r.to_bytes(NUMBER_BYTES, "big") + s.to_bytes(NUMBER_BYTES, "big")


def verify(public: str, message: bytes, signature: bytes) -> bool:
    """Whether a signature r‖s of a message was made with the private key of ``public``."""
    if len(signature) != 2 * NUMBER_BYTES:
        return False
    numbers = (signature[:NUMBER_BYTES], signature[NUMBER_BYTES:])
    try:
        _public(public).verify(_der(*(int.from_bytes(number, "big") for number in numbers)), message, _WITH_SM3)
    except InvalidSignature:
        return False
    return True


def require_public_key(public: str) -> None:
    """Refuse a text that is no public key."""
    _public(public)


def sm3(data: bytes) -> bytes:
    """SM3 digest, 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return bytes(digest.finalize())


def sm4_ecb_encrypt(key: bytes, data: bytes) -> bytes:
    """SM4 in ECB with PKCS#7 padding, as the national interface's clients send bodies; for nothing else."""
    padding = BLOCK_BYTES - len(data) % BLOCK_BYTES
    encryptor = _ecb(key).encryptor()
    return bytes(encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize())


def sm4_ecb_decrypt(key: bytes, ciphertext: bytes) -> bytes:
    """What :func:`sm4_ecb_encrypt` encrypted."""
    cipher = _ecb(key)
    if not ciphertext or len(ciphertext) % BLOCK_BYTES:
        raise CiphertextUnreadable
    decryptor = cipher.decryptor()
    padded = bytes(decryptor.update(ciphertext) + decryptor.finalize())
    padding = padded[-1]
    if not 1 <= padding <= BLOCK_BYTES or padded[-padding:] != bytes([padding]) * padding:
        raise CiphertextUnreadable
    return padded[:-padding]


def sm4_gcm_encrypt(key: bytes, nonce: bytes, data: bytes, bound: bytes = b"") -> bytes:
    """SM4-GCM: ciphertext and 16-byte tag. ``nonce`` is 12 bytes, used once per key; ``bound`` is bound in."""
    return bytes(_gcm(key).encrypt(nonce, data, bound))


def sm4_gcm_decrypt(key: bytes, nonce: bytes, ciphertext: bytes, bound: bytes = b"") -> bytes:
    """What :func:`sm4_gcm_encrypt` encrypted; refused when anything was altered."""
    try:
        return bytes(_gcm(key).decrypt(nonce, ciphertext, bound))
    except InvalidTag as error:
        raise CiphertextUnreadable from error


@lru_cache(maxsize=256)
def _private(private: str) -> Any:
    try:
        return ec.derive_private_key(int(private, 16), ec.SM2())
    except (TypeError, ValueError) as error:
        raise KeyUnusable(
            why=Text("SM2 私钥须为 64 位十六进制数", "an SM2 private key has 64 hexadecimal digits")
        ) from error


@lru_cache(maxsize=1024)
def _public(public: str) -> Any:
    try:
        x, y = int(public[: 2 * NUMBER_BYTES], 16), int(public[2 * NUMBER_BYTES :], 16)
        return ec.EllipticCurvePublicNumbers(x, y, ec.SM2()).public_key()
    except (TypeError, ValueError) as error:
        raise KeyUnusable(
            why=Text(
                "SM2 公钥须为曲线上的点，128 位十六进制数",
                "an SM2 public key is a point of the curve, 128 hexadecimal digits",
            )
        ) from error


def _ecb(key: bytes) -> Any:
    _require_sm4_key(key)
    return Cipher(algorithms.SM4(key), modes.ECB())


def _gcm(key: bytes) -> Any:
    _require_sm4_key(key)
    return SM4GCM(key)


def _require_sm4_key(key: bytes) -> None:
    if len(key) != BLOCK_BYTES:
        raise KeyUnusable(why=Text("SM4 密钥须为 16 字节", "an SM4 key has 16 bytes"))


def _der(r: int, s: int) -> bytes:
    """ASN.1 SEQUENCE of two INTEGERs, as the library wants signatures."""
    body = b"".join(_der_integer(number) for number in (r, s))
    return b"\x30" + bytes([len(body)]) + body


def _der_integer(number: int) -> bytes:
    content = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(content)]) + content


def _numbers_of(der: bytes) -> tuple[int, int]:
    """The two integers of such a sequence; what the library made itself, so its form is known."""
    r_length = der[3]
    r = int.from_bytes(der[4 : 4 + r_length], "big")
    return r, int.from_bytes(der[6 + r_length :], "big")
