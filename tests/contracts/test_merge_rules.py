"""Every foreign key to people says what becomes of it when two records are merged, and is found by the person."""

from flask import Flask
from sqlalchemy import UniqueConstraint

from campaign.kernel.db import Base
from campaign.kernel.registry_people import merge_rules


def test_every_foreign_key_to_people_has_a_rule_of_merging(app: Flask) -> None:
    """Else its rows would go with the record that is merged. `moving` (kernel/merging.py) makes the usual rule."""
    keys = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }
    ruled = [(rule.table, rule.column) for rule in merge_rules]
    assert sorted(keys) == sorted(ruled), "one rule for each, registered in hooks.py"


def test_every_foreign_key_to_people_is_found_by_an_index_that_holds_every_row(app: Flask) -> None:
    """Else forgetting one person reads a whole table, and forgetting many takes hours."""
    missing = []
    for table in Base.metadata.sorted_tables:
        led = {next(iter(table.primary_key.columns)).name} if table.primary_key.columns else set()
        led |= {next(iter(each.columns)).name for each in table.constraints if isinstance(each, UniqueConstraint)}
        led |= {column.name for column in table.columns if column.unique}
        whole = [index for index in table.indexes if index.dialect_options["postgresql"]["where"] is None]
        led |= {column.name for index in whole for column in list(index.columns)[:1]}
        missing += [
            f"{table.name}.{column.name}"
            for column in table.columns
            if any(key.target_fullname == "person.id" for key in column.foreign_keys) and column.name not in led
        ]
    assert missing == []
