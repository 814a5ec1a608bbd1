"""The SDK's http client, with the contract at both ends."""

import json
from typing import Any

import httpx
import stripe

from stripe_sandbox.contract import contract


class CheckedClient(stripe.RequestsClient):
    """The SDK's http client; every request and response is held against the contract."""

    def __init__(self, published: contract.Contract, sdk_types: contract.Contract) -> None:
        super().__init__(timeout=20)
        self._contracts = (published, sdk_types)
        self.problems: list[str] = []
        self.last_headers: Any = {}
        self.expect_bad_requests = False

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        body, status, answered = super().request(method, url, headers, post_data)
        self.last_headers = answered
        parts = httpx.URL(url)
        form = post_data or parts.query.decode()
        if not self.expect_bad_requests:
            self._note(
                contract.check_both_requests(*self._contracts, method, parts.path, form), f"asked {method} {parts.path}"
            )
        self._note(
            contract.check_both(*self._contracts, method, parts.path, status, json.loads(body)),
            f"answered {method} {parts.path}",
        )
        return body, status, answered

    def _note(self, found: list[str], where: str) -> None:
        self.problems += [f"{where}: {problem}" for problem in found]


def client(url: str, http: CheckedClient) -> Any:
    stripe.enable_telemetry = False
    return stripe.StripeClient("sk_test_anything", base_addresses={"api": url}, http_client=http).v1
