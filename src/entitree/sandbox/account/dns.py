"""The DNS records that an email domain asks its owner for: plausible ones, of names that no one can have.

No document shows any. They are made out of the domain alone, so that equal accounts ask for equal records; a
domain that was deleted and registered again asks for another key.
"""

from __future__ import annotations

import base64
import hashlib

_DKIM_KEYS = {
    1024: "30819f300d06092a864886f70d010101050003818d0030818902818100",
    2048: "30820122300d06092a864886f70d01010105000382010f003082010a0282010100",
}
"""Bits to what stands before the modulus in the DER of an RSA public key."""

_EXPONENT = "0203010001"


def records(name: str, created_at: str, dkim_key_length: int, *, verified: bool) -> list[dict[str, object]]:
    """Signature, permitted senders and return path, as replies have them.

    Args:
        created_at: the moment as it is shown.
        dkim_key_length: bits, 1024 or 2048.
        verified: whether the owner has set them all.
    """
    key = _public_key(f"{name} {created_at}", dkim_key_length)
    wanted = (
        ("TXT", f"selector1._domainkey.{name}", f"v=DKIM1; k=rsa; p={key}"),
        ("TXT", name, "v=spf1 include:spf.platform.example ~all"),
        ("CNAME", f"bounces.{name}", "bounces.platform.example"),
    )
    return [
        {"recordType": kind, "name": at, "expectedValue": value, "verified": verified}
        for kind, at, value in wanted
    ]


def _public_key(seed: str, bits: int) -> str:
    """One that can be read as a key and has no private half."""
    inner = hashlib.shake_256(seed.encode()).digest(bits // 8 - 2)
    # The highest and the lowest bit of a modulus are set.
    modulus = b"\xc5" + inner + b"\x8d"
    return base64.b64encode(bytes.fromhex(_DKIM_KEYS[bits]) + modulus + bytes.fromhex(_EXPONENT)).decode()
