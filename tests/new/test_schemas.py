"""Tests of `blog schema`: what editors are given agrees with what the program accepts."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from blog.config.settings import load_settings, record_settings
from blog.content.front_matter import KEYS, record_front_matter
from blog.new.editor_files import obsidian_types, pages_cms_configuration, vscode_settings
from blog.new.key_descriptions import FRONT_MATTER, SETTINGS
from blog.new.scaffold import new_site
from blog.new.schemas import front_matter_schema, settings_schema
from tests.support.sites import site
from tests.test_cli import invoke

TOP = Path(__file__).parent.parent.parent
AJV = """
const Ajv = require("ajv").default;
const [schema, ...documents] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const validate = new Ajv({strict: true, allowUnionTypes: true, validateFormats: false, allErrors: true}).compile(schema);
console.log(JSON.stringify(documents.map(document => validate(document)
  ? "" : validate.errors.map(error => `${error.instancePath} ${error.message}`).join("; "))));
"""


def validated(checkers: Path, schema: dict[str, Any], *documents: Any) -> list[str]:
    """The errors of each document, by a validator of JSON Schema."""
    text = json.dumps([schema, *documents], default=str)
    done = subprocess.run(
        ["node", "-e", AJV], input=text, cwd=checkers.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    errors: list[str] = json.loads(done.stdout)
    return errors


def front_matter_of(path: Path) -> Any:
    block = path.read_text("utf-8").split("---\n", 2)[1]
    return _with_text_keys(yaml.safe_load(block))


def _with_text_keys(value: Any) -> Any:
    """The data as JSON has it: YAML may have a date as a key."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


def test_every_key_is_described_once() -> None:
    assert set(record_front_matter().keys) == set(FRONT_MATTER)
    paths = {}
    for key, recorded in record_settings().keys.items():
        paths[key] = recorded
        if recorded.table is not None and not recorded.table.is_open:
            paths |= {f"{key}.{name}": inner for name, inner in recorded.table.keys.items()}
    assert set(paths) == set(SETTINGS)


def test_the_recorder_knows_every_key_and_its_type() -> None:
    recorded = record_front_matter().keys
    assert list(recorded) == [name for key in KEYS for name in key.spellings]
    kinds = {name: recorded[name].kind for name in ("title", "date", "lastmod", "draft", "part", "tags", "discussion")}
    assert kinds == {
        "title": "text", "date": "date", "lastmod": "date", "draft": "flag", "part": "integer", "tags": "list",
        "discussion": "url",
    }  # fmt: skip
    markdown = record_settings().keys["markdown"].table
    assert markdown is not None
    assert markdown.keys["heading_ids"].choices == ("github", "kramdown", "pandoc")
    assert (record_settings().keys["paginate"].default, record_settings().keys["cards"].default) == (10, True)


