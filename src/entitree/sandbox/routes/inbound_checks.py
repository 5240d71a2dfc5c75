"""What can be set in an inbound configuration, channel by channel, and checks of it (platform.md 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.sandbox.rules.inbound import FOREIGN_FIELDS, UPDATE
from entitree.sandbox.wire.checks import given

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.sandbox.rules import Rules
    from entitree.sandbox.wire.checks import Checks

    Changes = tuple[frozenset[str], dict[str, Any]]
    """Fields to be emptied first, and then fields with what they become: None where they are to go."""

LONG = 4096
"""Most characters of a text for which the documents give no limit."""

_LONGEST_USERNAME = 255
_LONGEST_MESSAGE = 1080

_CHAT = ("platform", "forwarding", "conversations")
_ANSWERING = ("autoResponse", "blockListConfiguration")
_FORWARDS = ("HTTP_FORWARD",)


@dataclass(frozen=True, slots=True)
class Channel:
    """What one channel takes."""

    resources: str
    """Type of the resources that it serves."""
    fields: tuple[str, ...] = _CHAT
    """What can be set beside the username."""
    format: str = "MO_OTT_MSISDN"
    """Of what is pushed to a URL, where none is named."""
    forwards: tuple[str, ...] = _FORWARDS
    by_country: bool = False
    """A request may name the country of the resource."""

    @property
    def names(self) -> tuple[str, str]:
        """The fields by which a request names the resource: its key, and what it is called."""
        return ("numberKey", "number") if self.resources == "NUMBER" else ("resourceKey", "resource")


CHANNELS = {
    "SMS": Channel(
        "NUMBER",
        (*_CHAT, *_ANSWERING),
        "MO_JSON_2",
        (*_FORWARDS, "MAIL_FORWARD", "SMPP_FORWARD", "PULL"),
        by_country=True,
    ),
    "MMS": Channel(
        "NUMBER",
        ("platform", "forwarding", *_ANSWERING),
        "MO_MMS_2",
        (*_FORWARDS, "PULL"),
        by_country=True,
    ),
    "WHATSAPP": Channel("NUMBER", (*_CHAT, *_ANSWERING), "MO_OTT_CONTACT"),
    "RCS": Channel("RCS_RESOURCE", (*_CHAT, *_ANSWERING), "MO_RCS_JSON"),
    "VIBER_BM": Channel("VIBER_RESOURCE", (*_CHAT, "autoResponse")),
    "VIBER_BOT": Channel("VIBER_RESOURCE"),
    "APPLE_MB": Channel("APPLE_RESOURCE", format="MO_OTT_CONTACT"),
    "LINE_OA": Channel("OPEN_CHANNEL_RESOURCE", ("forwarding", "conversations")),
    "KAKAO_SANGDAM": Channel("KAKAO_RESOURCE"),
    "MESSENGER": Channel("FACEBOOK_RESOURCE"),
    "INSTAGRAM_DM": Channel("FACEBOOK_RESOURCE"),
    "ZALO_ZNS": Channel("OPEN_CHANNEL_RESOURCE"),
    "ZALO_FOLLOWER": Channel("OPEN_CHANNEL_RESOURCE", ("platform", "forwarding")),
    "TELEGRAM": Channel("OPEN_CHANNEL_RESOURCE", ("conversations",)),
    "EMAIL": Channel("DOMAIN", ("platform", "forwarding"), "MO_MULTIPART"),
    "OPEN_CHANNEL": Channel("OPEN_CHANNEL_RESOURCE", (*_CHAT, "answers")),
    "TIKTOK_BM": Channel("OPEN_CHANNEL_RESOURCE", format="MO_OTT_CONTACT"),
}
"""Fields, formats and forwards are documented; which senders serve which channel is assumed, and no document
names a type for accounts of Line, Zalo, Telegram and TikTok."""

_UNSET = {
    "USERNAME": "username",
    "PLATFORM": "platform",
    "FORWARDING": "forwarding",
    "CONVERSATIONS": "conversations",
    "ANSWERS": "answers",
    "AUTORESPONSE": "autoResponse",
    "BLOCKLISTCONFIGURATION": "blockListConfiguration",
}
"""Option of `unset` to the field that it removes."""

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_TIME = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_USERNAME = re.compile(r"(?!\s*$).+")


def checked_changes(checks: Checks, name: str, rules: Rules) -> Changes:
    """What a request for the channel of this name does to a configuration.

    Raises:
        ProblemError: 400 with all that is wrong with it.
    """
    channel = CHANNELS[name]
    unset = checks.choices("unset", tuple(_UNSET)) or []
    values = {"username": _checked_username(checks)}
    values |= {field: _READERS[field](checks, channel) for field in channel.fields}
    sent = checks.names()
    if rules[FOREIGN_FIELDS] == "refused":
        for field in sent:
            if field in _READERS and field not in values:
                checks.wrong(field, f"is not supported on {name}")
    checks.done()
    emptied = _UNSET.values() if rules[UPDATE] == "replaces" else [_UNSET[option] for option in unset]
    return frozenset(emptied), {field: values[field] for field in sent if field in values}


def _checked_username(checks: Checks) -> str | None:
    username = checks.text("username", high=_LONGEST_USERNAME)
    if username is not None and _USERNAME.fullmatch(username) is None:
        checks.wrong("username", "must be one line, and not blank")
    return username


def _checked_platform(checks: Checks, _: Channel) -> dict[str, str] | None:
    """An empty id is none."""
    platform = checks.object("platform")
    if platform is None:
        return None
    return given({field: platform.text(field) or None for field in ("applicationId", "entityId")})


def _checked_forwarding(checks: Checks, channel: Channel) -> dict[str, str] | None:
    forwarding = checks.object("forwarding")
    if forwarding is None:
        return None
    type_ = forwarding.choice("type", channel.forwards)
    more: dict[str, str | None] = {}
    match type_:
        case "HTTP_FORWARD":
            url = forwarding.text("url", low=1, high=LONG, required=True)
            more = {"url": url, "format": forwarding.text("format", high=LONG) or channel.format}
        case "MAIL_FORWARD":
            mail = forwarding.text("mail", low=1, high=LONG, required=True)
            more = {"mail": mail, "description": forwarding.text("description", high=LONG)}
        case "SMPP_FORWARD" | "PULL":
            more = {"description": forwarding.text("description", high=LONG)}
    return given({"type": type_, **more})


def _checked_conversations(checks: Checks, _: Channel) -> dict[str, bool] | None:
    return _checked_switch(checks, "conversations")


def _checked_answers(checks: Checks, _: Channel) -> dict[str, bool] | None:
    return _checked_switch(checks, "answers")


def _checked_switch(checks: Checks, name: str) -> dict[str, bool] | None:
    """Switched off it is removed, as `unset` would."""
    switch = checks.object(name)
    if switch is None:
        return None
    enabled = switch.flag("enabled")
    if "enabled" not in switch.names():
        switch.wrong("enabled", "must not be null")
    return {"enabled": True} if enabled else None


def _checked_response(checks: Checks, _: Channel) -> dict[str, Any] | None:
    response = checks.object("autoResponse")
    if response is None:
        return None
    window = response.object("deliveryTimeWindow")
    return given(
        {
            "message": response.text("message", high=_LONGEST_MESSAGE, required=True),
            "sender": response.text("sender", high=LONG),
            "deliveryTimeWindow": None if window is None else _checked_window(window),
        }
    )


def _checked_window(window: Checks) -> dict[str, Any]:
    """The days in the order in which they were sent; the time zone is the user's unless told otherwise."""
    times = {field: window.text(field, required=True) for field in ("from", "to")}
    for field, time in times.items():
        if time is not None and _TIME.fullmatch(time) is None:
            window.wrong(field, "must be a time of day as HH:mm")
    days = window.choices("days", _DAYS)
    if "days" not in window.names():
        window.wrong("days", "must not be null")
    elif days == []:
        window.wrong("days", f"size must be between 1 and {len(_DAYS)}")
    zones = ("USER_TIME_ZONE", "DESTINATION_TIME_ZONE")
    zone = window.choice("deliveryTimeZone", zones, required=False)
    return {**times, "days": days, "deliveryTimeZone": zone or "USER_TIME_ZONE"}


def _checked_block_list(checks: Checks, _: Channel) -> dict[str, str | None] | None:
    block_list = checks.object("blockListConfiguration")
    if block_list is None:
        return None
    return {
        "type": block_list.choice("type", ("BLOCK", "UNBLOCK")),
        "level": block_list.choice("level", ("FROM_SENDER", "FROM_ANY_SENDER")),
    }


_READERS: dict[str, Callable[[Checks, Channel], Any]] = {
    "platform": _checked_platform,
    "forwarding": _checked_forwarding,
    "conversations": _checked_conversations,
    "answers": _checked_answers,
    "autoResponse": _checked_response,
    "blockListConfiguration": _checked_block_list,
}
