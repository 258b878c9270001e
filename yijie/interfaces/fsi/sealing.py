"""Keys of clients at rest: sealed with SM4-GCM under one key of the installation, bound to the place they belong to.

The key is ``YIJIE_CLIENT_KEY`` (32 hexadecimal digits); where it is missing one is made and kept in the data folder,
for its owner only. Processes on several machines must be given the same one.
"""

from __future__ import annotations

import os
import secrets
from functools import cache

from yijie.interfaces.server.postgres import data_home
from yijie.kernel import sm
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

KEY_BYTES = 16
NONCE_BYTES = 12
FILE = "client.key"


class ClientKeyUnusable(YijieError):
    """The key that seals the clients' keys has the wrong form, or is not the one they were sealed with."""

    code = "client.key_unusable"
    zh = "接入密钥的保护密钥不可用：{why}。请检查 YIJIE_CLIENT_KEY 是否为原来的 32 位十六进制数"
    en = "the key that protects the clients' keys cannot be used: {why}; check YIJIE_CLIENT_KEY"


def seal(text: str, place: str) -> bytes:
    """Ciphertext of a secret that only opens at ``place`` (institution and field)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + sm.sm4_gcm_encrypt(installation_key(), nonce, text.encode(), place.encode())


def unseal(sealed: bytes | None, place: str) -> str:
    """The secret that :func:`seal` sealed; an absent one is empty."""
    if sealed is None:
        return ""
    raw = bytes(sealed)
    try:
        opened = sm.sm4_gcm_decrypt(installation_key(), raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
    except sm.CiphertextUnreadable as error:
        raise ClientKeyUnusable(
            why=Text("与登记时使用的密钥不同", "it is not the one used when they were registered")
        ) from error
    return opened.decode()


@cache
def installation_key() -> bytes:
    """The key of this installation, 16 bytes."""
    given = os.environ.get("YIJIE_CLIENT_KEY") or _kept()
    try:
        key = bytes.fromhex(given)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ClientKeyUnusable(why=Text("应为 32 位十六进制数", "it must have 32 hexadecimal digits"))
    return key


def _kept() -> str:
    """The key in the data folder, made on first use; of processes that start at once, the first one's counts."""
    home = data_home()
    home.mkdir(parents=True, exist_ok=True)
    file = home / FILE
    made = home / f"{FILE}.{secrets.token_hex(4)}"
    if not file.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
        try:
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text(encoding="ascii").strip()
