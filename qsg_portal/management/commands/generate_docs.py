"""`manage.py generate_docs`: write the documents that are made from the code, or see that they are in step."""

from argparse import ArgumentParser
from difflib import unified_diff

from django.core.management.base import BaseCommand, CommandError

from qsg_portal.generated import FOLDER, documents

SHOWN = 40


class Command(BaseCommand):
    """Write docs/generated; with ``--check``, change nothing and fail when it is out of step."""

    help = "Write the documents that are made from the code (states, permissions, clocks)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--check``."""
        parser.add_argument("--check", action="store_true", help="only compare with the committed ones")

    def handle(self, *args: object, **options: object) -> None:
        """Write, or compare."""
        texts = documents()
        if options["check"]:
            self.compare(texts)
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (FOLDER / name).write_text(text, "utf-8")
        self.stdout.write(f"Written: {', '.join(texts)}.")

    def compare(self, texts: dict[str, str]) -> None:
        """Fail, showing what differs, unless every document is as the code says and there is no other."""
        there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
        differing = [name for name in {*texts, *there} if texts.get(name) != there.get(name)]
        if not differing:
            self.stdout.write("The generated documents are in step with the code.")
            return
        lines: list[str] = []
        for name in sorted(differing):
            before, after = there.get(name, ""), texts.get(name, "")
            lines += unified_diff(
                before.splitlines(), after.splitlines(), f"kept {name}", name, lineterm="", n=0
            )
        raise CommandError("Out of step with the code; run `make docs`.\n" + "\n".join(lines[:SHOWN]))
