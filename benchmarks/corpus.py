"""A blog that nobody wrote: posts of about 8 KB as people in machine learning write them, equal for equal seeds.

60 tags, three labels, series of parts; six posts in ten have one to three code blocks, some have tables, footnotes,
formulas, quotations, lists; each links to a few earlier ones.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITED = "Nothing of this is final"
"""Stands once in the middle of each text."""
_FIRST_DAY = dt.date(2009, 1, 5)
_SUBJECTS = (
    "the learning rate", "our validation split", "a batch of labels", "the attention layer", "the baseline",
    "my notebook", "the loss curve", "a colleague", "the second reviewer", "the evaluation script", "our data loader",
    "the gradient norm", "the reward model", "a smaller network", "the tokenizer", "the ablation table", "the cluster",
    "last week's idea",
)  # fmt: skip
_VERBS = (
    "explained", "hid", "contradicted", "outlived", "simplified", "broke", "replaced", "confirmed", "delayed",
    "exposed", "taught me to distrust", "was cheaper than", "said more than", "looked nothing like", "quietly changed",
)  # fmt: skip
_ENDS = (
    "and I only noticed on Thursday", "which is the part nobody writes down", "although the plot looked fine",
    "because the seed was fixed in one place only", "so the number in the abstract had to go", "as it should have",
    "and that was the whole week", "once the labels were shuffled properly", "before anybody asked",
    "for no good reason", "even with half of the data", "when we measured instead of guessing",
)  # fmt: skip
_MARKS = ("*{}*", "**{}**", "`{}`", "“{}”", "{} -- really --")
_FIELDS = (
    "deep learning",
    "vision",
    "language",
    "speech",
    "robotics",
    "statistics",
    "optimisation",
    "data",
    "work",
    "life",
)
_TAGS = tuple(
    f"{field} {what}" for field in _FIELDS for what in ("notes", "failures", "tools", "people", "papers", "questions")
)
_LABELS = ("Journal", "Week", "Essay")
_CODE = {
    "python": (
        "def {a}_{b}(batch: list[float], rate: float = 1e-{n}) -> float:", '    """The {b} of one {a}."""',
        "    total = sum(value * rate for value in batch if value > {n})", "    for step in range({n}0):",
        "        total += rate * step  # {a} by {b}", '        if total > 1e{n}: raise ValueError(f"{a} {{total}}")',
        "    return total / max(len(batch), 1)", "class {A}(Base):", "    {b}: dict[str, int] = {{}}", "import {a}",
    ),
    "bash": ("for seed in 1 2 {n}; do", '  python train.py --{a}="$seed" --{b} {n} | tee {a}.txt', "done", "# {a}"),
    "yaml": ("{a}:", "  {b}: {n}", "  rate: 1.0e-{n}", "  names: [{a}, {b}]  # as before"),
    "json": ('{{"{a}": {n}, "{b}": [1, 2, {n}], "done": true}}',),
}  # fmt: skip
_WORDS = ("loss", "model", "batch", "token", "reward", "policy", "layer", "score", "split", "sample")


class Post(NamedTuple):
    """One post, in no generator's own form."""

    slug: str
    title: str
    day: dt.date
    tags: tuple[str, ...]
    label: str
    series: str
    """Empty, or the title of its series."""
    part: int
    text: str
    """Markdown; links to earlier posts are ``[words](@slug)``."""


def posts(count: int, seed: int = 1) -> Iterator[Post]:
    """``count`` posts, the oldest first, spread over 6,000 days; equal arguments give equal posts."""
    chance = random.Random(seed)  # noqa: S311  (nothing here is secret)
    for number in range(count):
        series = f"Course {number // 50}" if number % 5 == 0 else ""
        title = f"{chance.choice(_SUBJECTS).capitalize()} {chance.choice(_VERBS)} {chance.choice(_SUBJECTS)}, {number}"
        yield Post(
            slug=f"post-{number:05}",
            title=title,
            day=_FIRST_DAY + dt.timedelta(days=number * 6000 // count),
            tags=tuple(sorted(chance.sample(_TAGS, chance.randint(1, 4)))),
            label=chance.choice(_LABELS),
            series=series,
            part=number // 5 % 10 + 1 if series else 0,
            text=_text(chance, number),
        )


def _text(chance: random.Random, number: int) -> str:
    blocks = [_paragraph(chance) for _ in range(chance.randint(10, 14))]
    code = chance.randint(1, 3) if chance.random() < 0.6 else 0
    extras = [_code(chance) for _ in range(code)]
    extras += [f"## {_sentence(chance).rstrip('.')}" for _ in range(chance.randint(2, 5))]
    if chance.random() < 0.3:
        extras.append(_table(chance))
    if chance.random() < 0.3:
        extras.append(f"With $\\theta_{{t+1}} = \\theta_t - \\eta \\nabla L$ {_sentence(chance)}")
    if chance.random() < 0.4:
        extras.append("\n".join(f"- {_sentence(chance)}" for _ in range(chance.randint(3, 6))))
    if chance.random() < 0.3:
        extras.append(f"> {_paragraph(chance)}")
    for other in sorted({chance.randrange(number) for _ in range(3)}) if number else ():
        extras.append(f"I wrote about this [before](@post-{other:05}). {_paragraph(chance)}")
    blocks[len(blocks) // 2] += f" {EDITED}."
    for extra in extras:
        blocks.insert(chance.randint(1, len(blocks)), extra)
    if chance.random() < 0.3:
        blocks[0] += "[^1]"
        blocks.append(f"[^1]: {_sentence(chance)}")
    return "\n\n".join(blocks) + "\n"


def _sentence(chance: random.Random) -> str:
    subject, verb = chance.choice(_SUBJECTS), chance.choice(_VERBS)
    thing = chance.choice(_SUBJECTS)
    if chance.random() < 0.15:
        thing = chance.choice(_MARKS).format(thing)
    return f"{subject.capitalize()} {verb} {thing}, {chance.choice(_ENDS)}."


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(4, 7)))


def _code(chance: random.Random) -> str:
    language = chance.choices(tuple(_CODE), (7, 1, 1, 1))[0]
    lines = []
    for _ in range(chance.randint(8, 24)):
        first, second = chance.sample(_WORDS, 2)
        lines.append(
            chance.choice(_CODE[language]).format(a=first, b=second, A=first.capitalize(), n=chance.randint(2, 9))
        )
    return "\n".join([f"```{language}", *lines, "```"])


def _table(chance: random.Random) -> str:
    rows = [f"| {chance.choice(_WORDS)} | {chance.random():.3f} | {chance.random():.3f} |" for _ in range(5)]
    return "\n".join(["| run | before | after |", "|---|---:|---:|", *rows])
