"""Links, special files and names. What may be written is never led out of the world: the program that is tried is not trusted."""

import os
import socket
import unicodedata
from contextlib import suppress
from pathlib import Path

from tests.hostile.pieces import Folder, piece

PLACES = (
    "content/out.txt", "content/out.md", "content/posts/linked.md", "content/posts/linked.txt", "content/posts/linked.ipynb", "content/photo.jpg",
    "content/deep/er/out", "content/.well-known/x", "content/_redirects", "content/_headers", "content/posts/x/index.md",
)  # fmt: skip


def _devices(site: Folder) -> str:
    return site.random.choice(
        ("/dev/zero", "/dev/random", "/dev/tty", "/dev/full", "/dev/mem", "/proc/self/environ", "/proc/self/mem", "/proc/self/root/etc/shadow",
         "/proc/self/cwd", "/proc/self/fd/0", "/proc/kmsg", "/etc/shadow", "/etc/hostname", "/proc/1/environ", "/sys/kernel/debug", "/"),
    )  # fmt: skip


@piece()
def links_out(site: Folder) -> None:
    for name in site.random.sample(PLACES, 2):
        site.link(name, site.aim(str(Path(name).parent)))


@piece()
def links_to_devices(site: Folder) -> None:
    for name in site.random.sample(PLACES, 2):
        site.link(name, _devices(site))


@piece()
def links_to_folders_outside(site: Folder) -> None:
    target = site.random.choice((site.world.home, site.world.other, site.world.home / ".ssh", site.world.top))
    site.link(site.random.choice(("content/folder", "content/posts/folder", "content/.hidden", "folder")), target)


@piece(mild=True)
def links_inside(site: Folder) -> None:
    site.write("notes/n.md", "---\ntitle: From beside\ndate: 2024-01-01\n---\nwords\n")
    site.link("content/posts/beside.md", "../../notes/n.md")
    site.link("content/notes", "../notes")
    site.link("content/me.txt", "../../evil/blog.toml")


@piece(mild=True)
def links_through_hidden_names(site: Folder) -> None:
    site.write(".secret/words.txt", "pr1vate words\n")
    site.link(".hop", site.random.choice((".secret", ".git", ".blog", str(site.world.home))))
    site.link(
        "content/hop", site.random.choice(("../.hop", "../.hop/words.txt", "../.hop/config", "../.hop/thesis.txt"))
    )


@piece()
def links_that_dangle(site: Folder) -> None:
    site.link("content/nowhere", "nothing/there")
    site.link("content/posts/nowhere.md", str(site.world.home / "not-yet"))


@piece(mild=True)
def links_in_circles(site: Folder) -> None:
    site.link("content/round", ".")
    site.link("content/posts/round", "../../content")
    if site.random.random() < 0.3:
        site.link("content/a.txt", "b.txt")
        site.link("content/b.txt", "a.txt")


@piece()
def links_that_double(site: Folder) -> None:
    depth = site.random.choice((3, 20, 30))
    for number in range(depth):
        for letter in "ab":
            site.link(f"content/x/d{number}/{letter}", f"../d{number + 1}")
    site.write(f"content/x/d{depth}/f.txt", "x")


@piece()
def a_folder_that_is_a_link(site: Folder) -> None:
    name = site.random.choice(("content", "themes", "content/posts", "content/series"))
    path = site.root / name
    target = site.random.choice(
        (f"{site.root}/.kept", str(site.world.other / "content"), str(site.world.home / "empty"))
    )
    if path.is_dir() and not path.is_symlink():
        with suppress(OSError):
            (site.root / ".kept").exists() or path.rename(site.root / ".kept")
    if not os.path.lexists(path):
        site.link(name, target)


@piece()
def special_files(site: Folder) -> None:
    for name in site.random.sample(
        (*PLACES, "blog.toml", "themes/own/theme.toml", "themes/own/static/x.css", "content/posts/p.png"), 2
    ):
        path = site.place(name)
        if path.is_file():
            path.unlink()
        if not os.path.lexists(path):
            site.random.choice((os.mkfifo, os.mkfifo, _socket))(path)


def _socket(path: os.PathLike[str]) -> None:
    with socket.socket(socket.AF_UNIX) as listener, suppress(OSError):
        listener.bind(os.fspath(path))


@piece(mild=True)
def special_files_that_are_left_out(site: Folder) -> None:
    for name in ("content/.fifo", "content/posts/x.md~", "fifo", "netlify.toml", ".env", "themes/unused/theme.toml"):
        path = site.place(name)
        if not os.path.lexists(path):
            os.mkfifo(path)


