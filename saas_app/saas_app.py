"""The app, put together. Imports everyone; nobody imports it."""

import reflex as rx

from saas_app.edge.pages import island, member_page


class S(rx.State):
    n: int = 0

    @rx.event
    def inc(self):
        self.n += 1


@island("/", title="Landing", description="d", name="landing")
def landing():
    return rx.el.main(rx.el.h1("Hello ", "{{ price }}", class_name="text-4xl dark:text-red-500"), "{% if member %}", rx.el.a("Dash", href="/dashboard"), "{% endif %}")


@member_page("/dashboard", title="Dash")
def dash():
    return rx.el.main(rx.el.button(S.n, on_click=S.inc, id="b"))


app = rx.App()
