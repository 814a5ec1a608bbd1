"""Settings, history and leaving"""

import sqlalchemy as sa
from alembic import op

from row_policies import internal, never_changed

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("users", sa.Column("leaving_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "login_sessions",
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-01-01 00:00:00"),
    )
    op.add_column("login_sessions", sa.Column("method", sa.String(), nullable=False, server_default="password"))
    op.add_column("email_tokens", sa.Column("code_digest", sa.String(), nullable=False, server_default=""))
    op.add_column("email_tokens", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("email_tokens", sa.Column("new_email", sa.String(), nullable=False, server_default=""))

    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_user_id", "audit_events", ["user_id"])

    op.create_table(
        "account_deletions",
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("account_deletions_due", "account_deletions", ["status", "due_at"])

    op.create_table(
        "former_members",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("had_trial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )

    never_changed("audit_events")
    internal("account_deletions")
    internal("former_members")


def downgrade() -> None:
    for table in ("former_members", "account_deletions", "audit_events"):
        op.drop_table(table)
    for column in ("new_email", "tries", "code_digest"):
        op.drop_column("email_tokens", column)
    for column in ("method", "confirmed_at"):
        op.drop_column("login_sessions", column)
    op.drop_column("users", "leaving_at")
