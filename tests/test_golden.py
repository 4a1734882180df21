"""Golden sites: `golden/NAME/in` built is `golden/NAME/out`, byte for byte; `--rewrite-golden` writes it anew.

They have a theme of their own, so that they show what the program makes and not how it looks.
"""

import shutil
from pathlib import Path

import pytest

from blog.config.settings import load_settings
from tests.support.feed_validity import check_xml
from tests.support.publishing import build_folder, outputs

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir() if (path / "in").is_dir()))
def test_a_golden_site_builds_as_written(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = tmp_path / name
    shutil.copytree(GOLDEN / name / "in", root)
    report = build_folder(root)
    found = outputs(root)
    transcript = [f"hidden: {document.path} ({document.reason})" for document in report.hidden]
    transcript += [
        f"warning: {problem.location.path}:{problem.location.line}: {problem.message}" for problem in report.problems
    ]
    feeds = [path for path in found if path.endswith(("feed.xml", "atom.xml", "sitemap.xml"))]
    assert {path: check_xml(found[path], load_settings(root)[0].url, found) for path in feeds} == {
        path: [] for path in feeds
    }
    found["TRANSCRIPT"] = "".join(f"{line}\n" for line in transcript).encode()
    out = GOLDEN / name / "out"
    if request.config.getoption("--rewrite-golden"):
        shutil.rmtree(out, ignore_errors=True)
        for path, data in found.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(data)
    expected = {
        path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }
    assert found.keys() == expected.keys()
    for path, data in expected.items():
        assert found[path].decode() == data.decode(), path
