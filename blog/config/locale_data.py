"""How dates and numbers are written: made from Babel 2.19.0 (CLDR) by ``python -m tests.locale_data``.

Locale → the date, the date without the year, the month with the year; the names of months in dates and alone, their
abbreviations, and their shortest names; the separator of thousands, and the smallest number that has one.
"""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

LOCALE_DATA: dict[str, tuple[str, str, str, str, str, str, str, str, int]] = {
    "ar": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر", "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر", "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر", "ي|ف|م|أ|و|ن|ل|غ|س|ك|ب|د", ",", 1000),
    "cs": ("{day}. {name} {year}", "{day}. {name}", "{alone} {year}", "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince", "leden|únor|březen|duben|květen|červen|červenec|srpen|září|říjen|listopad|prosinec", "led|úno|bře|dub|kvě|čvn|čvc|srp|zář|říj|lis|pro", "1|2|3|4|5|6|7|8|9|10|11|12", "\xa0", 1000),
    "da": ("{day}. {name} {year}", "{day}. {name}", "{name} {year}", "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december", "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december", "jan.|feb.|mar.|apr.|maj|jun.|jul.|aug.|sep.|okt.|nov.|dec.", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "de": ("{day}. {name} {year}", "{day}. {name}", "{name} {year}", "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember", "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember", "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "de-at": ("{day}. {name} {year}", "{day}. {name}", "{name} {year}", "Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember", "Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember", "Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "el": ("{day} {name} {year}", "{day} {name}", "{alone} {year}", "Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μαΐου|Ιουνίου|Ιουλίου|Αυγούστου|Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου", "Ιανουάριος|Φεβρουάριος|Μάρτιος|Απρίλιος|Μάιος|Ιούνιος|Ιούλιος|Αύγουστος|Σεπτέμβριος|Οκτώβριος|Νοέμβριος|Δεκέμβριος", "Ιαν|Φεβ|Μάρ|Απρ|Μάι|Ιούν|Ιούλ|Αύγ|Σεπ|Οκτ|Νοέ|Δεκ", "Ι|Φ|Μ|Α|Μ|Ι|Ι|Α|Σ|Ο|Ν|Δ", ".", 1000),
    "en": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "January|February|March|April|May|June|July|August|September|October|November|December", "January|February|March|April|May|June|July|August|September|October|November|December", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "J|F|M|A|M|J|J|A|S|O|N|D", ",", 1000),
    "en-ca": ("{name} {day}, {year}", "{name} {day}", "{name} {year}", "January|February|March|April|May|June|July|August|September|October|November|December", "January|February|March|April|May|June|July|August|September|October|November|December", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "J|F|M|A|M|J|J|A|S|O|N|D", ",", 1000),
    "en-us": ("{name} {day}, {year}", "{name} {day}", "{name} {year}", "January|February|March|April|May|June|July|August|September|October|November|December", "January|February|March|April|May|June|July|August|September|October|November|December", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "J|F|M|A|M|J|J|A|S|O|N|D", ",", 1000),
    "es": ("{day} de {name} de {year}", "{day} de {name}", "{name} de {year}", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "ene|feb|mar|abr|may|jun|jul|ago|sept|oct|nov|dic", "E|F|M|A|M|J|J|A|S|O|N|D", ".", 10000),
    "es-mx": ("{day} de {name} de {year}", "{day} de {name}", "{name} de {year}", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic", "E|F|M|A|M|J|J|A|S|O|N|D", ",", 1000),
    "es-us": ("{day} de {name} de {year}", "{day} de {name}", "{name} de {year}", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre", "ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic", "E|F|M|A|M|J|J|A|S|O|N|D", ",", 1000),
    "fi": ("{day}. {name} {year}", "{day}. {name}", "{alone} {year}", "tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta", "tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu", "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu", "T|H|M|H|T|K|H|E|S|L|M|J", "\xa0", 1000),
    "fr": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre", "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre", "janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.", "J|F|M|A|M|J|J|A|S|O|N|D", "\u202f", 1000),
    "fr-ca": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre", "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre", "janv.|févr.|mars|avr.|mai|juin|juill.|août|sept.|oct.|nov.|déc.", "J|F|M|A|M|J|J|A|S|O|N|D", "\xa0", 1000),
    "he": ("{day} ב{name} {year}", "{day} ב{name}", "{name} {year}", "ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר", "ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר", "ינו׳|פבר׳|מרץ|אפר׳|מאי|יוני|יולי|אוג׳|ספט׳|אוק׳|נוב׳|דצמ׳", "1|2|3|4|5|6|7|8|9|10|11|12", ",", 1000),
    "hu": ("{year}. {name} {day}.", "{name} {day}.", "{year}. {name}", "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december", "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december", "jan.|febr.|márc.|ápr.|máj.|jún.|júl.|aug.|szept.|okt.|nov.|dec.", "J|F|M|Á|M|J|J|A|Sz|O|N|D", "\xa0", 10000),
    "id": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember", "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember", "Jan|Feb|Mar|Apr|Mei|Jun|Jul|Agu|Sep|Okt|Nov|Des", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "it": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre", "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre", "gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic", "G|F|M|A|M|G|L|A|S|O|N|D", ".", 10000),
    "ja": ("{year}年{month}月{day}日", "{month}月{day}日", "{year}年{month}月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1|2|3|4|5|6|7|8|9|10|11|12", ",", 1000),
    "ko": ("{year}년 {name} {day}일", "{name} {day}일", "{year}년 {name}", "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월", "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월", "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월", "1|2|3|4|5|6|7|8|9|10|11|12", ",", 1000),
    "nb": ("{day}. {name} {year}", "{day}. {name}", "{name} {year}", "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember", "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember", "jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des", "J|F|M|A|M|J|J|A|S|O|N|D", "\xa0", 1000),
    "nl": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december", "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december", "jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "pl": ("{day} {name} {year}", "{day} {name}", "{alone} {year}", "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia", "styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień", "sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paź|lis|gru", "S|L|M|K|M|C|L|S|W|P|L|G", "\xa0", 10000),
    "pt": ("{day} de {name} de {year}", "{day} de {name}", "{name} de {year}", "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro", "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro", "jan.|fev.|mar.|abr.|mai.|jun.|jul.|ago.|set.|out.|nov.|dez.", "J|F|M|A|M|J|J|A|S|O|N|D", ".", 1000),
    "pt-pt": ("{day} de {name} de {year}", "{day} de {name}", "{name} de {year}", "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro", "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro", "jan.|fev.|mar.|abr.|mai.|jun.|jul.|ago.|set.|out.|nov.|dez.", "J|F|M|A|M|J|J|A|S|O|N|D", "\xa0", 10000),
    "ro": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie", "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie", "ian.|feb.|mar.|apr.|mai|iun.|iul.|aug.|sept.|oct.|nov.|dec.", "I|F|M|A|M|I|I|A|S|O|N|D", ".", 1000),
    "ru": ("{day} {name} {year}\u202fг.", "{day} {name}", "{alone} {year}\u202fг.", "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря", "январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь", "янв.|февр.|март|апр.|май|июнь|июль|авг.|сент.|окт.|нояб.|дек.", "Я|Ф|М|А|М|И|И|А|С|О|Н|Д", "\xa0", 1000),
    "sv": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december", "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december", "jan.|feb.|mars|apr.|maj|juni|juli|aug.|sep.|okt.|nov.|dec.", "J|F|M|A|M|J|J|A|S|O|N|D", "\xa0", 1000),
    "tr": ("{day} {name} {year}", "{day} {name}", "{name} {year}", "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık", "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık", "Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara", "O|Ş|M|N|M|H|T|A|E|E|K|A", ".", 1000),
    "uk": ("{day} {name} {year}\u202fр.", "{day} {name}", "{alone} {year}\u202fр.", "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня", "січень|лютий|березень|квітень|травень|червень|липень|серпень|вересень|жовтень|листопад|грудень", "січ.|лют.|бер.|квіт.|трав.|черв.|лип.|серп.|вер.|жовт.|лист.|груд.", "С|Л|Б|К|Т|Ч|Л|С|В|Ж|Л|Г", "\xa0", 1000),
    "vi": ("{day} {name}, {year}", "{day} {name}", "{name} năm {year}", "tháng 1|tháng 2|tháng 3|tháng 4|tháng 5|tháng 6|tháng 7|tháng 8|tháng 9|tháng 10|tháng 11|tháng 12", "Tháng 1|Tháng 2|Tháng 3|Tháng 4|Tháng 5|Tháng 6|Tháng 7|Tháng 8|Tháng 9|Tháng 10|Tháng 11|Tháng 12", "Tháng 1|Tháng 2|Tháng 3|Tháng 4|Tháng 5|Tháng 6|Tháng 7|Tháng 8|Tháng 9|Tháng 10|Tháng 11|Tháng 12", "1|2|3|4|5|6|7|8|9|10|11|12", ".", 1000),
    "zh-hans": ("{year}年{month}月{day}日", "{month}月{day}日", "{year}年{month}月", "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月", "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1|2|3|4|5|6|7|8|9|10|11|12", ",", 1000),
    "zh-hant": ("{year}年{month}月{day}日", "{month}月{day}日", "{year}年{month}月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月", "1|2|3|4|5|6|7|8|9|10|11|12", ",", 1000),
}

PLURAL_RULES: dict[str, dict[str, tuple[tuple[tuple[int, bool, tuple[tuple[int, int], ...]], ...], ...]]] = {
    "ar": {"zero": (((0, False, ((0, 0),)),),), "one": (((0, False, ((1, 1),)),),), "two": (((0, False, ((2, 2),)),),), "few": (((100, False, ((3, 10),)),),), "many": (((100, False, ((11, 99),)),),)},
    "cs": {"one": (((0, False, ((1, 1),)),),), "few": (((0, False, ((2, 4),)),),)},
    "da": {"one": (((0, False, ((1, 1),)),),)},
    "de": {"one": (((0, False, ((1, 1),)),),)},
    "el": {"one": (((0, False, ((1, 1),)),),)},
    "en": {"one": (((0, False, ((1, 1),)),),)},
    "es": {"one": (((0, False, ((1, 1),)),),), "many": (((0, True, ((0, 0),)), (1000000, False, ((0, 0),))),)},
    "fi": {"one": (((0, False, ((1, 1),)),),)},
    "fr": {"one": (((0, False, ((0, 1),)),),), "many": (((0, True, ((0, 0),)), (1000000, False, ((0, 0),))),)},
    "he": {"one": (((0, False, ((1, 1),)),),), "two": (((0, False, ((2, 2),)),),)},
    "hu": {"one": (((0, False, ((1, 1),)),),)},
    "id": {},
    "it": {"one": (((0, False, ((1, 1),)),),), "many": (((0, True, ((0, 0),)), (1000000, False, ((0, 0),))),)},
    "ja": {},
    "ko": {},
    "nb": {"one": (((0, False, ((1, 1),)),),)},
    "nl": {"one": (((0, False, ((1, 1),)),),)},
    "pl": {"one": (((0, False, ((1, 1),)),),), "few": (((10, False, ((2, 4),)), (100, True, ((12, 14),))),), "many": (((0, True, ((1, 1),)), (10, False, ((0, 1),))), ((10, False, ((5, 9),)),), ((100, False, ((12, 14),)),))},
    "pt": {"one": (((0, False, ((0, 1),)),),), "many": (((0, True, ((0, 0),)), (1000000, False, ((0, 0),))),)},
    "pt-pt": {"one": (((0, False, ((1, 1),)),),), "many": (((0, True, ((0, 0),)), (1000000, False, ((0, 0),))),)},
    "ro": {"one": (((0, False, ((1, 1),)),),), "few": (((0, False, ((0, 0),)),), ((0, True, ((1, 1),)), (100, False, ((1, 19),))))},
    "ru": {"one": (((10, False, ((1, 1),)), (100, True, ((11, 11),))),), "few": (((10, False, ((2, 4),)), (100, True, ((12, 14),))),), "many": (((10, False, ((0, 0),)),), ((10, False, ((5, 9),)),), ((100, False, ((11, 14),)),))},
    "sv": {"one": (((0, False, ((1, 1),)),),)},
    "tr": {"one": (((0, False, ((1, 1),)),),)},
    "uk": {"one": (((10, False, ((1, 1),)), (100, True, ((11, 11),))),), "few": (((10, False, ((2, 4),)), (100, True, ((12, 14),))),), "many": (((10, False, ((0, 0),)),), ((10, False, ((5, 9),)),), ((100, False, ((11, 14),)),))},
    "vi": {"one": (((0, False, ((0, 0),)),), ((0, False, ((1, 1),)),))},
    "zh-hans": {},
}
"""Language → category → its alternatives, each with all its conditions on a number: a modulus or 0, whether the
condition is negated, and ranges. The last category, ``other``, has no condition."""
