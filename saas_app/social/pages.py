"""The page between a provider and an account that is there already."""

import reflex as rx

from saas_app import site
from saas_app.account.pages import more_cards, more_fills
from saas_app.auth.components import above_forms, auth_page, come_along, other_way
from saas_app.auth.pages import password_of_login
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.social.components import connected_accounts, fill_connected, social_buttons
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.forms import native_form
from saas_app.ui.slots import slot, when

above_forms.append(social_buttons)
more_cards.append(connected_accounts)
more_fills.append(fill_connected)


@island(
    "/login/link",
    name="login-link",
    title=_("Connect your account · {product}").format(product=site.PRODUCT),
    description=_("Connect an account elsewhere."),
    hidden=True,
)
def login_link() -> rx.Component:
    """Show by the password that the account is one's own."""
    form = native_form(
        come_along("email", "provider"),
        password_of_login(),
        submit_button(_("Log in and connect"), busy=_("Logging in…"), wide=True),
        action="/login/link",
    )
    intro = when(
        "form.email",
        rx.fragment(
            _("There is an account with "),
            rx.el.b(slot("form.email")),
            _(". Type its password once, and from then on you can log in with "),
            slot("form.provider"),
            ".",
        ),
        otherwise=(_("Nothing waits to be connected here. Begin again with one of the buttons at the log-in."),),
    )
    return auth_page(
        _("Connect your account"),
        when(
            "form.email",
            form,
            other_way(_("No password?"), _("Log in by mail, and connect under Settings"), "/login/code?next=/settings"),
            otherwise=(link_button(_("Log in"), href=site.LOGIN, wide=True),),
        ),
        intro=intro,
    )