def test_all_examples_agree_with_the_schemas(checkers: Path, tmp_path: Path) -> None:
    new_site(tmp_path, dt.date(2026, 6, 1), example=True)
    documents = [path for root in (TOP, tmp_path) for path in sorted((root / "content").rglob("*.md"))]
    documents = [path for path in documents if path.read_text("utf-8").startswith("---\n")]
    assert len(documents) > 30
    errors = validated(checkers, front_matter_schema(), *map(front_matter_of, documents))
    assert dict(zip(documents, errors, strict=True)) == dict.fromkeys(documents, "")
    settings = [tomllib.loads((root / "blog.toml").read_text("utf-8")) for root in (TOP, tmp_path)]
    assert validated(checkers, settings_schema(), *settings) == ["", ""]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("titel: A", " must NOT have additional properties"),
        ("draft: maybe", "/draft must be boolean"),
        ("part: one", "/part must be integer"),
        (
            "tags: {a: b}",
            "/tags must be string,number,boolean; /tags must be array; /tags must match a schema in anyOf",
        ),
        (
            "title: 2024\ntags: [1, yes]\nimage: {src: a.png, alt: A}\nauthor: {name: A}\nextra: {a: [1]}\nsource: https://x.org",
            "",
        ),
    ],
)
def test_front_matter_is_right_or_wrong_as_for_the_program(checkers: Path, text: str, error: str) -> None:
    assert validated(checkers, front_matter_schema(), yaml.safe_load(text)) == [error]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ""),
        ("pagniate = 3", " must NOT have additional properties"),
        ('paginate = "3"', "/paginate must be integer"),
        ('[markdown]\nheading_ids = "hugo"', "/markdown/heading_ids must be equal to one of the allowed values"),
        ('[menu]\nAbout = "about"', '/menu/About must match pattern "^(/|https?://)"'),
        ('[labels.Journal]\nnotice = "a"\n[links]\nCode = "https://x.org"\nelsewhere = ["/demo/"]\n[math.macros]\nE = "e"', ""),
        ('author = [{ name = "A", url = "https://a.org" }, "B"]\n[theme_options]\nswitch = true', ""),
    ],
)  # fmt: skip
def test_settings_are_right_or_wrong_as_for_the_program(checkers: Path, tmp_path: Path, text: str, error: str) -> None:
    whole = f'title = "T"\nurl = "https://example.org"\n{text}\n'
    assert validated(checkers, settings_schema(), tomllib.loads(whole)) == [error]
    _, problems = load_settings(site(tmp_path, {"blog.toml": whole}))
    assert bool(problems) == bool(error)


def test_keys_that_the_site_permits_are_in_the_schema(tmp_path: Path) -> None:
    (tmp_path / "no-site").mkdir()
    site(tmp_path / "site", {"blog.toml": 'title = "T"\n[front_matter]\nallow = ["layout"]\ncategories = "tags"\n'})
    result = invoke("schema", "front-matter", "--root", str(tmp_path / "site"))
    assert {"layout", "categories", "title"} <= json.loads(result.stdout)["properties"].keys()
    assert (
        "layout"
        not in json.loads(invoke("schema", "front-matter", "--root", str(tmp_path / "no-site")).stdout)["properties"]
    )


def test_forms_have_a_field_for_each_key_of_a_post() -> None:
    (form,) = json.loads(vscode_settings())["frontMatter.taxonomy.contentTypes"]
    fields = {field["name"]: field["type"] for field in form["fields"]}
    assert list(fields)[:3] == ["title", "date", "updated"]
    assert (fields["draft"], fields["tags"], fields["labels"], fields["part"]) == ("draft", "tags", "list", "number")
    types = json.loads(obsidian_types())["types"]
    assert (types["tags"], types["aliases"], types["draft"], types["date"]) == ("tags", "multitext", "checkbox", "date")
    pages = yaml.safe_load(pages_cms_configuration())
    (posts,) = pages["content"]
    assert {field["name"]: field["type"] for field in posts["fields"]} == {
        **{name: re.sub("datetime", "date", {"tags": "string", "draft": "boolean", "list": "string"}.get(kind, kind))
           for name, kind in fields.items()},
        **dict.fromkeys(("tags", "labels", "revisits", "aliases", "bibliography"), "string"),
        **dict.fromkeys(("summary", "context"), "text"),
        "body": "code",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["settings"], '  "$schema": "http://json-schema.org/draft-07/schema#",'),
        (["front-matter"], '  "$schema": "http://json-schema.org/draft-07/schema#",'),
        (["--vscode"], '  "frontMatter.content.pageFolders": ['),
        (["--obsidian"], '  "types": {'),
        (["--pages-cms"], "  input: content/images"),
    ],
)
def test_each_output_has_a_name(arguments: list[str], first: str) -> None:
    result = invoke("schema", *arguments)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == first


@pytest.mark.parametrize("arguments", [[], ["settings", "--vscode"]])
def test_one_output_must_be_named(arguments: list[str]) -> None:
    result = invoke("schema", *arguments)
    assert result.exit_code == 2
    assert "Name one: settings, front-matter, --vscode, --obsidian or --pages-cms." in result.output
