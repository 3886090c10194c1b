"""``make bench``: build the national data set, measure the pages, print the tables, write ``latest.json``."""

import os
import sys
from urllib.parse import urlsplit

from benchmarks import data
from qsg_portal.embedded import SUPERUSER
from qsg_portal.surroundings import WEB_ROLE

CONCERNS = int(os.environ.get("BENCH_CONCERNS", "1000000"))
SMALLER = (100, 10)  # the growth is shown from a hundredth and a tenth of it


def main() -> None:
    """Measure at three sizes, the smallest first; exit with 1 when a row differs from the rule or a page is too slow."""
    measured = {}
    with data.running() as server:
        for size in (*(CONCERNS // part for part in SMALLER), CONCERNS):
            name = data.national(server, size)
            use(server.url(WEB_ROLE, name))
            from benchmarks import measure  # noqa: PLC0415 - only now is it known which database it asks

            data.say(f"Measuring at {size:,} concerns ...")
            measured[size] = measure.measure(server.url(SUPERUSER, name), compare=size == CONCERNS)
        from benchmarks import report  # noqa: PLC0415

        growth, grow = report.growth(measured)
        data.say(f"\n{report.table(measured[CONCERNS])}\n\n{growth}")
        report.write(CONCERNS, measured[CONCERNS], data.figures(server, name))
    slow = [one for one in measured[CONCERNS] if not report.holds(one)]
    wrong = [one for rows in measured.values() for one in rows if one.rows_agree is False]
    data.say(
        f"\n{len(wrong)} differ from the rule; {len(slow)} are slower than allowed; {grow} grow more than allowed."
    )
    sys.exit(1 if wrong or slow or grow else 0)


def use(url: str) -> None:
    """Point the portal at a database of the benchmark."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(data.FOLDER), "DEMO": "false", "REDIS_URL": ""}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")
    if not settings.configured:
        django.setup()
        return
    from django.db import connection  # noqa: PLC0415

    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path.strip("/")


if __name__ == "__main__":
    main()
