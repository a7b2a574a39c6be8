"""What stands on the page ``/design``: invented questions in every state, and one small conversation in six languages.

None of it is a text of the program, so no catalog translates it: it shows letters, lengths and directions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from assistant.languages import LANGUAGES
from assistant.views import ItemView
from assistant.wording import OfferedChoice

CODE: Final = "K7QM 2XWD 94RT"
WORD: Final = "Arbetsmarknadsintroduktionshandläggningsprocessen"
LONG: Final = (
    "Some people live with somebody else part of the week, or stay with friends until they find a place of their own. "
    "What was it like for you during the last three months?"
)


class Shown(NamedTuple):
    """A question in a state: what stands in its fields (by their names), and what is wrong (by the question's name)."""

    state: str
    item: ItemView
    kept: Mapping[str, list[str]] = {}
    wrong: Mapping[str, str] = {}


class Chapter(NamedTuple):
    """Questions that belong together. ``id`` is their place on the page."""

    id: str
    name: str
    shown: tuple[Shown, ...]


class Sample(NamedTuple):
    """A small conversation in a language. ``said`` has the components' own words by their English, for as long as the
    program has no catalog of the language."""

    tag: str
    about: str
    asked: str
    answered: str
    progress: str
    question: str
    hint: str
    choices: tuple[str, ...]
    since: str
    wrong: str
    why: str
    reader: str
    said: Mapping[str, str] = {}


def item(name: str, kind: str, label: str, **more: Any) -> ItemView:
    """A question that must be answered; what is not given it does not have."""
    plain: dict[str, Any] = {"hint": "", "why": "", "required": True, "decline": ()}
    return ItemView(name=name, type=kind, label=label, **plain | more)


def offered(*labels: str, alone: str = "") -> tuple[OfferedChoice, ...]:
    """Choices ``a``, ``b``, ``c`` …; ``alone`` is a last one that goes with none of the others."""
    named = tuple(OfferedChoice(name=chr(97 + n), label=label) for n, label in enumerate(labels))
    return (*named, OfferedChoice(name="none", label=alone, exclusive=True)) if alone else named


# -- questions in every state ------------------------------------------------------------------------------------------

ALL_WAYS: Final = ("unknown", "skip", "in_person")
_HINT: Final = "If you are not sure, choose what comes nearest."
_CHOOSE: Final = "Choose one of these, or say that you don't know."
_DIGITS: Final = "Write the year in four digits."
_NUMBER: Final = "Write a number, for example 6500."
_LIST: Final = tuple(OfferedChoice(name=one.tag, label=one.autonym) for one in LANGUAGES.values())
_UNEVEN: Final = offered("Yes", LONG, "A room of my own in a flat that I share with others", WORD)
_WORK: Final = offered("I work", "I study", "I look for work", "I am sick-listed", alone="None of these")


def _way(name: str, **more: Any) -> ItemView:
    choices = offered("By telephone", "By text message", "By letter")
    return item(name, "select_one", "How can we reach you?", choices=choices, **more)


def _languages(name: str, kind: str, **more: Any) -> ItemView:
    return item(name, kind, "Which languages do you speak?", choices=_LIST, listed=True, **more)


def _date(name: str, precision: str, **more: Any) -> ItemView:
    return item(name, "date", "When did you move in?", extra={"precision": precision}, **more)


def _rent(name: str, **more: Any) -> ItemView:
    return item(name, "integer", "What is your rent a month?", extra={"unit": "kr"}, **more)


def _text(name: str, label: str, *, lines: bool = False, **more: Any) -> ItemView:
    return item(name, "text", label, extra={"multiline": lines}, **more)


_CHOICES: Final = (
    Shown("One of a few, and the ways to pass it over", _way("way", decline=ALL_WAYS)),
    Shown("With a hint; one is chosen", _way("way_2", hint=_HINT), {"way_2": ["b"]}),
    Shown("With a hint and a problem", _way("way_3", hint=_HINT), wrong={"way_3": _CHOOSE}),
    Shown(
        "Several, and one that goes with no other; two are chosen",
        item("work", "select_multiple", "What do you do now?", hint="Choose all that fit.", choices=_WORK),
        {"work": ["a", "b"]},
    ),
    Shown("Long labels", item("uneven", "select_one", "Where do you live now?", choices=_UNEVEN), {"uneven": ["b"]}),
    Shown("Several of a long list", _languages("list_1", "select_multiple"), {"list_1": ["ar"]}),
    Shown("One of a long list", _languages("list_2", "select_one")),
    Shown(
        "One of a long list, with a hint and a problem; one is chosen",
        _languages("list_3", "select_one", hint=_HINT),
        {"list_3": ["ti"]},
        {"list_3": _CHOOSE},
    ),
)
_TYPED: Final = (
    Shown("A line", _text("line_1", "What is your name?")),
    Shown(
        "A line with words, a hint and a problem",
        _text("line_2", LONG, hint=_HINT),
        {"line_2": [WORD]},
        {"line_2": _CHOOSE},
    ),
    Shown("Several lines", _text("lines_1", "What do you want help with?", lines=True, hint="A few words are enough.")),
    Shown("Several lines with words", _text("lines_2", "What else?", lines=True), {"lines_2": [f"{LONG}\n{WORD}"]}),
    Shown("A number", _rent("rent_1", decline=("unknown",))),
    Shown("A number with what was typed, and a problem", _rent("rent_2"), {"rent_2": ["6 500:-"]}, {"rent_2": _NUMBER}),
    Shown("A year", _date("year_1", "year")),
    Shown("A month, kept", _date("month_1", "month"), {"month_1.year": ["2019"], "month_1.month": ["9"]}),
    Shown(
        "A day, with a hint and a problem",
        _date("day_1", "day", hint="About when is enough."),
        {"day_1.year": ["19"], "day_1.month": ["12"], "day_1.day": ["31"]},
        {"day_1": _DIGITS},
    ),
)
_HOME: Final = (
    item("home", "select_one", "Do you live with somebody?", choices=offered("Yes", "No")),
    _date("home_since", "month", hint="About when is enough.", decline=("unknown",)),
    _rent("home_rent", depends=True, decline=("unknown", "skip")),
    _text("home_owner", "Whom do you rent from?", required=False),
    _languages("home_languages", "select_one"),
    _date("home_year", "year", required=False),
    _text("home_more", "Is there more that we should know?", lines=True, required=False),
)
_BAD: Final = (
    _text("bad_name", "Name"),
    _date("bad_since", "day", hint="About when is enough.", decline=("unknown",)),
    item("bad_home", "select_one", "What kind of home is it?", choices=offered("A flat", "A room")),
    _languages("bad_languages", "select_one", hint=_HINT),
    _rent("bad_rent", hint=_HINT),
)
_SCREENS: Final = (
    Shown(
        "With every kind of field",
        item(
            "home_screen",
            "group",
            "Your home",
            hint="You can leave out what you don't know.",
            fields=_HOME,
            decline=ALL_WAYS,
        ),
        {"field.home": ["a"], "field.home_rent": ["6500"], "decline.home_since": ["unknown"]},
    ),
    Shown(
        "With problems; what was typed is kept",
        item("bad_screen", "group", "Your home", fields=_BAD),
        {"field.bad_since.year": ["19"], "field.bad_rent": [LONG]},
        {
            "bad_name": "Write something here.",
            "bad_since": _DIGITS,
            "bad_home": _CHOOSE,
            "bad_languages": _CHOOSE,
            "bad_rent": _NUMBER,
        },
    ),
)

CHAPTERS: Final = (
    Chapter("choices", "Choices", _CHOICES),
    Chapter("typed", "Words, numbers, dates", _TYPED),
    Chapter("screens", "Screens of several fields", _SCREENS),
)

# -- the same in other letters and directions --------------------------------------------------------------------------

SAMPLES: Final = (
    Sample(
        tag="sv",
        about="Om dig",
        asked="Hur vill du att vi kontaktar dig?",
        answered="Ring mig helst på förmiddagen.",
        progress="Om dig · Fråga 3 av ungefär 12",
        question="Vilka bor tillsammans med dig?",
        hint="Räkna med alla som bor hos dig nu.",
        choices=("Min man, fru eller sambo", "Mina barn", "Jag bor ensam"),
        since="När kom du till Sverige?",
        wrong="Skriv året med fyra siffror.",
        why="För att veta vem hjälpen gäller.",
        reader="Bara de som arbetar med ditt ärende läser dina svar.",
    ),
    Sample(
        tag="ar",
        about="عنك",
        asked="ما أفضل طريقة للتواصل معك؟",
        answered="مكالمة في الصباح على الرقم 0701740635",
        progress="عنك · السؤال 3 من حوالي 12",
        question="من يسكن معك؟",
        hint="كل من يسكن معك الآن.",
        choices=("الزوج أو الزوجة أو الشريك", "أطفالي", "أسكن وحدي"),
        since="متى وصلت إلى السويد؟",
        wrong="السنة تُكتب بأربعة أرقام.",
        why="لكي نعرف من تشملهم المساعدة.",
        reader="لا يقرأ إجاباتك إلا من يعمل على ملفك في المكتب.",
    ),
    Sample(
        tag="ti",
        about="ብዛዕባኹም",
        asked="ብኸመይ ክንረኽበኩም ትደልዩ?",
        answered="ንግሆ ክትድውሉለይ ይመርጽ።",
        progress="ብዛዕባኹም · ሕቶ 3 ካብ ኣስታት 12",
        question="ምሳኹም መን ይነብር?",
        hint="ሕጂ ምሳኹም ዝነብሩ ኩሎም ጽሓፉ።",
        choices=("ሰብኣየይ ወይ ሰበይተይ", "ደቀይ", "በይነይ እየ ዝነብር"),
        since="ናብ ሽወደን መዓስ መጺእኩም?",
        wrong="ዓመት ብኣርባዕተ ኣሃዝ ጽሓፉ።",
        why="መን ሓገዝ ከም ዘድልዮ ክንፈልጥ ንሓትት።",
        reader="መልስኹም ኣብ ቤት ጽሕፈትና ጥራይ ይንበብ።",
        said={
            "You:": "ንስኹም፡",
            "We:": "ንሕና፡",
            "Language:": "ቋንቋ፡",
            "Leave this page": "ካብዚ ገጽ ውጹ",
            "There is a problem": "ጸገም ኣሎ",
            "Change": "ቀይሩ",
            "Remove": "ኣውጽኡ",
            "or": "ወይ",
            "Year": "ዓመት",
            "Month": "ወርሒ",
            "Continue": "ቀጽሉ",
            "I don't know": "ኣይፈልጥን እየ",
            "I don't want to say": "ክዛረብ ኣይደልን እየ",
            "I'd rather tell you at the visit": "ኣብቲ ቆጸራ ክነግረኩም ይመርጽ",
            "Why do we ask?": "ስለምንታይ ንሓትት?",
            "Finish now, tell the rest at the visit": "ሕጂ ወድኡ፣ ነቲ ዝተረፈ ኣብቲ ቆጸራ ንገሩና",
            "Call us:": "ደውሉልና፡",
            "About your data": "ብዛዕባ ሓበሬታኹም",
        },
    ),
    Sample(
        tag="uk",
        about="Про вас",
        asked="Як нам краще з вами зв’язатися?",
        answered="Краще телефоном, зранку.",
        progress="Про вас · Питання 3 приблизно з 12",
        question="Хто живе разом із вами?",
        hint="Назвіть усіх, хто живе з вами зараз.",
        choices=("Чоловік, дружина або партнер", "Мої діти", "Більше ніхто"),
        since="Коли ви приїхали до Швеції?",
        wrong="Напишіть рік чотирма цифрами.",
        why="Щоб знати, кого стосується допомога.",
        reader="Ваші відповіді читають лише ті, хто працює з вашою справою.",
        said={
            "You:": "Ви:",
            "We:": "Ми:",
            "Language:": "Мова:",
            "Leave this page": "Залишити сторінку",
            "There is a problem": "Щось не так",
            "Change": "Змінити",
            "Remove": "Видалити",
            "or": "або",
            "Year": "Рік",
            "Month": "Місяць",
            "Continue": "Далі",
            "I don't know": "Я не знаю",
            "I don't want to say": "Я не хочу про це говорити",
            "I'd rather tell you at the visit": "Краще розкажу під час зустрічі",
            "Why do we ask?": "Чому ми питаємо?",
            "Finish now, tell the rest at the visit": "Закінчити зараз, решту розповісти під час зустрічі",
            "Call us:": "Зателефонуйте нам:",
            "About your data": "Про ваші дані",
        },
    ),
    Sample(
        tag="ckb",
        about="دەربارەی تۆ",
        asked="چۆن پەیوەندیت پێوە بکەین؟",
        answered="تکایە بەیانیان تەلەفۆنم بۆ بکەن.",
        progress="دەربارەی تۆ · پرسیاری 3 لە نزیکەی 12",
        question="کێ لەگەڵت دەژی؟",
        hint="هەموو ئەوانەی ئێستا لەگەڵت دەژین.",
        choices=("هاوسەرەکەم", "منداڵەکانم", "بە تەنیا دەژیم"),
        since="کەی هاتیتە سوید؟",
        wrong="ساڵەکە بە چوار ژمارە بنووسە.",
        why="بۆ ئەوەی بزانین یارمەتییەکە بۆ کێیە.",
        reader="وەڵامەکانت تەنها ئەو کەسانە دەیخوێننەوە کە کار لەسەر کەیسەکەت دەکەن.",
        said={
            "You:": "تۆ:",
            "We:": "ئێمە:",
            "Language:": "زمان:",
            "Leave this page": "ئەم پەڕەیە بەجێ بهێڵە",
            "There is a problem": "کێشەیەک هەیە",
            "Change": "بیگۆڕە",
            "Remove": "بیسڕەوە",
            "or": "یان",
            "Year": "ساڵ",
            "Month": "مانگ",
            "Continue": "بەردەوام بە",
            "I don't know": "نازانم",
            "I don't want to say": "نامەوێ باسی بکەم",
            "I'd rather tell you at the visit": "باشترە لە چاوپێکەوتنەکەدا باسی بکەم",
            "Why do we ask?": "بۆچی دەپرسین؟",
            "Finish now, tell the rest at the visit": "ئێستا تەواوی بکە، ئەوەی ماوە لە چاوپێکەوتنەکەدا بڵێ",
            "Call us:": "تەلەفۆنمان بۆ بکە:",
            "About your data": "دەربارەی زانیارییەکانت",
        },
    ),
    Sample(
        tag="so",
        about="Adiga",
        asked="Sidee ayaan kuula soo xiriirnaa?",
        answered="Subaxdii i soo wac.",
        progress="Adiga · Su’aasha 3aad ee qiyaastii 12",
        question="Yaa kula nool?",
        hint="Sheeg dhammaan dadka hadda kula nool.",
        choices=("Ninkayga ama xaaskayga", "Carruurtayda", "Keligay ayaan noolahay"),
        since="Goorma ayaad Iswiidhan timid?",
        wrong="Sannadka ku qor afar lambar.",
        why="Si aan u ogaanno cidda caawimada loogu talagalay.",
        reader="Jawaabahaaga waxaa akhriya oo keliya dadka ka shaqeeya kiiskaaga.",
        said={
            "You:": "Adiga:",
            "We:": "Annaga:",
            "Language:": "Luqadda:",
            "Leave this page": "Ka bax boggan",
            "There is a problem": "Wax baa qaldan",
            "Change": "Beddel",
            "Remove": "Ka saar",
            "or": "ama",
            "Year": "Sannad",
            "Month": "Bil",
            "Continue": "Sii wad",
            "I don't know": "Ma garanayo",
            "I don't want to say": "Ma rabo inaan sheego",
            "I'd rather tell you at the visit": "Waxaan ka doorbidayaa inaan sheego marka aan kulanno",
            "Why do we ask?": "Maxaan u weydiinnaa?",
            "Finish now, tell the rest at the visit": "Hadda dhammee, inta kale sheeg marka aan kulanno",
            "Call us:": "Na soo wac:",
            "About your data": "Xogtaada",
        },
    ),
)
