"""The proof that our rows are as Stripe has them: every row, field by field, and each difference in words.

    report = await compare(repair=False)

Comparing writes nothing, mails nobody and refreshes no tab. With `repair` the one writer writes what differs.
"""

from saas_app.billing.compare.differences import Difference, Report
from saas_app.billing.compare.events import compare_events
from saas_app.billing.compare.people import compare_people
from saas_app.billing.compare.shop import compare_shop
from saas_app.billing.stripe_account import check_account

__all__ = ["Difference", "Report", "compare"]


async def compare(*, repair: bool = False, settled: bool = True) -> Report:
    """Compare everything. With `settled`, events that may still be on their way are left out.

    Raises StripeUnavailable when a list cannot be read to its end, and OtherAccount.
    """
    await check_account()
    report = Report()
    await compare_shop(report, repair=repair)
    await compare_people(report, repair=repair)
    await compare_events(report, repair=repair, settled=settled)
    return report
