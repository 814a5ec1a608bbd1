"""The worker's part: one report after another, so that printing never takes more than one thread."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from saas_app.core import db, jobs
from saas_app.core.errors import NotFound, Unavailable
from saas_app.features.reports import pdf, service

TRIES = 3

log = logging.getLogger(__name__)
_press = ThreadPoolExecutor(1, thread_name_prefix="press")


@jobs.handles(service.JOB)
async def print_report(job: jobs.Job) -> None:
    """Make the file and keep it. What cannot be made is given up, in words, after three tries."""
    user_id, report_id = job.payload["user"], job.payload["report"]
    try:
        content, at = await db.read(user_id, service.to_print, report_id)
        made = await asyncio.get_running_loop().run_in_executor(_press, pdf.make, content, at)
    except Unavailable:
        raise
    except NotFound as error:  # the scenario was deleted meanwhile, or the report
        await db.run(user_id, service.give_up, report_id, str(error))
        raise jobs.Ignore(str(error)) from error
    except Exception as error:
        if job.attempts < TRIES:
            raise
        log.exception("a report could not be made", extra={"report": report_id})
        await db.run(user_id, service.give_up, report_id, service.BROKE)
        raise jobs.Ignore(type(error).__name__) from error
    await db.run(user_id, service.finish, report_id, made)


async def give_up_late_ones() -> None:
    """Whatever became of their worker: nobody waits for a report for ever, or pays for it."""
    for user_id, report_id in await db.read_system("jobs", service.overdue):
        await db.run(user_id, service.give_up, report_id, service.BROKE)


jobs.every("late reports", timedelta(minutes=10), give_up_late_ones)
