"""Sends events: signed, one after the other per endpoint, again later when refused (docs.stripe.com/webhooks).

Works outside of every transaction; what was not sent before a crash is sent at the next start.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
from dataclasses import dataclass

import httpx

from stripe_sandbox import API_VERSION, events
from stripe_sandbox.chaos import Weather
from stripe_sandbox.store import PRIVATE, Store, Tx, real_now

log = logging.getLogger("stripe_sandbox")

BACK_OFF = (1, 5, 30, 120, 600, 3600, 3 * 3600)  # seconds after each refusal; then it is given up
_TIMEOUT = 15.0


def signature(secret: str, body: str, at: int) -> str:
    """The `Stripe-Signature` header: the time, and an HMAC of time and body."""
    mac = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


@dataclass(frozen=True)
class Letter:
    """One delivery, ready to be sent."""

    seq: int
    event: str
    type: str
    url: str
    secret: str
    body: str
    tries: int


class Deliverer:
    """A task that sends what is waiting, as soon as it is committed."""

    def __init__(self, store: Store, weather: Weather) -> None:
        self._store = store
        self._weather = weather
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flying: dict[str, int] = {}  # endpoint -> delivery under way

    def wake(self) -> None:
        """There is something to send; may be called from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send until cancelled."""
        self._loop = asyncio.get_running_loop()
        client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
        async with client, asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                busy = set(self._flying)  # before looking: what flies now may land meanwhile, and is still on the list
                try:
                    waiting = await asyncio.to_thread(self._due)
                    pause = await asyncio.to_thread(self._pause)
                except Exception:  # whatever it was, the next round may go well
                    log.exception("Could not look for deliveries")
                    waiting, pause = {}, 1.0
                for endpoint, letter in waiting.items():
                    if endpoint not in busy:
                        self._flying[endpoint] = letter.seq
                        group.create_task(self._send(client, endpoint, letter))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    async def settled(self, timeout_seconds: float) -> bool:
        """Wait until nothing waits or flies. False when the time was up first."""
        end = real_now() + timeout_seconds
        while True:
            if not self._flying and not await asyncio.to_thread(self._open):
                return True
            if real_now() > end:
                return False
            await asyncio.sleep(0.02)

    async def _send(self, client: httpx.AsyncClient, endpoint: str, letter: Letter) -> None:
        try:
            started = real_now()
            status, answer = None, ""
            lost = letter.tries == 0 and self._weather.strikes(self._weather.now.drop)
            if lost:
                answer = "lost on purpose (chaos)"
            else:
                status, answer = await _post(client, letter)
                if self._weather.strikes(self._weather.now.duplicate):
                    await _post(client, letter)
            spent = int((real_now() - started) * 1000)
            await asyncio.to_thread(self._note, letter, status, answer, spent)
        except Exception:
            log.exception("Delivery of %s failed in the sandbox itself", letter.event)
        finally:
            self._flying.pop(endpoint, None)
            self._wake.set()

    def _due(self) -> dict[str, Letter]:
        """The next letter of each endpoint."""
        letters: dict[str, Letter] = {}
        with self._store.transaction() as tx:
            rows = tx.db.execute(
                "SELECT seq, event, endpoint, tries FROM deliveries"
                " WHERE state = 'pending' AND next_try <= ? ORDER BY next_try, seq",
                (real_now() - self._weather.now.delay,),
            ).fetchall()
            if self._weather.now.shuffle:
                self._weather.dice.shuffle(rows)
            for seq, event, endpoint, tries in rows:
                if endpoint not in letters:
                    letter = _letter(tx, seq, event, endpoint, tries)
                    if letter:
                        letters[endpoint] = letter
        return letters

    def _note(self, letter: Letter, status: int | None, answer: str, spent: int) -> None:
        good = status is not None and 200 <= status < 300
        tries = letter.tries + 1
        state = "delivered" if good else "pending" if tries <= len(BACK_OFF) else "failed"
        wait = 0 if good or state == "failed" else BACK_OFF[letter.tries]
        with self._store.transaction() as tx:
            tx.db.execute(
                "INSERT INTO attempts (delivery, at, status, milliseconds, answer) VALUES (?, ?, ?, ?, ?)",
                (letter.seq, real_now(), status, spent, answer[:500]),
            )
            tx.db.execute(
                "UPDATE deliveries SET state = ?, tries = ?, next_try = ? WHERE seq = ?",
                (state, tries, real_now() + wait, letter.seq),
            )
        if not good:
            log.warning("%s to %s: %s", letter.type, letter.url, status or answer)

    def _pause(self) -> float:
        """Seconds until the next retry is due."""
        with self._store.transaction() as tx:
            row = tx.db.execute("SELECT min(next_try) FROM deliveries WHERE state = 'pending'").fetchone()
        if row[0] is None:
            return 3600.0
        # something due whose endpoint is busy: the end of that delivery wakes us
        return max(0.05, row[0] + self._weather.now.delay - real_now()) if not self._flying else 3600.0

    def _open(self) -> int:
        with self._store.transaction() as tx:
            return tx.db.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()[0]


def _letter(tx: Tx, seq: int, event: str, endpoint: str, tries: int) -> Letter | None:
    target = tx.find(endpoint, "webhook_endpoint")
    found = tx.find(event, "event")
    if target is None or target.get("deleted") or target["status"] != "enabled" or found is None:
        tx.db.execute("UPDATE deliveries SET state = 'dropped' WHERE seq = ?", (seq,))
        return None
    return Letter(seq, event, found["type"], target["url"], target[PRIVATE]["secret"], events.body_of(tx, event), tries)


async def _post(client: httpx.AsyncClient, letter: Letter) -> tuple[int | None, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (sandbox)",
        "Stripe-Signature": signature(letter.secret, letter.body, int(real_now())),
        "Stripe-Version": API_VERSION,
    }
    try:
        answer = await client.post(letter.url, content=letter.body.encode(), headers=headers)
    except httpx.HTTPError as error:
        return None, f"{type(error).__name__}: {error}"
    return answer.status_code, answer.text


def log_of(tx: Tx, event: str | None = None, limit: int = 200) -> list[dict[str, object]]:
    """Deliveries with their attempts, newest first: what the dashboard and tests look at."""
    where, values = ("WHERE d.event = ?", (event,)) if event else ("", ())
    rows = tx.db.execute(
        "SELECT d.seq, d.event, d.endpoint, d.state, d.tries, d.next_try, json_extract(e.body, '$.type'),"  # noqa: S608
        " json_extract(w.body, '$.url') FROM deliveries d JOIN objects e ON e.id = d.event"
        f" LEFT JOIN objects w ON w.id = d.endpoint {where} ORDER BY d.seq DESC LIMIT ?",
        (*values, limit),
    ).fetchall()
    names = ("id", "event", "endpoint", "state", "tries", "next_try", "type", "url")
    found: list[dict[str, object]] = [dict(zip(names, row, strict=True)) for row in rows]
    for each in found:
        tries = tx.db.execute(
            "SELECT at, status, milliseconds, answer FROM attempts WHERE delivery = ? ORDER BY seq", (each["id"],)
        ).fetchall()
        each["attempts"] = [dict(zip(("at", "status", "milliseconds", "answer"), row, strict=True)) for row in tries]
    return found
