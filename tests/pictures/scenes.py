"""All scenes, in the order in which they are played: what moves the clock comes late, what breaks things last."""

from tests.pictures import (
    accounts,
    billing,
    changes,
    desk,
    elsewhere,
    ends,
    faults,
    library,
    local,
    mails,
    members,
    public,
    sandbox,
    settings,
)
from tests.pictures.studio import SCENES, Scene

_IN_ORDER = (
    public,
    accounts,
    members,
    desk,
    library,
    settings,
    billing,
    changes,
    local,
    mails,
    sandbox,
    elsewhere,
    ends,
    faults,
)


def all_of_them() -> list[Scene]:
    """Every scene there is."""
    order = [module.__name__ for module in _IN_ORDER]
    return sorted(SCENES, key=lambda each: order.index(each.play.__module__))
