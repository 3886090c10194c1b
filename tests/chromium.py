"""Make sure that there is a browser for the tests: Debian's Chromium."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LOG = Path(".venv/chromium.log")


def find() -> str | None:
    """Return where the browser is; CHROMIUM names another one."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return None


def install() -> str:
    """Install Debian's Chromium; return what is missing, or nothing."""
    apt = shutil.which("apt-get")
    if not apt:
        return "this machine has no apt-get. Install Chromium in its own way, or name one with CHROMIUM=/path"
    if os.geteuid() != 0:
        return "that takes root. Run: sudo apt-get install chromium — or name one with CHROMIUM=/path"
    print("Installing Debian's Chromium for the browser tests (a minute or two) ...", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("w") as log:
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            if subprocess.run([apt, *arguments], stdout=log, stderr=log, env=environ).returncode != 0:
                return (
                    f"apt-get {arguments[0]} failed; its words are in {LOG}. Check the network and try again"
                )
    return "" if find() else "apt-get installed no chromium. Name a browser with CHROMIUM=/path"


def main() -> int:
    """Return 0 with a browser in place, 1 after one sentence on what is missing."""
    missing = "" if find() else install()
    if missing:
        print(f"The browser tests need Chromium, and it could not be installed: {missing}.")
        print("Everything else: make test ARGS='-m \"not browser\"'")
    return 1 if missing and "not browser" not in os.environ.get("ARGS", "") else 0


if __name__ == "__main__":
    sys.exit(main())
