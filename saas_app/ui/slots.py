"""Words that a public page leaves open until it is served: thin names for Jinja inside a Reflex tree.

React escapes quotes and angle brackets, so tests are written with names and attributes only, never with literals.
"""

import reflex as rx


def slot(name: str) -> str:
    """Say what fills this place."""
    return f"{{{{ {name} }}}}"


def when(test: str, *children: rx.Component | str, otherwise: tuple[rx.Component | str, ...] = ()) -> rx.Component:
    """Keep the children only if `test` holds when the page is served."""
    if not otherwise:
        return rx.fragment(f"{{% if {test} %}}", *children, "{% endif %}")
    return rx.fragment(f"{{% if {test} %}}", *children, "{% else %}", *otherwise, "{% endif %}")


def each(item: str, items: str, *children: rx.Component | str) -> rx.Component:
    """Repeat the children for every `item` of `items` when the page is served."""
    return rx.fragment(f"{{% for {item} in {items} %}}", *children, "{% endfor %}")


def if_else(test: str, yes: str, no: str) -> str:
    """An attribute that depends on a test."""
    return f"{{% if {test} %}}{yes}{{% else %}}{no}{{% endif %}}"
