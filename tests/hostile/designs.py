"""Settings and themes."""

from tests.hostile.pieces import Folder, piece
from tests.support import oddities

_SETTINGS = (
    'theme = "../../x"', 'theme = "own/../../../.ssh"', 'theme = "/etc"', 'theme = "."', 'theme = ".."', 'theme = "-rf"', 'theme = "own\\u0000"', 'output = "../../www"', 'public = "../../www"',
    'cache = "/tmp/x"', 'permalink = "/../../{slug}/"', 'permalink = "/{slug}/../../../"', 'permalink = "//{slug}/"', 'permalink = "/.git/{slug}/"', 'timezone = "../../../../etc/shadow"', 'timezone = "/etc/shadow"',
    'timezone = "localtime"', 'timezone = "posixrules"', f'timezone = "{"a/" * 3_000}"', 'language = "../../x"', "paginate = 0", "paginate = -1", f"paginate = {'9' * 30}", "[feed]\nlimit = -5",
    "[feed]\nlimit = 999999999999", f"a = {'[' * 9_000}", f"{'a.' * 20_000}b = 1", "[math.macros]\nA = '\\A\\A'", "[math.macros]\nA = '\\B\\B'\nB = '\\C\\C'\nC = '\\A'", '[labels."../../x"]', '[menu]\nX = "javascript:alert(1)"',
    '[links]\nX = "file:///etc/shadow"', '[plugins]\nx = "os.system"', '[front_matter]\nallow = ["__class__"]', '[theme_options]\nfooter = "{{ 1 }}<script>"', 'baseurl = "file:///etc"', 'icon = "../../../.bashrc"',
)  # fmt: skip
_EXTENDS = 'name = "own"\nextends = "margin"\n'
_THEMES = (
    'extends = "own"\n', 'extends = "../../../.ssh"\n', 'extends = "/etc"\n', _EXTENDS + '[card]\nfonts = ["../../../../.bashrc"]\n', _EXTENDS + '[card]\nfonts = ["/etc/shadow"]\n', _EXTENDS + f"x = {'[' * 9_000}",
    _EXTENDS + 'sizes = "\\" onload=alert(1) x=\\""\n', _EXTENDS + "[options]\nfooter = 1\n", _EXTENDS + "[options]\n" + "".join(f"a{number} = 1\n" for number in range(5_000)), "", "\x00", 'name = "x',
)  # fmt: skip
_TEMPLATES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ self._TemplateReference__context }}", "{{ lipsum.__globals__['os'].environ }}",
    "{% for x in 'a' * 99999 %}x{% endfor %}", "{% for x in 'a' * 1000 %}{% for y in 'a' * 1000 %}{% for z in 'a' * 1000 %}x{% endfor %}{% endfor %}{% endfor %}", "{{ 'a' * 10**10 }}", "{{ 10 ** 10 ** 8 }}",
    '{{ "%(a)5000000000d" | format(a=1) }}', "{{ '%5000000000d' | format(1) }}", "{{ '%*d' | format(5000000000, 1) }}", "{{ ('%(a)s' * 10000) | format(a='x' * 100000) | length }}", "{{ '{:>5000000000}'.format(1) }}", "{{ 'x'.ljust(10**10) }}",
    "{{ 'x' | center(10**10) }}", "{{ 'a' | indent(10**10) }}", "{{ [0] * 10**10 }}", "{{ ('a' * 10**9) | list | length }}", "{{ (([1] * 10**9) | sum) }}", "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | replace('a', 'a' * 10**9) }}", "{{ 'x' | wordwrap(1) }}",
    "{% include '../../../../.bashrc' %}", "{% include '/etc/shadow' %}", "{% extends '../../../../.bashrc' %}", "{% import 'own/../../x' as x %}{{ x }}", "{% include 'post.html' %}", "{% include '404.html' %}", "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ title }}{{ head }}{{ links }}", "{{ site }}", "{{ undefined_name }}", "{{ 1 / 0 }}", "{% set x = namespace(a='a') %}{% for i in 'a' * 60 %}{% set x.a = x.a ~ x.a %}{% endfor %}{{ x.a | length }}", "{{ 9999999999 ** 99999 % 7 }}", "{" * 20_000, "{{ (" * 3_000 + "1" + ") }}" * 3_000,
    "{{ [[1]] | map('sum') | map('string') | join(',' * 10**8) }}", "{{ 'a' | urlize(trim_url_limit=10**9) }}", "{{ ('<a ' * 100000) | striptags | length }}", "{{ ('a@b.' * 100000) | urlize | length }}", "{{ dict(a=1) | tojson(indent=10**9) }}", "{{ {} | xmlattr }}",
    "{{ 'x' | attr('__class__') }}", "{{ ['x'] | map(attribute='__class__') | list }}", "{{ 'a' | filesizeformat }}", "{{ 'abc' | batch(10**10, 'x') | list | length }}", "{{ 'abc' | slice(10**10) | list | length }}", "{% filter upper %}" * 400 + "{% endfilter %}" * 400,
    "{% call(x) m() %}{% endcall %}", "{% raw %}" * 9, "{% autoescape false %}<script>{% endautoescape %}", "{{ '<script>' | safe }}", "{% debug %}", "{{ 'x' | truncate(10**12) }}", "{{ ('x ' * 10**6) | wordcount }}", "{{ 'x' | random }}", "{{ 1 | round(10**9) }}", "{{ '1' | int(base=10**9) }}",
)  # fmt: skip
_STYLES = (
    '@import "https://evil.example/x.css";', "@import url(../../../../../.bashrc);", '@import "a.css";', "body{background:url(../../../../../thesis.txt)}", "body{background:url(file:///etc/shadow)}", "/*" * 30_000, "url(" * 20_000, '@import "' * 10_000, "a{" * 30_000, "\\" * 30_000,
    "".join(f'@import "{letter}.css";\n' for letter in "abab"), "@import url('a.css?x#y');", "x{background:url(%2e%2e/%2e%2e/x)}", "url(a.css)" * 5_000, "@charset 'utf-16';", "x{src:url(data:text/css,@import)}",
)  # fmt: skip
_SCRIPTS = (
    'import "../../../../../thesis.txt";',
    'import("./a.js");',
    'export * from "./b.js";',
    "import(" * 10_000,
    "//# sourceMappingURL=../../../../.bashrc",
    "`" * 20_000,
    "/*" * 20_000,
    "navigator.serviceWorker.register('/sw.js')",
)


