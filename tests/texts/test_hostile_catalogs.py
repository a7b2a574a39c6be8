"""Catalogs from strangers: whatever stands in a file is refused with its place and the reason, or is only words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.authoring.catalogs import check_catalogs, extract_all
from assistant.languages import LANGUAGES
from assistant.texts import DOMAINS, DRAFTED, CatalogError, Catalogs, read_catalog
from tests.texts.sample import entry

ROOT = Path(__file__).parents[2]
HELLO, DAYS = "Hello {name}", ("{n} day", "{n} days")
PLURAL = LANGUAGES["pl"].plural_forms
GOOD = ("jeden dzień", "{n} dni", "{n} dni")
HEADER = {
    "Language": "pl",
    "Content-Type": "text/plain; charset=utf-8",
    "Plural-Forms": PLURAL,
    "X-Review": DRAFTED,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "assistant").mkdir()
    (tmp_path / "assistant" / "page.py").write_text(
        f"def page(_, ngettext):\n    return _({HELLO!r}), ngettext(*{DAYS!r}, 2)\n"
        f"def again(_, ngettext):\n    return ngettext({DAYS[0]!r}, {DAYS[1]!r}, 2)\n"
    )
    (tmp_path / "locales" / "pl" / "LC_MESSAGES").mkdir(parents=True)
    for domain in DOMAINS:
        (tmp_path / "locales" / f"{domain}.cfg").write_bytes((ROOT / "locales" / f"{domain}.cfg").read_bytes())
    return tmp_path


def written(project: Path, hello: str = "Witaj {name}", days: tuple[str, ...] = GOOD, **header: str) -> Path:
    """A catalog with these translations and this in place of its own header."""
    lines = HEADER | {name.replace("_", "-"): value for name, value in header.items()}
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in lines.items() if value)
    forms = "".join(f'msgstr[{n}] "{form}"\n' for n, form in enumerate(days))
    counted = f'msgid "{DAYS[0]}"\nmsgid_plural "{DAYS[1]}"\n{forms}\n'
    path = project / "locales" / "pl" / "LC_MESSAGES" / "chat.po"
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{entry(HELLO, hello)}{counted}', "utf-8")
    return path


def told(project: Path) -> list[str]:
    """What the check says of the catalog."""
    problems = check_catalogs(project / "locales", extract_all(project))
    return [f"{one.line}: {one.message}" for one in problems if one.file.endswith("chat.po")]


def test_a_good_catalog_is_taken(project: Path) -> None:
    written(project)
    assert told(project) == []


@pytest.mark.parametrize(
    ("hello", "wrong"),
    [
        ("Witaj", "{name} is missing"),
        ("Witaj {name} {code}", "{code} is not in the source"),
        ("Witaj {0} {name}", "{0} is not in the source"),
        ("Witaj {name.__class__}", "a brace that belongs to no placeholder"),
        ("Witaj {name} {x.__class__.__mro__}", "a brace that belongs to no placeholder"),
        ("Witaj {name!r}", "a brace that belongs to no placeholder"),
        ("Witaj {name:>99999999}", "a brace that belongs to no placeholder"),
        ("Witaj {name} {{ config }}", "a brace that belongs to no placeholder"),
        ("Witaj {name} {% raw %}", "a brace that belongs to no placeholder"),
        ("Witaj {name} <script>alert(1)</script>", "there is markup"),
        ("Witaj {name} <img src=x onerror=y>", "there is markup"),
        ("Witaj {name} &#60;b&#62;", "there is markup"),
        ("Witaj \u202e{name}", "there is a bidi control, U+202E"),
        ("Witaj {name}\u2066", "there is a bidi control, U+2066"),
        ("Witaj\u200b {name}", "there is a sign that nobody sees, U+200B"),
        ("Witaj {name}\u0007", "there is a control character, U+0007"),
        ("Witaj {name}, javascript:alert(1)", "there is an address in it"),
        ("Witaj {name} " + "a" * 10_000, "it is far longer than the source"),
    ],
)
def test_a_hostile_translation_is_refused_with_its_line(project: Path, hello: str, wrong: str) -> None:
    written(project, hello)
    (line,) = {one.partition(":")[0] for one in told(project) if wrong in one}
    assert line == "8"


@pytest.mark.parametrize("days", [GOOD[:1], GOOD[:2], (*GOOD, "{n} dni")])
def test_too_few_or_too_many_plural_forms_are_refused(project: Path, days: tuple[str, ...]) -> None:
    path = written(project, days=days)
    try:
        read_catalog(path, LANGUAGES["pl"])
    except CatalogError as error:
        assert str(error).startswith(f"{path}:")
    assert told(project)


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ({"Plural_Forms": "nplurals=2; plural=(n != 1);"}, "more translations than num_plurals"),
        ({"Plural_Forms": "nplurals=3; plural=__import__('os');"}, "Plural-Forms"),
        ({"Plural_Forms": "nplurals=3; plural=(n == 7 ? 9 : 0);"}, "a form that is not there"),
        ({"Plural_Forms": "nplurals=999999999; plural=0;"}, "more forms than any language has"),
        ({"Plural_Forms": 'npl"\n"urals=999999999; plural=0;'}, "more forms than any language has"),
        ({"Content_Type": "text/plain; charset=utf-7"}, "another charset than utf-8"),
        ({"Content_Type": "text/plain; charset=latin-1"}, "another charset than utf-8"),
        ({"Content_Type": 'text/plain; char"\n"set=utf-16'}, "another charset than utf-8"),
        ({"X_Review": DRAFTED + '\\n"\n\nmsgid ""\n""\nmsgstr ""\n"X-Review: ' + DRAFTED}, "there are two headers"),
        ({"Language": "ar"}, "Language is not that of the folder"),
        ({"Language": ""}, "Language is not that of the folder"),
        ({"X_Review": ""}, "X-Review"),
        ({"X_Review": "checked by a native speaker, me"}, "X-Review"),
        ({"X_Review": "<script>"}, "X-Review"),
    ],
)
def test_a_bad_header_is_refused(project: Path, header: dict[str, str], wrong: str) -> None:
    written(project, "Witaj {name}", GOOD, **header)
    assert [one for one in told(project) if wrong in one]


def test_a_file_of_ten_megabytes_is_not_even_read(project: Path) -> None:
    path = written(project, "Witaj {name} " + "ą" * 5_000_000)
    (only,) = told(project)
    assert only.startswith("1: is larger than")
    with pytest.raises(CatalogError, match="is larger than"):
        Catalogs.load(project / "locales")
    assert path.stat().st_size > 10_000_000


@pytest.mark.parametrize("text", ["{name.__class__}", "{0}", "{name!r}", "%(name)s", "{{ name }}", "{% raw %}"])
def test_a_trick_of_formatting_that_gets_in_is_shown_as_it_is(project: Path, text: str) -> None:
    written(project, f"Witaj {text} {{name}}")
    words = Catalogs.load(project / "locales").words("pl")
    shown = words.gettext(HELLO, name="Ala")
    assert shown.startswith("Witaj ")
    assert text in shown or text == "{{ name }}"
    assert "class" not in shown.replace("__class__", "")
