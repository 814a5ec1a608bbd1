"""Whatever happens, in whatever order, and however it is interrupted: in the end our rows are Stripe's."""

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.business import Business
from tests.proofs.conftest import OpenScene
from tests.proofs.line import Line

PATIENT = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


@pytest.fixture
def line(sandbox: str) -> Generator[Line]:
    made = Line(sandbox)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("lives", "steps"),
    [
        pytest.param(15, 15, id="short"),
        pytest.param(200, 40, id="long", marks=pytest.mark.long),
    ],
)
def test_whatever_happens_the_rows_are_stripes_and_nothing_counts_twice(
    open_scene: OpenScene, line: Line, lives: int, steps: int
) -> None:
    phases = [Phase.generate, Phase.shrink] if steps > 15 else [Phase.generate]
    how = settings(PATIENT, max_examples=lives, stateful_step_count=steps, phases=phases)
    run_state_machine_as_test(lambda: Business(open_scene, line), settings=how)
