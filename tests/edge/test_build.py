"""What the build changes in what Reflex made stops the build, with words, when Reflex makes it otherwise."""

from pathlib import Path

import pytest

from saas_app.edge import build
from saas_app.edge.pages import declared

CONFIG = (
    "export default defineConfig((config) => ({ plugins: [\n    alwaysUseReactDomServerNode(),\n    reactRouter(),\n]"
)


def test_every_public_page_is_left_out_of_the_scripts_and_no_other() -> None:
    made = build.fetch_islands(CONFIG)
    assert "plugins: [\n    islandsAreFetched(),\n    alwaysUseReactDomServerNode()," in made
    for route in declared.islands.values():
        assert f'_index.jsx": "{route.path}"' in made
    assert "/dashboard" not in made


@pytest.mark.parametrize(
    "config", [CONFIG.replace("defineConfig", "configured"), CONFIG.replace("UseReact", "TakeReact")]
)
def test_a_configuration_of_vite_that_is_not_known_stops_the_build(config: str) -> None:
    with pytest.raises(RuntimeError, match="has Reflex changed"):
        build.fetch_islands(config)


def test_a_build_whose_scripts_name_no_address_stops(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="has Reflex changed"):
        build.follow_the_origin(tmp_path)


def test_a_page_of_the_app_paints_by_a_style_whose_lengths_need_no_looking_up(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    sheet = ":root{--spacing:.25rem;--color-ink:#000}.mt-4{margin-top:calc(var(--spacing) * 4);color:var(--color-ink)}"
    (tmp_path / "assets/a.css").write_text(sheet)
    link = '<link href="/assets/a.css" rel="stylesheet">'
    made = build.paint_first(f"<head>{link}</head>", tmp_path)
    assert ".mt-4{margin-top:1rem;color:var(--color-ink)}</style></head>" in made
    assert made.count("<link ") == 1  # React refuses a page in which elements are missing
    assert '<link media="print" data-late href="/assets/a.css"' in made
