"""The proof that our rows are as Stripe has them: every row, field by field, and each difference in words.

    report = await compare(repair=False)

Comparing writes nothing, mails nobody and refreshes no tab. With `repair` the one writer writes what differs.
"""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from saas_app.billing.compare.differences import Difference, Report
from saas_app.billing.compare.events import compare_events
from saas_app.billing.compare.people import compare_people
from saas_app.billing.compare.shop import compare_shop
from saas_app.billing.models import StripeObject
from saas_app.billing.stripe_account import check_account, remember
from saas_app.core import db

__all__ = ["Difference", "Report", "Run", "compare", "last_run"]

LAST_RUN = "compared"


async def compare(*, repair: bool = False, settled: bool = True) -> Report:
    """Compare everything. With `settled`, events that may still be on their way are left out.

    Raises StripeUnavailable when a list cannot be read to its end, and OtherAccount.
    """
    await check_account()
    report, of_events = Report(), Report()
    await compare_shop(report, repair=repair)
    await _both(
        compare_people(report, repair=repair), compare_events(of_events, repair=repair, settled=settled)
    )  # one waits for Stripe while the other computes
    report.add(of_events)
    await db.run_system("reconcile", remember, LAST_RUN, json.dumps([report.status, report.summary]))
    return report


async def _both(*work: Coroutine[Any, Any, None]) -> None:
    """All of it at once; when one fails the others end too."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class Run:
    """When everything was compared last, and what came of it."""

    at: datetime
    status: int
    summary: str


def last_run(session: Session) -> Run | None:
    """The last comparison that came to its end; None before the first."""
    row = session.get(StripeObject, LAST_RUN)
    return Run(row.updated_at, *json.loads(row.value)) if row else None
