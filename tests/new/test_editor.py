"""`blog new --edit`: the author's editor, and no shell."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.sites import site

NAMES = ["x$(touch PWNED)", "`touch PWNED`", "a;touch PWNED", "-c", "--version", "+!touch PWNED", "a b", "é'\"", "a\nb"]


def edited(root: Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-P", "-m", "blog", "new", "--edit", f"--root={root}", "T"]
    given = {name: value for name, value in os.environ.items() if name not in {"VISUAL", "EDITOR"}}
    return subprocess.run(call, cwd=cwd, env={**given, **env}, capture_output=True, text=True, timeout=60, check=False)


def editor(folder: Path, script: str) -> str:
    """The path of an editor that runs `script`."""
    path = folder / "my-editor"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_folder_is_read_by_a_shell_or_as_an_option(name: str, tmp_path: Path) -> None:
    site(tmp_path / name, {})
    said = editor(tmp_path, 'printf "%s|" "$#" "$@" > ' + str(tmp_path / "got"))
    done = edited(Path(name), tmp_path, VISUAL=f"{said} --wait '' 'a  b' $HOME")
    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / name / "content/posts/t.md"
    assert (tmp_path / "got").read_text("utf-8") == f"5|--wait||a  b|$HOME|{path}|"
    assert not list(tmp_path.rglob("PWNED"))


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            {"VISUAL": "nobody-has-this -w", "EDITOR": "true"},
            ('the editor "nobody-has-this -w" cannot be started: No such file or directory\n'
            "  hint: write the command of your editor into VISUAL or EDITOR\n"),
        ),
        (
            {"EDITOR": "vim 'x"},
            "EDITOR holds no command: a quotation mark or a backslash is alone in it\n  hint: mend EDITOR\n",
        ),
        ({"EDITOR": "sh -c 'exit 3'"}, 'the editor "sh -c \'exit 3\'" ended with status 3\n  hint: open content/posts/t.md yourself\n'),
        (
            {"VISUAL": " ", "EDITOR": "sh -c 'kill -9 $$'"},
            'the editor "sh -c \'kill -9 $$\'" was ended by signal 9\n  hint: open content/posts/t.md yourself\n',
        ),
    ],
)  # fmt: skip
def test_an_editor_that_fails_is_told_and_the_draft_stays(env: dict[str, str], said: str, tmp_path: Path) -> None:
    root = site(tmp_path, {})
    done = edited(Path(), root, **env)
    assert (done.returncode, done.stderr) == (1, f"content/posts/t.md:1:1: error: {said}")
    assert (root / "content/posts/t.md").is_file()


def test_without_a_choice_it_is_an_editor_of_the_system(tmp_path: Path) -> None:
    site(tmp_path / "site", {})
    editor(tmp_path, f"echo edited > {tmp_path / 'got'}")
    (tmp_path / "my-editor").rename(tmp_path / "nano")
    assert edited(tmp_path / "site", tmp_path, PATH=str(tmp_path)).returncode == 0
    assert (tmp_path / "got").read_text("utf-8") == "edited\n"


def test_in_the_terminal_of_vs_code_it_is_vs_code(tmp_path: Path) -> None:
    site(tmp_path / "site", {})
    for name in ("code", "nano"):
        editor(tmp_path, f"echo {name} > {tmp_path / 'got'}")
        (tmp_path / "my-editor").rename(tmp_path / name)
    assert edited(tmp_path / "site", tmp_path, PATH=str(tmp_path), TERM_PROGRAM="vscode").returncode == 0
    assert (tmp_path / "got").read_text("utf-8") == "code\n"


def test_ctrl_c_is_for_the_editor(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    said = editor(tmp_path, "trap '' INT; touch began; while ! [ -e done ]; do sleep 0.05; done; echo x >> \"$1\"")
    call = [sys.executable, "-P", "-m", "blog", "new", "--edit", "T"]
    with subprocess.Popen(call, cwd=root, env={**os.environ, "VISUAL": said}, start_new_session=True) as process:
        deadline = time.monotonic() + 30
        while not (root / "began").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        (root / "done").touch()
        assert process.wait(30) == 0
    assert (root / "content/posts/t.md").read_text("utf-8").endswith("x\n")
