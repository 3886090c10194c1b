"""What stands in a process's own log: places in the code, never a value.

One line of JSON for each thing said, with the mark of the request (or task) in which it was said. Who read or changed
what is in the log that auditors read; this one is for whoever keeps the machines running, and tells of no record.
"""

import json
import logging
import os
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

request: ContextVar[str] = ContextVar("request", default="")
"""The mark of what is being answered; handed on to the tasks that it wakes."""

STDERR = 2


class WithoutValues(logging.Formatter):
    """Writes a fault as its kinds and places. What it says of itself can hold what a person typed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, in which a fault that is also part of the message is only its kind."""
        fault = record.exc_info[1] if record.exc_info else None
        said = super().format(record)
        for words in (repr(fault), str(fault)) if fault is not None and str(fault) else ():
            said = said.replace(words, type(fault).__name__)
        return said

    def formatException(self, ei: _Raised) -> str:
        """Return the fault and what led to it, the first cause first: kinds and places."""
        lines: list[str] = []
        fault = ei[1]
        while fault is not None:
            cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
            places = [
                f'  File "{one.filename}", line {one.lineno}, in {one.name}'
                for one in traceback.extract_tb(fault.__traceback__)
            ]
            lines = ["Traceback:", *places, type(fault).__qualname__, *lines]
            fault = cause
        return "\n".join(lines)


class JsonLine(WithoutValues):
    """The same, as a line of JSON: what programs that gather logs read."""

    def __init__(self) -> None:
        """Leave level and place to fields of their own."""
        super().__init__("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "request": request.get() or None,
            **getattr(record, "fields", {}),
            "says": super().format(record),
        }
        return json.dumps({name: value for name, value in fields.items() if value is not None})


class Output(logging.Handler):
    """The process's own output. One that cannot be written (a full disk) stops no page; ``/health`` tells of it."""

    unwritten = 0
    """Lines that could not be written since the last one that could."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, past any buffer: what could not be written must not be tried again with the next."""
        try:
            os.write(STDERR, f"{self.format(record)}\n".encode())
            Output.unwritten = 0
        except OSError:
            Output.unwritten += 1
        except Exception:
            self.handleError(record)


def configuration(*, as_json: bool) -> dict[str, Any]:
    """Return how everything is logged, for the settings and the web server alike.

    Args:
        as_json: for programs; else for a person at a terminal, without a line for each request.
    """
    plain = {"()": "qsg_portal.logs.WithoutValues", "format": "%(levelname)s %(name)s: %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "qsg_portal.logs.JsonLine"} if as_json else plain},
        "handlers": {"output": {"()": "qsg_portal.logs.Output", "formatter": "line"}},
        "root": {"handlers": ["output"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # The line of the request tells of these already, by route.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "gunicorn.error": {"handlers": [], "level": "INFO" if as_json else "WARNING", "propagate": True},
            "celery": {"level": "WARNING"},
            "qsg_portal.asked": {"level": "INFO" if as_json else "WARNING"},
        },
    }
