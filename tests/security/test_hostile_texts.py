"""Whoever translates or writes dialogs cannot put markup, code, another number or another address before anybody."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assistant.authoring.catalogs import check_catalogs, extract_all
from assistant.authoring.checking import load_and_check
from assistant.texts import DRAFTED
from tests.authoring.writing import NAMED_LISTS, dialog_with_items
from tests.texts.sample import entry, write_catalog

PAGE = """def page(_):
    return _('Call 112 or 08-123 45 67 now'), _('Hello {name}'), _('Good bye')
"""
CALL, HELLO, BYE = "Call 112 or 08-123 45 67 now", "Hello {name}", "Good bye"
FORMS = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
HEADER = f'{FORMS}\\n"\n"Language: pl\\n"\n"X-Review: {DRAFTED}'
TRANSLATIONS = [
    (CALL, "Zadzwoń 113 albo 08-123 45 67"),
    (CALL, "Zadzwoń 112 albo 08-123 45 68"),
    (CALL, "Zadzwoń 112"),
    (CALL, "Zadzwoń ١١٣ albo 08-123 45 67"),
    (CALL, "Zadzwoń 112 albo 08-123 45 67 albo 0900-999 999"),
    (BYE, "Zadzwoń 112"),
    (BYE, "Cześć https://x.invalid/"),
    (BYE, "Cześć www.x.invalid"),
    (BYE, "Cześć x@x.invalid"),
    (BYE, "javascript:alert(1)"),
    (BYE, "data:text/html,x"),
    (BYE, "tel:0900999"),
    (BYE, "ftp://x.invalid"),
    (BYE, "<script>alert(1)</script>"),
    (BYE, "<img src=x onerror=x>"),
    (BYE, "</p><p>x"),
    (BYE, "a < b"),
    (BYE, "&lt;b&gt;"),
    (BYE, "&#60;b"),
    (BYE, "&#x3c;b"),
    (BYE, "{{7*7}}"),
    (BYE, "{{ config }}"),
    (BYE, "{% for x in y %}"),
    (BYE, "{# x #}"),
    (BYE, "{0.__class__}"),
    (BYE, "{x.__init__.__globals__}"),
    (BYE, "{name}"),
    (BYE, "{}"),
    (BYE, "{"),
    (BYE, "}"),
    (HELLO, "Witaj {name.__class__}"),
    (HELLO, "Witaj {name!r}"),
    (HELLO, "Witaj {name:>50000000}"),
    (HELLO, "Witaj { name }"),
    (HELLO, "Witaj {NAME}"),
    (HELLO, "Witaj"),
    (HELLO, "Witaj {name}{other}"),
    (HELLO, "{name}" * 50),
    (BYE, "x" * 500),
    (BYE, "Cześć " * 5000),
    (BYE, "a\u202eb"),
    (BYE, "a\u2066b"),
    (BYE, "a\u2069b"),
    (BYE, "a\u200bb"),
    (BYE, "a\u00adb"),
    (BYE, "a\ufeffb"),
    (BYE, "a\u2060b"),
    (BYE, "a\x00b"),
    (BYE, "a\x1b[31mb"),
    (BYE, "a\x07b"),
    (BYE, "a\u2028b"),
    (BYE, "a\ue000b"),
    (BYE, "a\U0001ffffb"),
    (BYE, " Cześć"),
    (BYE, "Cześć "),
    (BYE, ""),
]
GOOD = [
    (CALL, "Zadzwoń 112 albo 08-123 45 67 teraz"),
    (CALL, "اتصل ١١٢ أو 08-123 45 67"),
    (HELLO, "{name}, witaj"),
    (BYE, "Do widzenia: 10 i 20"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "assistant").mkdir()
    (tmp_path / "assistant" / "page.py").write_text(PAGE)
    (tmp_path / "dialogs").mkdir()
    (tmp_path / "locales" / "pl" / "LC_MESSAGES").mkdir(parents=True)
    root = Path(__file__).parents[2] / "locales"
    for file in root.glob("*.cfg"):
        (tmp_path / "locales" / file.name).write_bytes(file.read_bytes())
    return tmp_path


def problems_of(project: Path, source: str, told: str) -> list[str]:
    """What the check says of one translation; the texts that are not translated here are not meant."""
    write_catalog(project / "locales", "pl", "chat", entry(source, told), HEADER)
    found = check_catalogs(project / "locales", extract_all(project))
    return [
        one.message
        for one in found
        if not (
            one.message.endswith("is missing") and "number" not in one.message and "{" not in one.message.split("”")[-1]
        )
    ]


@pytest.mark.parametrize(("source", "told"), TRANSLATIONS)
def test_a_hostile_translation_is_refused(project: Path, source: str, told: str) -> None:
    assert problems_of(project, source, told)


@pytest.mark.parametrize(("source", "told"), GOOD)
def test_a_good_translation_is_taken(project: Path, source: str, told: str) -> None:
    assert problems_of(project, source, told) == []


LABELS = [one for source, one in TRANSLATIONS if source == BYE and ("<" in one or "{" in one or "}" in one)]
LABELS = [one for one in LABELS if one != "a < b"] + ["a\u202eb", "a\u200bb", "a\u2028b", "[x]"]


@pytest.mark.parametrize("label", LABELS)
def test_a_hostile_text_in_a_dialog_is_refused_at_once(tmp_path: Path, label: str) -> None:
    assert load_and_check(_dialog(tmp_path, "Good bye"), NAMED_LISTS)[1] == []
    began = time.monotonic()
    _, problems = load_and_check(_dialog(tmp_path, label), NAMED_LISTS)
    assert problems and all(one.line > 0 for one in problems)
    assert time.monotonic() - began < 5


def _dialog(folder: Path, label: str) -> Path:
    path = folder / "small.yaml"
    quoted = "".join(f"\\u{ord(sign):04x}" if not sign.isascii() else sign for sign in label)
    quoted = quoted.replace('"', '\\"')
    path.write_text(dialog_with_items(f'- {{type: text, name: one, label: "{quoted}", why: So we know.}}'))
    return path
