"""The kinds of numbered things, their names in the languages of texts, and the prefixes of their ids: ``@fig-loss``.

The prefixes are those of Quarto, <https://quarto.org/docs/authoring/cross-references.html>. All other words behind
``@`` are keys of citations, handles or e-mail addresses.
"""

from __future__ import annotations

from typing import Literal

KindName = Literal[
    "figure", "table", "listing", "equation", "section", "theorem", "lemma", "proposition", "corollary", "definition",
    "remark", "example",
]  # fmt: skip

KIND_OF_PREFIX: dict[str, KindName] = {
    "fig": "figure", "tab": "table", "tbl": "table", "lst": "listing", "eq": "equation", "sec": "section",
    "thm": "theorem", "lem": "lemma", "prp": "proposition", "cor": "corollary", "def": "definition", "rem": "remark",
    "exm": "example",
}  # fmt: skip
_NAMES = {
    "en": ("Figure", "Table", "Listing", "Theorem", "Lemma", "Proposition", "Corollary", "Definition", "Remark",
           "Example", "Proof"),
    "cs": ("Obrázek", "Tabulka", "Výpis", "Věta", "Lemma", "Tvrzení", "Důsledek", "Definice", "Poznámka", "Příklad",
           "Důkaz"),
    "da": ("Figur", "Tabel", "Kode", "Sætning", "Lemma", "Proposition", "Korollar", "Definition", "Bemærkning",
           "Eksempel", "Bevis"),
    "de": ("Abbildung", "Tabelle", "Listing", "Satz", "Lemma", "Proposition", "Korollar", "Definition", "Bemerkung",
           "Beispiel", "Beweis"),
    "es": ("Figura", "Tabla", "Listado", "Teorema", "Lema", "Proposición", "Corolario", "Definición", "Observación",
           "Ejemplo", "Demostración"),
    "fi": ("Kuva", "Taulukko", "Listaus", "Lause", "Lemma", "Väittämä", "Seurauslause", "Määritelmä", "Huomautus",
           "Esimerkki", "Todistus"),
    "fr": ("Figure", "Tableau", "Listing", "Théorème", "Lemme", "Proposition", "Corollaire", "Définition", "Remarque",
           "Exemple", "Démonstration"),
    "it": ("Figura", "Tabella", "Listato", "Teorema", "Lemma", "Proposizione", "Corollario", "Definizione",
           "Osservazione", "Esempio", "Dimostrazione"),
    "ja": ("図", "表", "コード", "定理", "補題", "命題", "系", "定義", "注意", "例", "証明"),
    "nl": ("Figuur", "Tabel", "Codefragment", "Stelling", "Lemma", "Propositie", "Gevolg", "Definitie", "Opmerking",
           "Voorbeeld", "Bewijs"),
    "pl": ("Rysunek", "Tabela", "Listing", "Twierdzenie", "Lemat", "Stwierdzenie", "Wniosek", "Definicja", "Uwaga",
           "Przykład", "Dowód"),
    "pt": ("Figura", "Tabela", "Listagem", "Teorema", "Lema", "Proposição", "Corolário", "Definição", "Observação",
           "Exemplo", "Demonstração"),
    "ru": ("Рисунок", "Таблица", "Листинг", "Теорема", "Лемма", "Утверждение", "Следствие", "Определение", "Замечание",
           "Пример", "Доказательство"),
    "sv": ("Figur", "Tabell", "Kod", "Sats", "Lemma", "Proposition", "Korollarium", "Definition", "Anmärkning",
           "Exempel", "Bevis"),
}  # fmt: skip
"""Language → the names in the order of :data:`_NAMED`: the languages whose quotation marks ``typography`` has."""
_NAMED = (
    "figure", "table", "listing", "theorem", "lemma", "proposition", "corollary", "definition", "remark", "example",
    "proof",
)  # fmt: skip


def kind_of(ident: str) -> KindName | None:
    """Return the kind of the thing that has the id ``ident``, by its prefix; None if that is none of the prefixes."""
    prefix, hyphen, rest = ident.partition("-")
    return KIND_OF_PREFIX.get(prefix) if hyphen and rest else None


def name_in(language: str, kind: str) -> str:
    """Return the name of a kind in a language such as ``de`` or ``pt-BR``; in English if no other is known."""
    names = _NAMES.get(language.lower().split("-")[0], _NAMES["en"])
    return names[_NAMED.index(kind)]
