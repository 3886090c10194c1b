"""A file that is too large is not received: its sender is told by its size, before it is read."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from providers.importing.files import MOST_BYTES

TOO_LARGE = "portal.file_too_large"
_FIELDS = 100_000  # bytes that the form's other fields may take


class Bounded(FileUploadHandler):
    """Stands before the handlers that keep a file, and lets none that is too large get to them."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: Any = None,
    ) -> None:
        """Look at what the sender says of its size."""
        self.size = content_length if content_length > MOST_BYTES + _FIELDS else 0
        if self.size:
            META[TOO_LARGE] = str(self.size)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take no file of such a form; what is still on its way is let past, so that the sender can be answered."""
        super().new_file(*args, **kwargs)
        if self.size:
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the file to the handlers after."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after."""


def size_refused(request: HttpRequest) -> int:
    """How many bytes the form had whose file was not received; 0 where all was."""
    len(request.FILES)  # or nobody may have looked at what came yet
    return int(request.META.get(TOO_LARGE, 0))
