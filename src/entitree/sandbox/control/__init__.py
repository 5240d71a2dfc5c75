"""The control plane under `/_sandbox/`, which no platform has: the whole account and every effect looked at,
the account put back, things going wrong on purpose.

From loopback only, with `Authorization: Bearer <admin key>`. It has no rates, no faults apply to it, and its
errors have the older shape (platform.md 0.3).
"""
