"""How is everything kept but the keys, and how does it come back?

`backup.py keep TARGET APART` puts the database and the photos into a folder of TARGET named by the moment,
the tombstones and the heads of the audit into APART: they must not come back together with the database.
`backup.py restore FOLDER TOMBSTONES` puts one such folder into an empty place, with the newest tombstones of
APART (`-` where nobody was ever erased). Both want the environment of the program.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from hongyan import settings, sqlite

DUMP, COPY, SUMS = "hongyan.dump", "hongyan.sqlite3", "SHA256SUMS"


def connection_of(database: dict[str, object]) -> dict[str, str]:
    """Say to PostgreSQL's own tools where the database is, without a password in any list of processes."""
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return os.environ | {name: str(database[key]) for name, key in names.items() if database[key]}


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that is being written to, by SQLite's own backup; check what came out."""
    sqlite.install()
    import sqlite3

    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
        said = new.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise SystemExit(f"the copy is not whole: {said}")


def dump_postgresql(database: dict[str, object], target: Path) -> None:
    """Dump one snapshot in PostgreSQL's own form, and read its table of contents back."""
    dump = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    subprocess.run(dump, env=connection_of(database), check=True)
    subprocess.run(["pg_restore", "--list", str(target)], check=True, stdout=subprocess.DEVNULL)


def keep_apart(apart: Path, moment: str) -> None:
    """Copy tombstones and heads beside the earlier copies; both only grow."""
    for source in (settings.HONGYAN_TOMBSTONES, settings.HONGYAN_AUDIT_HEADS):
        if source.exists():
            shutil.copy2(source, apart / f"{moment}-{source.name}")


def keep(target: Path, apart: Path) -> None:
    """Make one backup; what is unfinished has no sums."""
    os.umask(0o077)
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    folder = target / moment
    folder.mkdir(parents=True)
    apart.mkdir(parents=True, exist_ok=True)
    database = dict(settings.DATABASES["default"])
    # Before the database: whoever is erased meanwhile is rather in the file too often than too seldom.
    keep_apart(apart, moment)
    if "sqlite" in str(database["ENGINE"]):
        copy_sqlite(Path(str(database["NAME"])), folder / COPY)
    else:
        dump_postgresql(database, folder / DUMP)
    if settings.PHOTOS.is_dir():
        shutil.copytree(settings.PHOTOS, folder / "photos")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files
    ]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")
    sys.stdout.write(f"{folder}\n")


def refuse(sentence: str) -> None:
    """End without having changed anything."""
    raise SystemExit(f"nothing was restored: {sentence}")


def check(folder: Path) -> None:
    """Compare every file of the backup with its sum."""
    if not (folder / SUMS).is_file():
        refuse(f"{folder} holds no finished backup")
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            refuse(f"{name} is not what was written")


def restore_postgresql(database: dict[str, object], dump: Path) -> None:
    """Restore a dump in one transaction, into a database without tables."""
    environment = connection_of(database)
    asked = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    count = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", asked]
    found = subprocess.run(count, env=environment, check=True, capture_output=True, text=True)
    if found.stdout.strip() != "0":
        refuse("the database named by DATABASE_URL has tables already")
    how = ["--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={database['NAME']}"]
    subprocess.run(["pg_restore", *how, str(dump)], env=environment, check=True)


def restore(folder: Path, tombstones: Path | None) -> None:
    """Check first, then put everything where the settings want it."""
    os.umask(0o077)
    check(folder)
    database = dict(settings.DATABASES["default"])
    is_sqlite = "sqlite" in str(database["ENGINE"])
    source, target = folder / (COPY if is_sqlite else DUMP), Path(str(database["NAME"]))
    if not source.is_file():
        refuse(f"{folder} holds the other kind of database than the settings name")
    if settings.HONGYAN_TOMBSTONES.exists() or settings.PHOTOS.exists() or (is_sqlite and target.exists()):
        refuse(f"{settings.DATA} is in use")
    if tombstones and not tombstones.is_file():
        refuse(f"there is no {tombstones}")
    if is_sqlite:
        shutil.copyfile(source, target)
    else:
        restore_postgresql(database, source)
    if tombstones:
        shutil.copyfile(tombstones, settings.HONGYAN_TOMBSTONES)
    if (folder / "photos").is_dir():
        shutil.copytree(folder / "photos", settings.PHOTOS)
    sys.stdout.write("restored; next: hongyan migrate, hongyan audit verify --heads COPY, hongyan check\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["keep", target, apart]:
            keep(Path(target), Path(apart))
        case ["restore", folder, tombstones]:
            restore(Path(folder), None if tombstones == "-" else Path(tombstones))
        case _:
            raise SystemExit(__doc__)
