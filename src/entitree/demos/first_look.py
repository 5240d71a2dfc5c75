"""The main job, end to end: browse, filter, create, alias, delete with its impact."""

from __future__ import annotations

from entitree.demos.scenario import Scenario, Step, typed

SCENARIO = Scenario(
    name="first-look",
    about="browse, filter, create, alias, delete with impact",
    steps=(
        Step("Applications: the environments and use cases of the account.", picture="applications"),
        Step(
            "Entities: its customers. What is tied to the highlighted one stands beside it.",
            ("2", "down", "down"),
            "browse",
        ),
        Step("Typing narrows the list; every word must match.", ("slash", *typed("bigcola")), "filter"),
        Step("Enter keeps the filter.", ("enter",)),
        Step(
            "A new entity: the form is the preview of the one request it makes.",
            ("n", *typed("bigcola-es"), "tab", *typed("BigCola Spain")),
            "create",
        ),
        Step("Created, and found.", ("enter",), "created"),
        Step("Another alias.", ("e", *(["ctrl+u"]), *typed("BigCola Iberia")), "alias"),
        Step("Saved.", ("enter",)),
        Step("Before a deletion: everything that goes with it, and why.", ("home", "d"), "impact"),
        Step("Deleting takes typing the id. Enter alone never deletes.", typed("bigcola-"), "confirm"),
    ),
)
