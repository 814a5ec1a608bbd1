"""One line of JSON per happening, in UTC, with the request it belongs to, and only fields that are listed here.

What is not listed is not written, so an e-mail address or a token cannot slip in as "extra".
"""

import json
import logging
import random
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

FIELDS = ("event", "user", "ip", "status", "path", "method", "milliseconds", "reason", "kind", "count")

request_id: ContextVar[str] = ContextVar("request_id", default="")
_security = logging.getLogger("security")


def new_request_id() -> str:
    """Name the request that begins here, for the log and for the person who reports an error."""
    name = f"{random.getrandbits(48):012x}"  # a secret would cost a call of the system each time
    request_id.set(name)
    return name


def security(event: str, **fields: Any) -> None:
    """Write down something that matters to security: a log-in, a refusal, an act of an administrator."""
    _security.info(event, extra={"event": event, **{name: fields[name] for name in FIELDS if name in fields}})


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


# Reflex writes an event's payload into the log when it cannot take the event, and what people typed is not for the log.
PAYLOAD_LOGGERS = (
    "reflex_base.event.processor.event_processor",
    "reflex_base.event.processor.base_state_processor",
)
PAYLOAD_WORDS = ("Error processing event queue entry", "Error transforming event payload")


class NoPayloads(logging.Filter):
    """Keeps that an event was refused, and leaves out what was in it (SECURITY.md)."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        for words in PAYLOAD_WORDS:
            if said.startswith(words):
                record.msg, record.args, record.exc_info = f"{words} (payload left out)", (), None
        return True


def keep_payloads_out() -> None:
    """Put the filter where those records are made, whatever handlers there are. Twice is once."""
    for name in PAYLOAD_LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, NoPayloads) for each in logger.filters):
            logger.addFilter(NoPayloads())


# They tell of every call, with its address.
CHATTY = ("httpx", "httpcore", "stripe", "alembic")


def start(*, production: bool, to: TextIO = sys.stderr) -> None:
    """Lines of JSON for a machine that collects them; at a developer's prompt plain words, and only warnings."""
    keep_payloads_out()
    if not production:
        return
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    handler = logging.StreamHandler(to)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
