"""Plan changes, what is charged next, and more of what Stripe says of subscriptions and invoices"""

import sqlalchemy as sa
from alembic import op

import row_policies

revision = "0009"
down_revision = "0008"

WORDS: dict[str, tuple[str, ...]] = {
    "customers": ("billing_name", "billing_email", "billing_address", "tax_id"),
    "subscriptions": (
        "stripe_item_id",
        "stripe_schedule_id",
        "pending_price_id",
        "cancel_reason",
        "cancel_feedback",
        "cancel_comment",
        "discount_name",
        "discount_percent",
        "discount_duration",
    ),
    "invoices": ("description", "billing_reason", "receipt_url"),
}
NUMBERS = {"subscriptions": ("discount_off",), "invoices": ("amount_refunded",)}
MOMENTS = {
    "subscriptions": ("pause_resumes_at", "pending_until", "discount_ends_at"),
    "invoices": ("next_payment_attempt",),
}


def upgrade() -> None:
    for table, names in WORDS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
    for table, names in NUMBERS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for table, names in MOMENTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("invoices", sa.Column("attempt_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("invoices", sa.Column("needs_action", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "upcoming_invoices",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("stripe_subscription_id", sa.String(), primary_key=True),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        *_sums(),
    )
    op.create_index("ix_upcoming_invoices_user_id", "upcoming_invoices", ["user_id"])
    row_policies.owned("upcoming_invoices", writes=False)
    op.create_table(
        "plan_changes",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("stripe_subscription_id", sa.String(), nullable=False),
        sa.Column("from_price_id", sa.String(), nullable=False),
        sa.Column("to_price_id", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("prorated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_effect_at", sa.DateTime(timezone=True), nullable=False),
        *_sums(),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_plan_changes_user_id", "plan_changes", ["user_id"])
    is_open = sa.text("status IN ('shown', 'under way')")
    op.create_index(
        "one_open_change", "plan_changes", ["user_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    row_policies.owned("plan_changes", writes=False)


def _sums() -> list[sa.Column[object]]:
    return [
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("plan_changes")
    op.drop_table("upcoming_invoices")
    op.drop_column("invoices", "needs_action")
    op.drop_column("invoices", "attempt_count")
    for columns in (MOMENTS, NUMBERS, WORDS):
        for table, names in columns.items():
            for name in names:
                op.drop_column(table, name)
