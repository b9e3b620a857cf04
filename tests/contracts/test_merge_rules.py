"""Every foreign key to people says what becomes of it when two records are merged."""

from flask import Flask

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
