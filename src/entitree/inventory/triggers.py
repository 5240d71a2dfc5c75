"""The triggers that count who is tied to what.

Whatever adds or removes a configuration keeps the counts of the mirror by these, in the same transaction.
"""

from __future__ import annotations

TALLIES = ("associations", "strategies", "subscriptions", "numbers", "inbound", "keys")
"""Columns of an item: how many of each name it, each counted once."""

UNTIED = " + ".join(TALLIES) + " = 0"

# Functions of ours are called only for what is named first: they cost more than all the rest.
_ADDED = """
    INSERT INTO {kind} (id, there, hay, fold_end)
        SELECT NEW.{kind}_id, 0, hay(NEW.{kind}_id, NULL), fold_end(NEW.{kind}_id)
        WHERE NEW.{kind}_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {kind} WHERE id = NEW.{kind}_id);
    UPDATE {kind} SET {tally} = {tally} + 1 WHERE id = NEW.{kind}_id {first};"""
_TAKEN = """
    UPDATE {kind} SET {tally} = {tally} - 1 WHERE id = OLD.{kind}_id {first};"""
_FORGOTTEN = f"""
    DELETE FROM {{kind}} WHERE id = OLD.{{kind}}_id AND there = 0 AND {UNTIED};"""
_TIED = """
CREATE TRIGGER {table}_tied AFTER INSERT ON {table} BEGIN{added}
    INSERT INTO pair SELECT NEW.application_id, NEW.entity_id, 1
        WHERE NEW.application_id IS NOT NULL AND NEW.entity_id IS NOT NULL
        ON CONFLICT DO UPDATE SET ties = ties + 1;
END;
CREATE TRIGGER {table}_untied AFTER DELETE ON {table} BEGIN{taken}
    UPDATE pair SET ties = ties - 1
        WHERE application_id = OLD.application_id AND entity_id = OLD.entity_id;
    DELETE FROM pair
        WHERE application_id = OLD.application_id AND entity_id = OLD.entity_id AND ties = 0;{forgotten}
END;
"""
PAIRS = """
CREATE TRIGGER pair_made AFTER INSERT ON pair BEGIN
    UPDATE application SET others = others + 1 WHERE id = NEW.application_id;
    UPDATE entity SET others = others + 1 WHERE id = NEW.entity_id;
END;
CREATE TRIGGER pair_gone AFTER DELETE ON pair BEGIN
    UPDATE application SET others = others - 1 WHERE id = OLD.application_id;
    UPDATE entity SET others = others - 1 WHERE id = OLD.entity_id;
END;
"""

_RESOURCE = """
CREATE TRIGGER {table}_used AFTER INSERT ON {table} BEGIN
    INSERT INTO resource (type, id, name, hay, fold_end)
        SELECT {new_type}, {new_id}, {new_name}, hay({new_name}, {new_id}), fold_end({new_name})
        WHERE NOT EXISTS (SELECT 1 FROM resource WHERE type = {new_type} AND id = {new_id});
    UPDATE resource SET {tally} = {tally} + 1{named} WHERE type = {new_type} AND id = {new_id};
END;
CREATE TRIGGER {table}_unused AFTER DELETE ON {table} BEGIN
    UPDATE resource SET {tally} = {tally} - 1 WHERE type = {old_type} AND id = {old_id};
    DELETE FROM resource WHERE type = {old_type} AND id = {old_id} AND owned = 0 AND associations = 0;
END;
"""


def tied(table: str, tally: str, *, owner: str = "") -> str:
    """Triggers of a table that names applications and entities. With an `owner` column several rows belong to
    one configuration, which is counted once.
    """

    def several(template: str, row: str) -> str:
        made = ""
        for kind in ("application", "entity"):
            first = (
                f"AND NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{owner} = {row}.{owner}"
                f" AND other.{kind}_id = {row}.{kind}_id AND other.position <> {row}.position)"
                if owner
                else ""
            )
            made += template.format(kind=kind, tally=tally, first=first)
        return made

    return _TIED.format(
        table=table,
        added=several(_ADDED, "NEW"),
        taken=several(_TAKEN, "OLD"),
        forgotten=several(_FORGOTTEN, "OLD"),
    )


def resource(table: str, tally: str, type_: str, id_: str, name: str = "") -> str:
    """Triggers of a table whose rows name or own a resource; `type_` is a column or a quoted word."""

    def of(row: str, column: str) -> str:
        return column if column.startswith("'") else f"{row}.{column}"

    return _RESOURCE.format(
        table=table,
        tally=tally,
        new_type=of("NEW", type_),
        old_type=of("OLD", type_),
        new_id=of("NEW", id_),
        old_id=of("OLD", id_),
        new_name=of("NEW", name or id_),
        # A name learned later is better than the id that stood for it.
        named=(
            f", name = NEW.{name}, hay = hay(NEW.{name}, NEW.{id_}), fold_end = fold_end(NEW.{name})"
            if name
            else ""
        ),
    )
