"""A link shows one scenario to whoever has it: as long as it is there, its scenario is, and the plan has links."""

from dataclasses import asdict

import pytest
from sqlmodel import select

from saas_app.account import leaving, own_data
from saas_app.auth.sessions import Visit
from saas_app.billing.entitlements import FeatureLocked
from saas_app.billing.models import Subscription
from saas_app.core import db
from saas_app.core.errors import Conflict, NotFound
from saas_app.core.viewer import Viewer
from saas_app.features.loans import service as loans
from saas_app.features.reports import flows, sharing
from saas_app.features.reports.models import ShareLink
from tests.billing.shop import rows
from tests.factories import as_system
from tests.features.people import a_scenario, on_plan


def share(viewer: Viewer, scenario: str, recipient: str = "") -> str:
    """Gives the token of the new link."""
    with db.session_for(viewer) as session:
        return sharing.share(session, scenario, recipient).rpartition("/s/")[2]


def links(viewer: Viewer) -> tuple[sharing.LinkView, ...]:
    with db.session_for(viewer, read_only=True) as session:
        return sharing.links(session)


@pytest.fixture
def ada(database: str) -> Viewer:
    """On Agent."""
    return on_plan("agent_v1", "Ada")


async def test_whoever_has_the_link_sees_the_figures_and_nothing_about_whose_they_are(ada: Viewer) -> None:
    token = share(ada, a_scenario(ada, "River flat", client="Mrs Secret", notes="she earns much"), "Mr Quiet")
    found = await flows.open_link(token)
    assert (found.name, found.terms, found.result.payment) == ("River flat", "€200,000 at 3 % over 25 years", "€948.42")
    said = repr(asdict(found))
    for hidden in (ada.name, ada.email, ada.id, "Secret", "earns", "Quiet", "scn_"):
        assert hidden not in said


async def test_a_look_is_counted_but_not_the_owners_and_not_a_programs(ada: Viewer) -> None:
    token = share(ada, a_scenario(ada), "Mr Quiet")
    assert [(each.scenario, each.recipient, each.views) for each in links(ada)] == [
        ("River", "Mr Quiet", "not seen yet")
    ]
    await flows.open_link(token, by=ada.id)
    await flows.open_link(token, counts=False)
    assert links(ada)[0].views == "not seen yet"
    await flows.open_link(token)
    assert links(ada)[0].views.startswith("seen 1 time, last on ")
    await flows.open_link(token, by="usr_somebody_else")
    assert links(ada)[0].views.startswith("seen 2 times")


def test_the_link_itself_is_kept_nowhere_and_cannot_be_guessed(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    first, second = share(ada, scenario), share(ada, scenario)
    assert first != second
    assert len(first) == 43  # 256 bits
    (one, other) = rows(ShareLink)
    assert not {first, second} & {one.digest, other.digest}
    with db.session_for(ada, read_only=True) as session:
        found = own_data.collect(session)
    assert "share_links" in found
    for secret in (first, one.digest):
        assert secret not in found


async def test_a_link_is_dead_at_once_when_it_is_revoked(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    token, other = share(ada, scenario), share(ada, scenario)
    mine = next(row.id for row in rows(ShareLink) if row.digest == sharing.tokens.digest(token))
    with db.session_for(ada) as session:
        sharing.revoke(session, mine)
    await dead(token)
    assert (await flows.open_link(other)).name == "River"


async def test_a_link_is_dead_at_once_when_its_scenario_is_deleted(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    token = share(ada, scenario)
    with db.session_for(ada) as session:
        loans.delete_scenario(session, scenario)
    await dead(token)
    assert rows(ShareLink) == []


async def test_a_link_is_dead_at_once_when_the_plan_ends_and_alive_when_it_is_back(ada: Viewer) -> None:
    token = share(ada, a_scenario(ada))

    def become(**values: str) -> None:
        def change(session: object) -> None:
            row = session.exec(select(Subscription)).one()  # type: ignore[attr-defined]
            for name, value in values.items():
                setattr(row, name, value)

        as_system(change)

    for ended in ({"status": "canceled"}, {"status": "unpaid"}, {"status": "active", "plan_key": "pro_v1"}):
        become(**ended)
        await dead(token)
    assert rows(ShareLink)[0].views == 0
    become(status="active", plan_key="agent_v1")
    assert (await flows.open_link(token)).name == "River"


async def test_a_link_is_dead_at_once_when_its_owner_leaves(ada: Viewer) -> None:
    token = share(ada, a_scenario(ada))
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await dead(token)
    as_system(lambda session: leaving.erase(session, ada.id))
    assert rows(ShareLink) == []


async def test_a_link_shows_the_scenario_as_it_is_now(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    token = share(ada, scenario)
    with db.session_for(ada) as session:
        loans.change_scenario(session, scenario, "Hill", "", "")
    assert (await flows.open_link(token)).name == "Hill"


def test_links_are_part_of_agent_and_lead_to_ones_own_scenarios_only(database: str) -> None:
    pro, ada, eve = on_plan("pro_v1", "Pro"), on_plan("agent_v1", "Ada"), on_plan("agent_v1", "Eve")
    with pytest.raises(FeatureLocked, match="Share link is part of Agent"):
        share(pro, a_scenario(pro))
    hers = a_scenario(ada)
    for wanted in (hers, "scn_never"):
        with pytest.raises(NotFound, match="This scenario does not exist"):
            share(eve, wanted)
    share(ada, hers)
    for wanted in (rows(ShareLink)[0].id, "lnk_never"):
        with pytest.raises(NotFound, match="This link does not exist"), db.session_for(eve) as session:
            sharing.revoke(session, wanted)
    assert (links(eve), len(links(ada))) == ((), 1)


def test_nobody_keeps_links_without_end(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    many = [ShareLink(user_id=ada.id, digest=str(n), scenario_id=scenario) for n in range(sharing.MOST_LINKS)]
    as_system(lambda session: session.add_all(many))
    with pytest.raises(Conflict, match="revoke one"):
        share(ada, scenario)


async def dead(token: str) -> None:
    with pytest.raises(NotFound, match="This link shows nothing"):
        await flows.open_link(token)
