"""What was typed to get a report or a link, or into the letterhead."""

from collections.abc import Mapping
from dataclasses import dataclass

from saas_app.core.errors import BadInput
from saas_app.core.words import _

LONGEST_LINE = 120
MOST_LINES = 4


@dataclass(frozen=True)
class Wish:
    """The report that is wanted: of which scenario, under which title ('' for the scenario's name), and for whom."""

    scenario_id: str
    title: str = ""
    recipient: str = ""
    whole_schedule: bool = False


def read_wish(typed: Mapping[str, str]) -> Wish:
    """Raises BadInput with a message for every field that is wrong."""
    errors: dict[str, str] = {}
    title, recipient = _line(typed, "title", errors), _line(typed, "recipient", errors)
    if errors:
        raise BadInput(errors)
    return Wish(typed.get("scenario", ""), title, recipient, bool(typed.get("whole_schedule")))


def read_recipient(typed: Mapping[str, str]) -> str:
    """For whom a link is; raises BadInput."""
    errors: dict[str, str] = {}
    found = _line(typed, "recipient", errors)
    if errors:
        raise BadInput(errors)
    return found


def read_letterhead(typed: Mapping[str, str]) -> tuple[str, str]:
    """Name and address, which has up to four lines; raises BadInput."""
    errors: dict[str, str] = {}
    name = _line(typed, "letterhead_name", errors)
    lines = [" ".join(line.split()) for line in typed.get("letterhead_address", "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        errors["letterhead_address"] = _("Up to {lines} lines of at most {most} characters, please.").format(
            lines=MOST_LINES, most=LONGEST_LINE
        )
    if errors:
        raise BadInput(errors)
    return name, "\n".join(lines)


def _line(typed: Mapping[str, str], field: str, errors: dict[str, str]) -> str:
    words = " ".join(typed.get(field, "").split())
    if len(words) > LONGEST_LINE:
        errors[field] = _("Please keep it within {most} characters.").format(most=LONGEST_LINE)
    return words
