"""Finding: the filter language, the tree's own filter, resources, and what was read."""

from __future__ import annotations

from entitree.demos.scenario import Scenario, Step, typed

SCENARIO = Scenario(
    name="find-anything",
    about="filter, sort, look into the tree, find unused resources, see what was read",
    steps=(
        Step("Entities, all of them in the local mirror.", ("2",)),
        Step(
            "Tied to production, with more than four associations.",
            ("slash", *typed("app:prod assoc"), "colon", "greater_than_sign", "4"),
            "filter",
        ),
        Step("Enter keeps the filter; the columns sort.", ("enter", "s", "s", "s", "S"), "sorted"),
        Step(
            "In the tree, slash finds among everything tied to it.",
            ("t", "slash", *typed("sms"), "enter"),
            "tree",
        ),
        Step("Back to the list, and everything again.", ("escape", "escape", "escape")),
        Step("Resources that nobody uses.", ("3", "slash", *typed("unused"), "enter"), "unused"),
        Step("Resources that associations name and the account does not own.", ("slash", *typed("unowned"))),
        Step("What was read of the account, when, and what it costs.", ("escape", "escape", "M"), "mirror"),
    ),
)
