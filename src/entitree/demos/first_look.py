"""The main job, end to end: browse, filter, create, alias, delete with its impact."""

from __future__ import annotations

from entitree.demos.scenario import Scenario, Step, typed

SCENARIO = Scenario(
    name="first-look",
    about="browse, filter, create, alias, delete with impact",
    steps=(
        Step("Applications: the environments and use cases of the account.", picture="applications"),
        Step("Entities: its customers and cost centres.", ("2",)),
        Step("What is tied to the highlighted one stands beside it.", ("down",) * 3, "browse"),
        Step("Typing narrows the list; every word must match.", ("slash", *typed("bigcola")), "filter"),
        Step("Enter keeps the filter.", ("enter",)),
        Step(
            "A new entity. The form is the preview of the one request it makes.",
            ("n", *typed("bigcola-cl"), "tab", *typed("BigCola Chile")),
            "create",
        ),
        Step("Enter creates it, and the list shows it.", ("enter",), "created"),
        Step("Another alias for it.", ("e", "ctrl+u", *typed("BigCola Andes")), "alias"),
        Step("Enter saves it.", ("enter",)),
        Step("Now one that much is tied to.", ("slash", *typed("bigcola france"), "enter")),
        Step("The tree: application, channel, resource.", ("t", "down", "right"), "tree"),
        Step("Before a deletion: everything that goes with it, and why.", ("t", "d"), "impact"),
        Step("Deleting takes typing. Enter alone never deletes.", typed("bigcola-fr"), "confirm"),
        Step("Enter deletes it, with all that was listed.", ("enter",), "deleted"),
        Step("Escape shows everything again.", ("escape",)),
    ),
)