@piece()
def settings(site: Folder) -> None:
    line = site.random.choice(_SETTINGS)
    before, after = ("", f"\n{line}\n") if line.startswith("[") else (f"{line}\n", "")
    path = site.root / "blog.toml"
    if path.is_file() and not path.is_symlink():
        path.write_bytes(before.encode() + path.read_bytes() + after.encode())


@piece()
def settings_with_odd_values(site: Folder) -> None:
    path = site.root / "blog.toml"
    if path.is_file() and not path.is_symlink():
        path.write_text(
            f'title = "T"\nurl = "https://example.org"\n{site.random.choice(oddities.SETTINGS)} = {site.random.choice(oddities.TOML)}\n',
            "utf-8",
        )


@piece()
def settings_that_are_a_link(site: Folder) -> None:
    site.link(
        "blog.toml",
        site.random.choice(
            (
                site.aim(),
                site.aim(),
                "/dev/zero",
                "/proc/self/environ",
                "blog.toml",
                "/etc/shadow",
                "content",
                "nothing",
            )
        ),
    )


@piece()
def settings_of_great_size(site: Folder) -> None:
    site.append(
        "blog.toml",
        site.random.choice(
            (
                "#" * 5_000_000,
                "\n" * 5_000_000,
                "[menu]\n" + "".join(f'a{number} = "/"\n' for number in range(50_000)),
                "[theme_options]\na = '" + "x" * 5_000_000 + "'\n",
                "\x00",
                "\ufeff",
            )
        ),
    )


