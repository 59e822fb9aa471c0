"""The demo: make a database and a login, then serve the site on this machine, or check it once."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.core.management import call_command

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "tests")]

USER = "demo"


def main() -> int:
    parser = argparse.ArgumentParser(prog="hatch run demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="load the pages once and say what was wrong")
    parser.add_argument(
        "--port", type=int, default=8000, help="serve at this port (default: 8000; 0 for a free one)"
    )
    options = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "website.settings"
    if options.check:
        with TemporaryDirectory(prefix="example-site-") as folder:
            os.environ["DATABASE"] = str(Path(folder, "db.sqlite3"))
            return check(Path(folder), prepare())

    password = prepare()
    print("The pages of the two contexts:")
    print("  /                             public: clocks, and no module of the admin in the import map")
    print("  /admin/wall/clock/1/change/   admin: a form with the widget of a library, and its modules")
    print(f"Log in to the admin as {USER!r} with the password {password!r}, which is new at each start.\n")
    call_command("runserver", f"127.0.0.1:{options.port}", use_reloader=False)
    return 0


def prepare() -> str:
    """Make the database ready, with something to look at; the password of its one user."""
    django.setup()
    call_command("migrate", verbosity=0)

    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - needs the setup
    from django.contrib.auth.models import User  # noqa: PLC0415 - as above
    from wall.models import Clock  # noqa: PLC0415 - as above

    if not Clock.objects.exists():
        Clock.objects.create(place="Kitchen", face="analog")
        Clock.objects.create(place="Station", face="digital")
    password = secrets.token_urlsafe(9)
    rights = {"is_staff": True, "is_superuser": True}
    User.objects.update_or_create(username=USER, defaults={**rights, "password": make_password(password)})
    return password


def check(folder: Path, password: str) -> int:
    from check import Check  # noqa: PLC0415 - needs sys.path
    from support.django_server import Site  # noqa: PLC0415 - as above

    site = Site([sys.executable, HERE / "manage.py"], folder / "site.log", {})
    with site.serving() as port:
        failed = Check(f"http://127.0.0.1:{port}/").run(USER, password)
    if failed:
        print(f"\nWhat the site said:\n{site.log.read_text(encoding='utf-8')}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
