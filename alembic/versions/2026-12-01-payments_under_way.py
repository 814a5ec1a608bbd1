"""Invoices whose payment a bank has taken and not answered yet"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("invoices", sa.Column("being_paid", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("invoices", "being_paid")