def _own_theme(site: Folder, settings: str = _EXTENDS) -> None:
    site.write("themes/own/theme.toml", settings)
    path = site.root / "blog.toml"
    if path.is_file() and not path.is_symlink() and b"theme =" not in path.read_bytes():
        path.write_bytes(b'theme = "own"\n' + path.read_bytes())


@piece()
def a_theme_with_hostile_settings(site: Folder) -> None:
    _own_theme(site, site.random.choice(_THEMES))


@piece()
def a_theme_with_hostile_templates(site: Folder) -> None:
    _own_theme(site)
    name = site.random.choice(("after.html", "404.html", "post.html", "home.html"))
    site.write(f"themes/own/templates/{name}", site.random.choice(_TEMPLATES))


@piece(mild=True)
def a_theme_with_styles(site: Folder) -> None:
    _own_theme(site)
    for letter in "ab":
        site.write(
            f"themes/own/static/{letter}.css",
            site.random.choice([style for style in _STYLES if "../" not in style and "%" not in style]),
        )
        site.write(
            f"themes/own/static/{letter}.js", site.random.choice([script for script in _SCRIPTS if "../" not in script])
        )
    site.write("themes/own/static/index.html", "<script>alert(1)</script>")


@piece()
def a_theme_that_looks_elsewhere(site: Folder) -> None:
    _own_theme(site)
    site.write("themes/own/static/x.css", site.random.choice(_STYLES))
    site.write("themes/own/static/x.js", site.random.choice(_SCRIPTS))


@piece()
def a_theme_with_links(site: Folder) -> None:
    _own_theme(site)
    site.write("secrets.env", "pr1vate\n")
    name = site.random.choice(
        (
            "static/b.txt",
            "static/b.css",
            "templates/after.html",
            "fonts/x.ttf",
            "static/favicon.svg",
            "static",
            "templates",
            "static/sub",
        )
    )
    targets = (
        "/dev/zero",
        "/proc/self/environ",
        str(site.outside()),
        site.aim("themes/own/static"),
        str(site.world.home),
        "../../../secrets.env",
        "../../../content/posts/diary.md",
        "../../../.git/config",
        str(site.world.other),
    )
    site.link(f"themes/own/{name}", site.random.choice(targets))


@piece(mild=True)
def a_theme_with_links_inside(site: Folder) -> None:
    _own_theme(site)
    site.write("joint/x.css", "a{}")
    site.link("themes/own/static/x.css", "../../../joint/x.css")
    site.write("secrets.env", "pr1vate\n")
    if site.random.random() < 0.3:
        site.link("themes/own/static/b.txt", "../../../secrets.env")


@piece()
def themes_that_extend_each_other(site: Folder) -> None:
    _own_theme(site, 'name = "own"\nextends = "t0"\n')
    length = site.random.choice((3, 50))
    for number in range(length):
        site.write(f"themes/t{number}/theme.toml", f'name = "t{number}"\nextends = "t{(number + 1) % length}"\n')


@piece(mild=True)
def a_theme_of_many_files(site: Folder) -> None:
    _own_theme(site)
    for number in range(site.random.choice((50, 1_500))):
        site.write(f"themes/own/static/f{number}.txt", str(number))


@piece()
def fonts(site: Folder) -> None:
    """Copies of a good font, damaged in one place or two."""
    from blog.system.builtin_themes import builtin_themes_folder  # noqa: PLC0415

    _own_theme(site, _EXTENDS + '[card]\nfonts = ["x.woff2"]\n')
    good = next(iter(sorted((builtin_themes_folder() / "margin" / "fonts").glob("*.woff2")))).read_bytes()
    damaged = bytearray(good)
    for _ in range(site.random.choice((1, 3, 50))):
        damaged[site.random.randrange(len(damaged))] = site.random.randrange(256)
    texts = (
        bytes(damaged),
        bytes(damaged),
        good[: len(good) // 2],
        b"",
        b"wOF2" + b"\xff" * 5_000,
        b"\0\1\0\0" + b"\xff" * 5_000,
    )
    site.write("themes/own/fonts/x.woff2", site.random.choice(texts))
