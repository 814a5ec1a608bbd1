"""One price in several currencies; the one in which somebody is billed; what a former account had paid for"""

import sqlalchemy as sa
from alembic import op

import row_policies

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("prices", sa.Column("other_currencies", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("customers", sa.Column("currency", sa.String(), nullable=False, server_default=""))
    op.add_column("checkout_attempts", sa.Column("currency", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "former_buyers",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("paid_for", sa.JSON(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
    )
    row_policies.system_only("former_buyers")


def downgrade() -> None:
    op.drop_table("former_buyers")
    op.drop_column("checkout_attempts", "currency")
    op.drop_column("customers", "currency")
    op.drop_column("prices", "other_currencies")
