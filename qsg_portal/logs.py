"""What stands in the process's own log: places in the code, never a value."""

import logging
import traceback
from types import TracebackType

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


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
