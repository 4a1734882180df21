"""The Action and the hook of this repository: what a workflow or a commit runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.publishing import post
from tests.support.sites import site

TOP = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")


def run_action(root: Path, tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the scripts of the Action in order, as GitHub does; the last one, or the first that fails."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, command in (("blog", f'exec "{sys.executable}" -P -m blog "$@"'), ("pip", 'echo "pip $*"')):
        (programs / name).write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    values = {name: row["default"] for name, row in ACTION["inputs"].items()} | {"root": str(root)} | inputs
    said = ""
    for step in ACTION["runs"]["steps"]:
        is_left_out = step.get("if") and values[step["if"].split(".")[1].split(" ")[0]] != "true"
        if "run" not in step or is_left_out:
            continue
        env = {name: _EXPRESSION.sub(lambda match: values[match[1]], text) for name, text in step["env"].items()}
        own = {
            "PATH": f"{programs}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_ACTION_PATH": str(TOP), "PYTHONPATH": os.pathsep.join(sys.path),
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env={**os.environ, **env, **own},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        said += done.stdout
        if done.returncode:
            break
    done.stdout = said
    return done


@pytest.mark.parametrize("name", ["site", "a site; touch PWNED"])
def test_the_action_checks_and_builds(tmp_path: Path, name: str) -> None:
    root = site(tmp_path / name, {"content/posts/a.md": post()})
    done = run_action(root, tmp_path, **{"base-url": "https://x.example/b", "strict": "false"})
    assert done.returncode == 0, done.stderr
    assert f"pip install {TOP}\n" in done.stdout
    assert (root / "public/posts/a/index.html").is_file()
    assert "https://x.example/b/posts/a/" in (root / "public/feed.xml").read_text("utf-8")
    assert (tmp_path / "output").read_text("utf-8") == f"folder={root}/public\n"
    assert not list(tmp_path.rglob("PWNED"))


def test_the_action_reports_a_problem_at_its_line_and_stops(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": post(dratf="true"), "requirements.txt": "reflective-blog\n"})
    done = run_action(root, tmp_path)
    assert done.returncode == 1
    assert f"pip install -r {root}/requirements.txt\n" in done.stdout
    assert re.search(r"^::error file=[^\n]*content/posts/a\.md,line=4,", done.stdout, re.MULTILINE)
    assert not (root / "public").exists()


def test_the_inputs_of_the_action_reach_scripts_by_variables_alone() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_hook_runs_the_check_of_the_whole_site() -> None:
    (hook,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["entry"], hook["pass_filenames"], hook["language"]) == ("blog check", False, "python")
    files = re.compile(hook["files"])
    assert all(map(files.search, ("blog.toml", "content/posts/a.md", "themes/x/theme.toml", "my-blog/content/a.png")))
    assert not any(map(files.search, ("README.md", "docs/content.md", "notes.toml")))
