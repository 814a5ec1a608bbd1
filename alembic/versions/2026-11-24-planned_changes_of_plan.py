"""Planned changes of plan"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("next_price_id", sa.String(), nullable=False, server_default=""))
    op.add_column("subscriptions", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("subscriptions", "next_at")
    op.drop_column("subscriptions", "next_price_id")
