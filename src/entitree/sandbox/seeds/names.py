"""The names of the demo account: plausible ones, and those that break programs."""

from __future__ import annotations

APPLICATIONS: tuple[tuple[str, str | None], ...] = (
    ("production", "Production"),
    ("marketing", "Marketing campaigns"),
    ("one-time-pin", "One-time PIN"),
    ("alerts", "Service alerts"),
    ("staging", "Staging"),
    ("support-chat", "Support chat"),
    ("billing", "Invoices and reminders"),
    ("loyalty", "Loyalty programme"),
    ("qa-load", None),
    ("dev", "Development"),
    ("legacy/sms-gateway", "Old SMS gateway (do not use)"),
)

BRANDS = (("bigcola", "BigCola"), ("mcburger", "McBurger"), ("aurora-air", "Aurora Air"))

COUNTRIES = (
    ("us", "United States"),
    ("uk", "United Kingdom"),
    ("de", "Deutschland"),
    ("fr", "France"),
    ("es", "España"),
    ("it", "Italia"),
    ("pl", "Polska"),
    ("hr", "Hrvatska"),
    ("br", "Brasil"),
    ("mx", "México"),
    ("ca", "Canada"),
    ("in", "India"),
    ("jp", "日本"),
    ("ae", "United Arab Emirates"),
    ("za", "South Africa"),
)

PREFIXES = {
    "US": "1",
    "GB": "44",
    "DE": "49",
    "FR": "33",
    "ES": "34",
    "IT": "39",
    "PL": "48",
    "HR": "385",
    "BR": "55",
    "MX": "52",
    "CA": "1",
    "IN": "91",
    "JP": "81",
    "AE": "971",
    "ZA": "27",
}

COMPANIES = tuple(
    f"{name} {form}"
    for form, names in (
        (
            "Ltd",
            "Ashford Bennett Calder Dunmore Eastgate Fairholm Glenrock Harrow Inverness Kestrel Larkhill",
        ),
        (
            "GmbH",
            "Adlerhof Bergmann Dornfeld Eichwald Falkner Grünwald Hansetor Isarblick Klarwasser Lindner",
        ),
        (
            "S.A.",
            "Aigremont Beaulieu Clairvaux Delacroix Épinal Fontenay Grandval Hautmont Montclair Sévigné",
        ),
        ("d.o.o.", "Bjelovar Čakovec Dubrava Jadran Kvarner Lička Međimurje Plitvice Šibenik Zagorje"),
        (
            "Inc",
            "Acorn Bluefield Cedar Driftwood Evergreen Foxglove Goldleaf Hickory Ironwood Juniper Lakeside",
        ),
        ("S.p.A.", "Adriatica Belmonte Carrara Dolomiti Etrusca Ferrando Ligure Montenapo Palladio Veneta"),
        ("A.Ş.", "Anadolu Boğaz Çınar Doğuş Ege Güneş Işık Karadeniz Marmara Yıldız"),
        ("Pty", "Barossa Coolabah Darling Eucalypt Flinders Kimberley Murray Nullarbor Tanami Wattle"),
    )
    for name in names.split()
)

DOMAINS = (
    "mail.bigcola.example",
    "news.mcburger.example",
    "notify.aurora-air.example",
    "invoices.example",
    "alerts.example",
    "loyalty.example",
)

SENDERS = (
    "BigCola",
    "McBurger",
    "AuroraAir",
    "PINCode",
    "Alerts",
    "Billing",
    "Loyalty",
    "Support",
    "QA-Test",
)

AWKWARD_ENTITIES: tuple[tuple[str, str | None], ...] = (
    (
        "long-alias",
        "The Consolidated Amalgamated Worldwide Holding Company for Beverages, Burgers, Air Travel,"
        " Loyalty Points and Everything Else That Was Ever Bought by Anybody in Accounting,"
        " Northern Hemisphere (South) Ltd",
    ),
    ("markup-colour", "[red]x[/]"),
    ("markup-close", "[/]"),
    ("markup-click", "[@click=app.quit]Click me[/]"),
    ("smörgåsbord-ab", "Smörgåsbord & Räksmörgås AB"),
    ("東京-支店", "東京コーラ株式会社 渋谷支店"),
    ("emoji", "Burger 🍔 & Cola 🥤 👩‍👩‍👧‍👦 🇭🇷"),
    ("rtl-arabic", "شركة المشروبات الكبرى"),
    ("rtl-hebrew", "המבורגר גדול בע״מ"),
    ("rtl-override", "invoice\u202etxt.exe"),
    ("escape-sequence", "\x1b[31mRed\x1b[0m \x1b]0;title\x07"),
    ("two-lines", "First line\nsecond line\tand a tab"),
    ("region/north", "An id with a slash"),
    ("cost centre 12", "An id with spaces"),
    ("a..b", "Dots inside an id"),
    ("100%?#&=+", "An id that must be encoded"),
    ("zero\u200bwidth", "Zero\u200bwidth"),
    ("combining", "Cafe\u0301 Zu\u0308rich"),
    ("e" * 120, "An id longer than older sends take"),
)
"""Legal on the platform, and each the end of some program. Having no alias is too common to be listed."""
