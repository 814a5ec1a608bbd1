"""Usage, and the terms of plans that products in Stripe carry"""

import sqlalchemy as sa
from alembic import op

from row_policies import owned

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for name, default in (("limits", "{}"), ("features", "{}"), ("problems", "[]")):
        op.add_column("products", sa.Column(name, sa.JSON(), nullable=False, server_default=default))
    op.add_column("products", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    for name in ("image", "default_price_id"):
        op.add_column("products", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "usage",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "name", "period_start"),
    )
    op.create_index("ix_usage_user_id", "usage", ["user_id"])
    owned("usage")


def downgrade() -> None:
    op.drop_table("usage")
    for name in ("default_price_id", "image", "position", "problems", "features", "limits"):
        op.drop_column("products", name)
