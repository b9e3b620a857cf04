"""The statements around a restored dump, all of them in its one transaction.

Plain SQL and not models: between the dump and the migrations the tables have the shape of their day.
"""

from campaign.kernel.mail.rows import FINAL
from campaign.kernel.registry import Survivor, survivors

FINAL_STATES = ", ".join(sorted(f"'{state}'" for state in FINAL))

# Waits for readers, but not for ever: a web server that was left running must not make the restore hang.
_BEGIN = """
SET client_min_messages = warning;
SET lock_timeout = '30s';
SET statement_timeout = 0;
BEGIN;
"""

# A copy in the session's own temporary schema lives through the DROP below.
_KEEP = """
DO $$ BEGIN
    IF to_regclass('public.{table}') IS NOT NULL THEN
        CREATE TEMPORARY TABLE kept_{table} AS TABLE public.{table};
    END IF;
END $$;
"""

_CLEAR = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""

# Only columns that the restored table has as well: it may be older than the row that is kept.
_BRING_BACK = """
DO $$ DECLARE shared text; BEGIN
    IF to_regclass('pg_temp.kept_{table}') IS NULL OR to_regclass('public.{table}') IS NULL THEN RETURN; END IF;
    SELECT string_agg(format('%I', then_.attname), ', ') INTO shared
    FROM pg_catalog.pg_attribute AS then_ JOIN pg_catalog.pg_attribute AS now_ USING (attname)
    WHERE then_.attrelid = 'public.{table}'::regclass AND now_.attrelid = 'pg_temp.kept_{table}'::regclass
        AND then_.attnum > 0 AND NOT then_.attisdropped;
    DELETE FROM public.{table} WHERE ({key}) IN (SELECT {key} FROM pg_temp.kept_{table});
    EXECUTE format('INSERT INTO public.{table} (%s) SELECT %s FROM pg_temp.kept_{table} AS kept WHERE {condition}',
        shared, shared);
END $$;
"""

# What happened since the backup did happen. The newer entries follow only where the two chains agree.
_KEEP_AUDIT = """
DO $$ DECLARE last record; BEGIN
    IF to_regclass('pg_temp.kept_audit_entry') IS NULL OR to_regclass('public.audit_entry') IS NULL THEN RETURN; END IF;
    SELECT id, digest INTO last FROM public.audit_entry ORDER BY id DESC LIMIT 1;
    IF last IS NULL OR EXISTS (
        SELECT FROM pg_temp.kept_audit_entry WHERE id = last.id AND digest = last.digest
    ) THEN
        INSERT INTO public.audit_entry (id, at, actor, action, object, amount, reason, previous, digest)
        SELECT id, at, actor, action, object, amount, reason, previous, digest
        FROM pg_temp.kept_audit_entry WHERE id > coalesce(last.id, 0) ORDER BY id;
    END IF;
END $$;
"""

# Whether they left after the backup nobody knows any more; a person decides, or the signer asks again.
_QUIETEN = """
UPDATE public.mail SET state = 'unknown', lease_until = NULL, finished_at = now(), error = 'restored'
WHERE state NOT IN ({final}, 'unknown');
UPDATE public.job SET state = 'failed', lease_until = NULL, error = 'restored' WHERE state <> 'failed';
"""

_END = """
RESET search_path;
COMMIT;
ANALYZE;
"""


def before_rows() -> str:
    """Begin, put aside what survives, and clear the database."""
    kept = "".join(_KEEP.format(table=table) for table in ["audit_entry", *(each.table for each in survivors)])
    return _BEGIN + kept + _CLEAR


def after_rows() -> str:
    """Bring back what survives, quieten what was under way, and commit."""
    return "".join(map(_bring_back, survivors)) + _KEEP_AUDIT + _QUIETEN.format(final=FINAL_STATES) + _END


def _bring_back(survivor: Survivor) -> str:
    return _BRING_BACK.format(
        table=survivor.table, key=", ".join(survivor.key), condition=survivor.condition.replace("'", "''")
    )
