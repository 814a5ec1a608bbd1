"""Client folders, and all that a loan may be: kind, fee, a new rate, early repayment, notes"""

import secrets

import sqlalchemy as sa
from alembic import op

import row_policies

revision = "0011"
down_revision = "0010"

WORDS = {"folder_id": "", "notes": "", "kind": "annuity"}
NUMBERS = ("resting", "change_month", "new_rate_milli", "lump_month")
AMOUNTS = ("fee", "lump")
FLAGS = ("fee_in_loan", "lowers")


def upgrade() -> None:
    op.create_table(
        "client_folders",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("user_id", "name", name="uq_client_folders_name"),
    )
    op.create_index("ix_client_folders_user_id", "client_folders", ["user_id"])
    for name, usual in WORDS.items():
        op.add_column("scenarios", sa.Column(name, sa.String(), nullable=False, server_default=usual))
    for name in NUMBERS:
        op.add_column("scenarios", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in AMOUNTS:
        op.add_column("scenarios", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in FLAGS:
        op.add_column("scenarios", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _row_security("NO FORCE")  # its owner, who migrates, sees all rows for a moment
    _folders_from_names()
    _row_security("FORCE")
    op.drop_column("scenarios", "client")
    row_policies.owned("client_folders")


def _folders_from_names() -> None:
    """A folder for each client whose name stood beside a scenario."""
    connection = op.get_bind()
    named = "SELECT user_id, client, min(created_at) FROM scenarios WHERE client <> '' GROUP BY user_id, client"
    for user_id, client, created_at in connection.execute(sa.text(named)).all():
        row = {"id": f"fld_{secrets.token_hex(10)}", "user_id": user_id, "name": client, "created_at": created_at}
        connection.execute(sa.text("INSERT INTO client_folders VALUES (:user_id, :id, :name, :created_at)"), row)
        filed = "UPDATE scenarios SET folder_id = :id WHERE user_id = :user_id AND client = :name"
        connection.execute(sa.text(filed), row)


def _row_security(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE scenarios {how} ROW LEVEL SECURITY")


def downgrade() -> None:
    op.add_column("scenarios", sa.Column("client", sa.String(), nullable=False, server_default=""))
    for name in (*WORDS, *NUMBERS, *AMOUNTS, *FLAGS):
        op.drop_column("scenarios", name)
    op.drop_table("client_folders")
