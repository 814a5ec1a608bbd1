"""One price in several currencies, and the one in which somebody is billed"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("prices", sa.Column("other_currencies", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("customers", sa.Column("currency", sa.String(), nullable=False, server_default=""))
    op.add_column("checkout_attempts", sa.Column("currency", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("checkout_attempts", "currency")
    op.drop_column("customers", "currency")
    op.drop_column("prices", "other_currencies")
