"""Whatever happens, in whatever order, and however it is interrupted: in the end our rows are Stripe's."""

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.business import Business
from tests.proofs.conftest import OpenScene
from tests.proofs.line import Line
from tests.proofs.scene import Scene

LIVES_OF_SCENE = 5
PATIENT = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


class Scenes:
    """A scene for so many lives one after another, since setting up a shop takes longer than living in it."""

    def __init__(self, open_scene: OpenScene, line: Line) -> None:
        self._open_scene, self._line = open_scene, line
        self._lives = 0

    def next(self) -> Scene:
        if self._lives % LIVES_OF_SCENE == 0:
            self._line.be_kind()
            self._scene = self._open_scene(self._line.url)
        self._lives += 1
        return self._scene


@pytest.fixture
def line(sandbox: str) -> Generator[Line]:
    made = Line(sandbox)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("lives", "steps"),
    [
        pytest.param(10, 15, id="short"),
        pytest.param(60, 40, id="long", marks=pytest.mark.long),
    ],
)
def test_whatever_happens_the_rows_are_stripes_and_nothing_counts_twice(
    open_scene: OpenScene, line: Line, lives: int, steps: int
) -> None:
    phases = [Phase.generate, Phase.shrink] if steps > 15 else [Phase.generate]
    how = settings(PATIENT, max_examples=lives, stateful_step_count=steps, phases=phases)
    scenes = Scenes(open_scene, line)
    run_state_machine_as_test(lambda: Business(scenes.next(), line), settings=how)
