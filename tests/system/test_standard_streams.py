"""What is said to people decides neither what is done nor how it ends."""

import fcntl
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from blog.system.standard_streams import Stream, harmless
from tests.support.publishing import outputs, post
from tests.support.sites import site

PYTHON = f"{sys.executable} -P -m blog"
SAID = (
    'content/posts/é.md:5:4: warning: unknown language "klingon": shown as plain text\n'
    "  hint: write ```text for plain text\n"
)


def blog_site(tmp_path: Path) -> Path:
    return site(tmp_path, {"content/posts/é.md": post("É…", text="```klingon\nx\n```")})


def shell(command: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    call = ["bash", "-c", command]
    return subprocess.run(call, cwd=cwd, env={**os.environ, **env}, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "streams",
    ["2>&-", ">&-", "<&-", "<&- >&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full", "-v > >(exec >&-; exit) 2>&1"],
)
def test_a_build_whose_words_cannot_be_said_publishes_the_same_with_its_own_status(
    streams: str, tmp_path: Path
) -> None:
    root = blog_site(tmp_path)
    done = shell(f"{PYTHON} build --verify {streams}", root)
    assert done.returncode == 0, done
    made = outputs(root)
    assert {"index.html", "posts/é/index.html", "feed.xml"} <= made.keys()
    assert not any(b"klingon" in data and path.endswith((".txt", ".xml")) for path, data in made.items())
    assert not any((root / ".blog").glob("*klingon*"))
    (root / "content/posts/é.md").write_text(post(dratf="true"), encoding="utf-8")
    assert shell(f"{PYTHON} build {streams}", root).returncode == 1
    assert outputs(root) == made


def test_no_message_is_written_into_a_file_that_got_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    root = blog_site(tmp_path)
    code = (
        "import os\n"
        "from blog.cli import main\n"
        "try:\n    main()\nfinally:\n"
        "    assert os.open('first', os.O_WRONLY | os.O_CREAT) > 2\n    os.write(2, b'lost')\n"
    )
    done = shell(f'{sys.executable} -c "{code}" build <&- >&- 2>&-', root)
    assert (done.returncode, (root / "first").read_bytes()) == (0, b"")


@pytest.mark.parametrize("options", ["build --json", "check --json", "--version", "build --help"])
@pytest.mark.parametrize(
    ("streams", "said"),
    [
        (">/dev/full", b"error: stdout cannot be written: No space left on device\n"),
        (">&-", b"error: stdout cannot be written: Bad file descriptor\n"),
    ],
)
def test_a_result_that_cannot_be_written_is_exit_status_1(
    options: str, streams: str, said: bytes, tmp_path: Path
) -> None:
    done = shell(f"{PYTHON} {options} {streams}", blog_site(tmp_path))
    assert (done.returncode, done.stderr) == (1, said)


def test_annotations_are_for_people_and_the_status_is_that_of_the_check(tmp_path: Path) -> None:
    root = blog_site(tmp_path)
    assert shell(f"{PYTHON} check --github >&- 2>&-", root).returncode == 0
    (root / "content/posts/é.md").write_text(post(dratf="true"), encoding="utf-8")
    assert shell(f"{PYTHON} check --github >/dev/full", root).returncode == 1


def test_a_reader_of_a_pipe_that_does_not_block_gets_all_of_it() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    stream = Stream(writer, "utf-8")
    child = os.fork()
    if child == 0:
        stream.write("x" * 1_000_000)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert len(pipe.read()) == 1_000_000
    os.waitpid(child, 0)


def test_a_terminal_that_is_closed_ends_nothing(tmp_path: Path) -> None:
    root = blog_site(tmp_path)
    main, other = pty.openpty()
    os.close(main)
    call = [sys.executable, "-P", "-m", "blog", "build"]
    assert subprocess.run(call, cwd=root, stdout=other, stderr=other, timeout=60, check=False).returncode == 0
    os.close(other)
    assert "posts/é/index.html" in outputs(root)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"LC_ALL": "C"}, SAID.encode()),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, SAID.encode("ascii", "backslashreplace")),
        ({"PYTHONIOENCODING": "ascii"}, SAID.encode("ascii", "backslashreplace")),
        ({"PYTHONIOENCODING": "latin-1"}, SAID.encode("latin-1")),
    ],
)
def test_no_locale_decides_what_is_built_and_letters_that_it_does_not_have_are_escaped(
    env: dict[str, str], said: bytes, tmp_path: Path
) -> None:
    root = blog_site(tmp_path)
    done = shell(f"{PYTHON} build -q", root, **env)
    assert (done.returncode, done.stderr) == (0, said)
    assert "posts/é/index.html" in outputs(root)
    told = shell(f"{PYTHON} build --json", root, **env)
    assert json.loads(told.stdout.decode())["diagnostics"][0]["path"] == "content/posts/é.md"
    assert shell(f"{PYTHON} new 'Ü €'", root, **env).returncode == 0
    assert (root / "content/posts/ü.md").is_file()


