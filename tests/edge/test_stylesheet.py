"""A page carries of the stylesheet what it uses, and nothing else."""

from saas_app.edge.stylesheet import for_page

SHEET = (
    "@layer theme{:root{--spacing:.25rem;--text-sm:.875rem;--color-ink:#000}}"
    "@layer utilities{.mt-4{margin-top:calc(var(--spacing) * 4)}.text-sm{font-size:var(--text-sm)}"
    ".text-ink{color:var(--color-ink)}.late{animation:show-late 0s .3s backwards}}"
    "@keyframes show-late{0%{visibility:hidden}}"
    "@media (prefers-color-scheme:dark){:root{--color-ink:#fff}}"
)


def _of(classes: str) -> str:
    return for_page(SHEET, f'<p class="{classes}">words</p>', is_whole=True)


def test_what_no_element_of_the_page_uses_is_left_out() -> None:
    assert "margin" not in _of("unknown")
    assert "show-late" not in _of("mt-4")


def test_lengths_are_written_where_they_are_used() -> None:
    kept = _of("mt-4 text-sm")
    assert ".mt-4{margin-top:1rem}" in kept
    assert ".text-sm{font-size:.875rem}" in kept
    assert "--spacing" not in kept
    assert "--text-sm" not in kept


def test_colours_keep_their_names_since_the_dark_scheme_changes_them() -> None:
    kept = _of("text-ink")
    assert "color:var(--color-ink)" in kept
    assert kept.count("--color-ink:") == 2


def test_a_motion_comes_along_with_the_class_that_names_it() -> None:
    assert "@keyframes show-late" in _of("late")


def test_a_rule_for_the_children_of_a_class_goes_with_the_class() -> None:
    css = "@layer utilities{:is(.\\*\\:flex > *){display:flex}:where(.rows > li){margin:0}.p-1{padding:1px}}"
    assert for_page(css, '<p class="p-1">', is_whole=True) == "@layer utilities{.p-1{padding:1px}}"
    kept = for_page(css, '<p class="*:flex">', is_whole=True)
    assert ":is(" in kept
    assert ":where(" not in kept
