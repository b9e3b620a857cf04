"""Every migration goes down and up again over the rows that are there, and what comes out is what the models say."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, select, table, text

from campaign.gifts.models import NUMBER, SCOPE, Gift
from campaign.gifts.service import numbers
from campaign.kernel.db import Base, drop_connections, session, transaction
from campaign.migrate import FOLDER
from campaign.petitions.models import PetitionState
from campaign.signatures.service.sign import sign
from tests.funds import made as books
from tests.gifts import made as gifts
from tests.support import accounts, make

# What was there from the first version on; everything else comes and goes with its own migration.
LASTING = ("petition", "petition_text", "signature", "audit_entry")


@pytest.fixture
def copied(app, servers, worker_id) -> Iterator[Connection]:
    """A connection to a copy of the tests' database: at the newest version, with rows in the main tables."""
    _fill()
    name, rest = f"migrations_{worker_id}", f"test_{worker_id}"
    plain = servers.database_url.replace("postgresql+psycopg://", "postgresql://")
    # A copy is made of a database that nobody is connected to.
    session.remove()
    drop_connections(close=True)
    with psycopg.connect(plain, autocommit=True) as maker:
        maker.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        maker.execute(f"CREATE DATABASE {name} TEMPLATE {rest}")  # type: ignore[arg-type]
    engine = create_engine(servers.database_url.rpartition("/")[0] + f"/{name}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    with psycopg.connect(plain, autocommit=True) as maker:
        maker.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


# Each goes down twice and up twice, and there are many: on a busy machine that takes longer than a test may.
@pytest.mark.timeout(400)
@pytest.mark.slow
def test_every_migration_goes_down_and_up_again_over_rows(copied):
    rows = _count(copied)
    assert all(rows.values()), rows
    script = ScriptDirectory(str(FOLDER))
    for revision in script.walk_revisions():
        before = revision.down_revision or "base"
        _go(copied, command.downgrade, before)
        _go(copied, command.upgrade, revision.revision)
        if before != "base":
            assert _count(copied) == rows, f"{revision.revision} loses rows that are not its own"
        _go(copied, command.downgrade, before)
    assert not set(_tables(copied)) - {"alembic_version"}, "the first one leaves nothing behind"
    for revision in reversed(list(script.walk_revisions())):
        _go(copied, command.upgrade, revision.revision)
    context = MigrationContext.configure(copied, opts={"compare_type": True, "include_name": _is_ours})
    assert compare_metadata(context, Base.metadata) == []


@pytest.mark.slow
def test_numbers_of_gifts_are_sealed_and_opened_again(copied):
    script = ScriptDirectory(str(FOLDER))
    mine = next(each for each in script.walk_revisions() if str(each.path).endswith("gift_numbers.py"))
    known = copied.execute(text("SELECT id, external_index FROM gift ORDER BY number")).all()
    _go(copied, command.downgrade, mine.down_revision)
    numbers = copied.scalars(text("SELECT external_id FROM gift ORDER BY number")).all()
    assert numbers == ["ch_17", f"index:{known[1].external_index.hex()}"], "one is erased, and still known"
    _go(copied, command.upgrade, mine.revision)
    found = copied.execute(text("SELECT id, external_index, external_sealed FROM gift ORDER BY number")).all()
    assert [(each.id, each.external_index) for each in found] == list(known)
    assert NUMBER.unseal(SCOPE, found[0].id, found[0].external_sealed) == "ch_17"
    assert found[1].external_sealed is None


def _fill() -> None:
    """A petition in every public shape, signatures, a published prisoner with a case, a facility, an account, gifts."""
    for state in (PetitionState.DRAFT, PetitionState.OPEN, PetitionState.CLOSED):
        petition = make.petition(state=state)
        if state is PetitionState.OPEN:
            sign(petition.id, make.signature_draft(), quarantined=False)
    person = make.public_prisoner()
    make.episode(person)
    make.case(person)
    make.facility()
    accounts.person(app=True)
    books.bank()
    fund = gifts.open_fund()
    gifts.gift(fund, external_id="ch_17")
    erased = gifts.gift(fund, external_id="ch_18")
    with transaction():
        numbers.forget(Gift.id == erased.id)


def _go(connection: Connection, direction: object, target: str) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    direction(config, target)  # type: ignore[operator]
    connection.commit()


def _count(connection: Connection) -> dict[str, int]:
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in LASTING}


def _tables(connection: Connection) -> list[str]:
    statement = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return list(connection.scalars(text(statement)))


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith("signature_p"))
