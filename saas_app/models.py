"""Every table of the app, imported once so that migrations and row-level security know them all."""

from saas_app import features
from saas_app.account.models import AccountDeletion, FormerMember
from saas_app.auth.models import EmailToken, LoginSession, User
from saas_app.billing.models import (
    CheckoutAttempt,
    Customer,
    Invoice,
    PlanChange,
    Price,
    Product,
    StripeObject,
    Subscription,
    UpcomingInvoice,
    Usage,
    WebhookEvent,
)
from saas_app.core.audit import AuditEvent
from saas_app.core.jobs import Outbox, Schedule
from saas_app.core.mailer import Mailbox
from saas_app.core.ratelimit import Try
from saas_app.factors.models import Authenticator, Challenge, Passkey, RecoveryCode
from saas_app.purchases.models import Download, FormerBuyer, LinkOrder, Purchase
from saas_app.social.models import Identity

features.join("models")

__all__ = [
    "AccountDeletion",
    "AuditEvent",
    "Authenticator",
    "Challenge",
    "CheckoutAttempt",
    "Customer",
    "Download",
    "EmailToken",
    "FormerBuyer",
    "FormerMember",
    "Identity",
    "Invoice",
    "LinkOrder",
    "LoginSession",
    "Mailbox",
    "Outbox",
    "Passkey",
    "PlanChange",
    "Price",
    "Product",
    "Purchase",
    "RecoveryCode",
    "Schedule",
    "StripeObject",
    "Subscription",
    "Try",
    "UpcomingInvoice",
    "Usage",
    "User",
    "WebhookEvent",
]
