"""A mail server that takes everything and remembers when: what the fault test counts mails with."""

import asyncio
import re
import threading
import time
from collections import Counter

_ID = re.compile(rb"^message-id:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)


class Sink:
    """Takes mail on a port of its own, in a thread, until it is closed."""

    def __init__(self) -> None:
        """Open the port."""
        self.received: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mail sink")
        self._thread.start()
        self._ready.wait(10)

    def close(self) -> None:
        """Close the port."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def wait_for(self, number: int, seconds: float) -> bool:
        """Wait until so many different mails have come, or for these seconds; say whether they came."""
        ends = time.monotonic() + seconds
        while len(self.received) < number and time.monotonic() < ends:
            time.sleep(0.2)
        return len(self.received) >= number

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._converse, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        under_way = asyncio.all_tasks(self._loop)
        for one in under_way:
            one.cancel()
        self._loop.run_until_complete(asyncio.gather(*under_way, return_exceptions=True))
        self._loop.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak as much SMTP as a sender needs; hang up when it does."""
        writer.write(b"220 sink\r\n")
        try:
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    found = _ID.search(text)
                    self.received[found[1].decode() if found else "none"] += 1
                writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                await writer.drain()
                if word == b"QUIT":
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass  # the sender was killed in the middle of it
        finally:
            writer.close()
