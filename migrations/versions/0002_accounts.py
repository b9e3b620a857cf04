"""Accounts: who may sign in, as what, with which proofs, and until when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("passphrase_hash", sa.Text(), nullable=True),
        sa.Column("passphrase_is_long", sa.Boolean(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru', 'de')", name=op.f("ck_account_language_known")),
        sa.CheckConstraint(
            "state <> 'left' OR (passphrase_hash IS NULL AND email_sealed IS NULL)",
            name=op.f("ck_account_left_keeps_nothing"),
        ),
        sa.CheckConstraint("state IN ('active', 'locked', 'left')", name=op.f("ck_account_state_known")),
        sa.CheckConstraint(
            "username ~ '^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,30})[A-Za-z0-9]$'", name=op.f("ck_account_username_shape")
        ),
        sa.CheckConstraint("(email_sealed IS NULL) = (email_index IS NULL)", name=op.f("ck_account_email_with_index")),
        sa.CheckConstraint("email_index IS NULL OR length(email_index) = 32", name=op.f("ck_account_index_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_index", name=op.f("uq_account_email_index")),
        sa.UniqueConstraint("username_key", name=op.f("uq_account_username_key")),
    )
    op.create_table(
        "used_challenge",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_used_challenge")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'recovery') = (account_id IS NOT NULL)", name=op.f("ck_invitation_recovery_names_account")
        ),
        sa.CheckConstraint("kind IN ('newcomer', 'recovery')", name=op.f("ck_invitation_kind_known")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_invitation_expires_later")),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_invitation_hash_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_count_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("length(code_hash) = 32", name=op.f("ck_recovery_code_hash_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "origin <> 'two_persons' OR (granted_by IS NOT NULL AND approved_by IS NOT NULL)",
            name=op.f("ck_role_grant_both_named"),
        ),
        sa.CheckConstraint(
            "origin IN ('two_persons', 'invitation', 'command', 'demo')", name=op.f("ck_role_grant_origin_known")
        ),
        sa.CheckConstraint(
            "role IN ('admin', 'organiser', 'coordinator', 'moderator', 'data_editor', 'treasurer', 'volunteer')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.CheckConstraint(
            "scope_kind IS NULL OR scope_kind IN ('group', 'petition')", name=op.f("ck_role_grant_scope_kind_known")
        ),
        sa.CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name=op.f("ck_role_grant_scope_whole")),
        sa.CheckConstraint("expires_on > granted_on", name=op.f("ck_role_grant_expires_later")),
        sa.CheckConstraint("granted_by <> approved_by", name=op.f("ck_role_grant_two_persons")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_current",
        "role_grant",
        ["account_id", "role", "scope_kind", "scope_id"],
        unique=True,
        postgresql_where=sa.text("revoked_on IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "role_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("is_renewal", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'declined')) = (decided_by IS NOT NULL)",
            name=op.f("ck_role_request_decided_by_someone"),
        ),
        sa.CheckConstraint(
            "role IN ('admin', 'organiser', 'coordinator', 'moderator', 'data_editor', 'treasurer', 'volunteer')",
            name=op.f("ck_role_request_role_known"),
        ),
        sa.CheckConstraint("state <> 'approved' OR (decided_by <> asked_by)", name=op.f("ck_role_request_two_persons")),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'declined', 'dropped')", name=op.f("ck_role_request_state_known")
        ),
        sa.CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name=op.f("ck_role_request_scope_whole")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_request_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_request")),
    )
    op.create_index(
        "uq_role_request_waiting",
        "role_request",
        ["account_id", "role", "scope_kind", "scope_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_done", sa.Boolean(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_sign_in_session_days_in_order")),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_sign_in_session_hash_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False)
    op.create_table(
        "totp_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("last_used_step", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_totp_secret_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_secret")),
    )
    op.create_index("uq_totp_secret_account", "totp_secret", ["account_id", "is_confirmed"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_totp_secret_account", table_name="totp_secret")
    op.drop_table("totp_secret")
    op.drop_index(op.f("ix_sign_in_session_account_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index(
        "uq_role_request_waiting",
        table_name="role_request",
        postgresql_where=sa.text("state = 'waiting'"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_table("role_request")
    op.drop_index(
        "uq_role_grant_current",
        table_name="role_grant",
        postgresql_where=sa.text("revoked_on IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_recovery_code_account_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_passkey_account_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_table("invitation")
    op.drop_table("used_challenge")
    op.drop_table("account")