@piece(mild=True)
def huge_files_with_holes(site: Folder) -> None:
    for name in site.random.sample(
        ("content/huge.bin", "huge.bin", "content/.huge", "public/huge.bin", ".blog/huge"), 1
    ):
        path = site.place(name)
        if not os.path.lexists(path):
            with path.open("wb") as file:
                file.truncate(site.random.choice((40_000_000, 100_000_000)) if name.startswith("content/h") else 2**40)


@piece()
def huge_texts_with_holes(site: Folder) -> None:
    name = site.random.choice(
        (
            "content/posts/huge.md",
            "content/posts/huge.ipynb",
            "content/_redirects",
            "content/huge.png",
            "themes/own/theme.toml",
        )
    )
    path = site.place(name)
    if not os.path.lexists(path):
        with path.open("wb") as file:
            file.truncate(2**36)


@piece(mild=True)
def hard_links(site: Folder) -> None:
    """Archives can bring them; git cannot. What they lead to outside is no secret, but may not be changed."""
    shared = site.world.home / "shared.txt"
    if not shared.exists():
        shared.write_text("shared\n", "utf-8")
    inside = site.root / "content" / "posts" / "first.md"
    names = (
        "public/index.html",
        "public/.blog-manifest",
        ".blog/lock-holder",
        ".blog/cache.sqlite3",
        ".blog/lock",
        ".blog/clock",
        "public/feed.xml",
        ".blog/.gitignore",
    )
    for name in site.random.sample(names, 3):
        path = site.place(name)
        if not os.path.lexists(path):
            os.link(site.random.choice((shared, inside)), path)


NAMES = (
    b"-rf", b"--output=x", b"a\nb.txt", b"a\rb.txt", b"\x1b[31mred.txt", b"\x07.txt", b"latin-\xe9.txt", b"\xff\xfe.md", b"n" * 250 + b".txt", b"n" * 252 + b".md",
    "cafe\u0301.txt".encode(), "caf\u00e9.txt".encode(), b"Photo.TXT", b"photo.txt", b"aux", b"aux.txt", b"con.md", b"nul.txt", b"dot.", b"space ",
    b" lead.txt", b"...", b"..x", b"...md", b"~", b"a\\b.txt", b"c:x.txt", b"%2e%2e%2fx.txt", b"a%00b.txt", b"?x=1.txt", b"#x.txt", b"<img src=x>.txt",
    b"\"'.txt", "\u202etxt.exe".encode(), "\u2028.txt".encode(), "\ufeff.md".encode(), "\u200b.md".encode(), b"$(touch PWNED).md", b"`touch PWNED`.md", b";id.md", b"|id",
    b"__pycache__", b"index.html", b"feed.xml", b".blog-manifest", b".blog-x", b".htaccess", b"CNAME", b"sw.js", b"404.html", b"d.md.bak", b"{slug}.md", b"{{ 1 }}.md",
)  # fmt: skip


@piece()
def names_of_every_kind(site: Folder) -> None:
    _names(site, NAMES, 6)


@piece(mild=True)
def names_that_may_be(site: Folder) -> None:
    _names(
        site,
        tuple(
            name
            for name in NAMES
            if name.isascii() and name.decode().isprintable() and b"\\" not in name and not name.startswith(b"n")
        ),
        3,
    )


def _names(site: Folder, names: tuple[bytes, ...], count: int) -> None:
    for name in site.random.sample(names, count):
        folder = site.random.choice((b"content/", b"content/posts/", b"content/sub/", b""))
        text = b"---\ntitle: Odd\ndate: 2024-05-05\n---\nwords\n" if name.endswith(b".md") else b"words"
        with suppress(OSError):
            site.write(folder + name, text)


@piece()
def folders_within_folders(site: Folder) -> None:
    name = "content/" + "d/" * site.random.choice((50, 70, 500)) + "f.txt"
    with suppress(OSError):
        site.write(name, "x")


@piece(mild=True)
def twins(site: Folder) -> None:
    for name in ("cafe\u0301", "caf\u00e9"):
        site.write(f"content/.hidden/{unicodedata.normalize('NFC', name)}-{len(name)}.txt", "x")
    site.post("twin", "[x](Pic.txt)", "private: true\n")
    site.write("content/posts/Pic.txt", "pr1vate words\n")
    if site.random.random() < 0.5:
        site.write("content/posts/pic.txt", "harmless\n")
