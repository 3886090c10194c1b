"""A wire between the portal and its database that can fall silent: no refusal, no reset, only silence."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class Wire:
    """Carries what is said to a port of its own on to a server's Unix socket, and back."""

    def __init__(self, behind: Path) -> None:
        """Open the port.

        Args:
            behind: the server's socket.
        """
        self.behind = behind
        self.speaks = threading.Event()
        self.speaks.set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close everything."""
        self.speaks.set()
        for one in [self.listener, *self.open]:
            with suppress(OSError):
                one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.behind))
                self.open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.speaks.wait()
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
