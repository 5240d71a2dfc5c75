"""Names that the platform itself gives, for those who need no wire models: they are slow to import."""

DEFAULT_APPLICATION = "default"
"""Id of the application that always exists and is never deleted (platform.md 1.4)."""

MAX_ID = 255
"""Characters in an application, entity or subscription id, and in an alias (platform.md 1.2, 1.3)."""

OLD_SMS_ID = 50
"""Characters in an id that older SMS and MMS sends still take (platform.md 1.3)."""

SUBSCRIPTION_CHANNELS = (
    "AGENT_OS",
    "APPLE_MESSAGES_FOR_BUSINESS",
    "BLOCKLIST",
    "CUSTOMER_ENGAGEMENT",
    "EMAIL",
    "FACEBOOK",
    "KAKAO_ALIM",
    "KAKAO_BRAND_MESSAGE",
    "LINE",
    "MMS",
    "MOBILE_IDENTITY",
    "MOBILE_PUSH",
    "NUMBER_LOOKUP",
    "OPEN_CHANNEL",
    "RCS",
    "REGISTRATION",
    "SMS",
    "VIBER",
    "VOICE_VIDEO",
    "WEB_PUSH",
    "WHATSAPP",
    "ZALO",
)
"""A subscription belongs to exactly one of these, and there is no list over all of them (platform.md 4)."""
