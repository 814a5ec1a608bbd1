"""Every page of the product is in the album. Nothing is photographed here."""

from collections import Counter

from tests.e2e.test_pages import LOCAL, MEMBER, PUBLIC, SETTINGS
from tests.pictures import scenes
from tests.pictures.studio import page_of

_STATES = [state for each in scenes.all_of_them() for state in each.states]


def test_every_page_has_a_picture() -> None:
    assert {*PUBLIC, *SETTINGS, *MEMBER, *LOCAL, "/welcome"} - {page_of(state) for state in _STATES} == set()


def test_no_two_scenes_take_the_same_state() -> None:
    assert [state for state, count in Counter(_STATES).items() if count > 1] == []