def in_a_folder_that_is_gone(words: str, tmp_path: Path) -> tuple[int, str, str]:
    (tmp_path / "gone").mkdir()
    done = shell(f"rmdir ../gone && {PYTHON} {words}", tmp_path / "gone")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("command", ["build --verify", "build --json", "build --dry-run", "check", "new T", "init"])
def test_a_current_folder_that_is_gone_hinders_no_site_with_an_absolute_path(command: str, tmp_path: Path) -> None:
    root = blog_site(tmp_path / "site")
    words = f"init {tmp_path}/other" if command == "init" else f"{command} --root {root}"
    status, said, _ = in_a_folder_that_is_gone(words, tmp_path)
    assert status == 0
    assert str(tmp_path) in said or "content/posts/é.md" in said or command == "check"


@pytest.mark.parametrize(
    "words", ["build", "check --root site", "build --root {root} -o out", "new T", "init other", "serve"]
)
def test_a_relative_path_where_there_is_no_current_folder_is_one_error(words: str, tmp_path: Path) -> None:
    root = blog_site(tmp_path / "site")
    status, said, wrong = in_a_folder_that_is_gone(words.format(root=root), tmp_path)
    assert (status, said) == (1, "")
    assert wrong.removesuffix("1 error; nothing was written\n") == (
        "error: the current folder has been deleted: relative paths do not work\n"
        "  hint: change to an existing folder, or write an absolute path\n"
    )
    assert not (root / "public").exists()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é…\n\x1b[31m\x1b[1merror\x1b[0m: x\n", "plain é…\n\x1b[31m\x1b[1merror\x1b[0m: x\n"),
        ("a\x1b[2Jb\x1b[8mc\x1b]0;t\x07\u202e\r\udcff", r"a\x1b[2Jb\x1b[8mc\x1b]0;t\x07\u202e\r\udcff"),
        ("a\n::error::b\n  ::set-output name=c::d", "a\n\\x3a:error::b\n  \\x3a:set-output name=c::d"),
        ("a::b ##[error]c ##vso[task.complete]d ###[e] ## f", r"a::b #\x23[error]c #\x23vso[task.complete]d ##\x23[e] ## f"),
    ],
)  # fmt: skip
def test_what_a_terminal_or_a_log_would_take_for_a_command_is_escaped(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_no_message_reaches_a_terminal_or_a_log_as_a_command() -> None:
    reader, writer = os.pipe()
    Stream(writer, "ascii").write("::error::é\x1b[2J\n")
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == rb"\x3a:error::\xe9\x1b[2J" + b"\n"


ODD = [
    b"\xff",
    b"\xed\xa0\x80",
    "\u2028::error::a".encode(),
    b"\n::error::a",
    b"##[error]a",
    b"\x1b]0;a\x07",
    b"%0A::error::a",
]


@pytest.mark.parametrize("name", ODD)
def test_no_name_of_a_folder_or_a_file_is_a_command_in_what_is_said(name: bytes, tmp_path: Path) -> None:
    folder = os.fsdecode(name)
    made = cli("init", folder, cwd=tmp_path)
    (tmp_path / folder / "content" / f"{folder}.md").write_text(post(dratf="true"), encoding="utf-8")
    (tmp_path / folder / "content/posts/b.md").write_text(
        f"[x]({folder.encode(errors='replace').decode()}.md)", encoding="utf-8"
    )
    drafted = cli("new", "--root", folder, "T", cwd=tmp_path)
    again = cli("init", folder, cwd=tmp_path)
    built = cli("build", "--root", folder, cwd=tmp_path)
    told = cli("check", "--root", folder, "--github", cwd=tmp_path)
    assert [done.returncode for done in (made, drafted, again, built, told)] == [0, 0, 1, 1, 1]
    *annotated, checked, advised, end = told.stdout.decode().split("\n")
    said = b"".join(done.stdout + done.stderr for done in (made, drafted, again, built)).decode()
    for line in (*annotated, *said.split("\n")):
        assert line.isprintable()
        assert "##[" not in line
    assert not any(line.lstrip().startswith("::") for line in said.split("\n"))
    assert (checked[:8], advised[:8], end) == ("checked ", "correct ", "")
    assert annotated
    assert all(line.startswith("::") for line in annotated)
    as_json = cli("build", "--root", folder, "--json", cwd=tmp_path)
    assert json.loads(as_json.stdout.decode())["ok"] is False
    assert (as_json.stdout.count(b"\n"), as_json.stderr) == (1, b"")


def cli(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-P", "-m", "blog", *words]
    return subprocess.run(call, cwd=cwd, capture_output=True, timeout=60, check=False)


def test_nothing_of_the_pipe_is_changed_for_whoever_else_has_it() -> None:
    reader, writer = os.pipe()
    before = fcntl.fcntl(writer, fcntl.F_GETFL)
    Stream(writer, "utf-8").write("x")
    assert fcntl.fcntl(writer, fcntl.F_GETFL) == before
    os.close(reader)
    stream = Stream(writer, "utf-8")
    stream.write("x")
    assert isinstance(stream.error, BrokenPipeError)
    os.close(writer)
