"""The words of one language: texts, plurals, dates, numbers, names, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bidi import FSI, PDI
from assistant.languages import LANGUAGES, find, language, named_lists
from assistant.texts import DRAFTED, CatalogError, Catalogs, Words
from tests.texts.sample import entry, write_catalog

UK = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


def load(locales: Path, tag: str) -> Words:
    return Catalogs.load(locales).words(tag)


# -- catalogs ----------------------------------------------------------------------------------------------------------


def test_a_language_is_offered_when_its_folder_is_there_and_the_source_always(tmp_path: Path) -> None:
    for folder in ("fa_AF", "sv", "klingon"):
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
    catalogs = Catalogs.load(tmp_path)
    assert [language.tag for language in catalogs.languages] == ["sv", "en", "fa-AF"]
    assert "fa-AF" in catalogs
    assert "ar" not in catalogs
    with pytest.raises(KeyError):
        catalogs.words("ar")


def test_without_any_folder_there_is_still_the_source(tmp_path: Path) -> None:
    assert load(tmp_path / "nothing", "en").gettext("Back") == "Back"


def test_a_text_that_is_not_translated_is_shown_as_it_was_written(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "chat", entry("Back", "Tillbaka") + entry("On", ""))
    words = load(tmp_path, "sv")
    assert (words.gettext("Back"), words.gettext("On"), words.gettext("Off")) == ("Tillbaka", "On", "Off")


def test_a_draft_is_not_used(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "chat", "#, fuzzy\n" + entry("Back", "Framåt"))
    assert load(tmp_path, "sv").gettext("Back") == "Back"


def test_where_both_domains_have_a_text_the_applicants_pages_decide(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "chat", entry("Close", "Stäng"))
    write_catalog(tmp_path, "sv", "desk", entry("Close", "Avsluta") + entry("Case", "Ärende"))
    words = load(tmp_path, "sv")
    assert (words.gettext("Close"), words.gettext("Case")) == ("Stäng", "Ärende")


def test_texts_of_dialogs_are_found_by_context_and_lines_of_attention_in_the_desks_catalog(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "dialogs", entry("Yes", "Ja", "a.yes.label") + entry("Yes", "Japp", "b.yes.label"))
    write_catalog(tmp_path, "sv", "desk", entry("Urgent", "Akut", "attention.urgent.label"))
    words = load(tmp_path, "sv")
    assert words.dialog("a.yes.label", "Yes") == "Ja"
    assert words.dialog("b.yes.label", "Yes") == "Japp"
    assert words.dialog("c.yes.label", "Yes") == "Yes"
    assert words.dialog("attention.urgent.label", "Urgent") == "Akut"
    assert words.gettext("Yes") == "Yes"


def test_easy_swedish_falls_back_to_swedish_and_then_to_the_source(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "chat", entry("Back", "Tillbaka") + entry("Send", "Skicka in"))
    write_catalog(tmp_path, "sv_simple", "chat", entry("Send", "Skicka"))
    words = load(tmp_path, "sv-simple")
    assert [words.gettext(text) for text in ("Send", "Back", "Stop")] == ["Skicka", "Tillbaka", "Stop"]
    assert words.language.html == "sv"


def test_a_text_can_mean_something_else_in_another_context(tmp_path: Path) -> None:
    write_catalog(tmp_path, "sv", "chat", entry("May", "Maj", "month") + entry("May", "Får"))
    words = load(tmp_path, "sv")
    assert (words.pgettext("month", "May"), words.gettext("May")) == ("Maj", "Får")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'msgid "a"\nmsgstr "b"\nnonsense\n', ":3: Unknown or misformatted keyword"),
        (b'msgid "a"\nmsgstr "\xff"\n', ":1: is not written in UTF-8"),
        (b'msgstr[x] "a"\n', ":1: cannot be read as a gettext catalog"),
    ],
)
def test_a_broken_catalog_is_told_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "sv" / "LC_MESSAGES" / "chat.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(CatalogError) as caught:
        Catalogs.load(tmp_path)
    assert str(caught.value).startswith(f"{path}{told}")
    assert "\n" not in str(caught.value)


# -- placeholders and plurals ------------------------------------------------------------------------------------------


def test_placeholders_are_filled_and_unknown_ones_stay(en: Words) -> None:
    assert en.gettext("{a} and {b}", a="1") == "1 and {b}"


def test_values_are_not_looked_into_again(en: Words) -> None:
    assert en.gettext("{a} {b}", a="{b}", b="{a}") == "{b} {a}"
    assert en.gettext("{a}", a="{0.__class__} %s %(a)s") == "{0.__class__} %s %(a)s"


def test_whole_numbers_are_written_as_the_language_does(en: Words, sv: Words) -> None:
    assert en.gettext("{n} kr", n=6500) == "6,500 kr"
    assert sv.gettext("{n} kr", n=6500) == "6\u00a0500 kr"


def test_personal_words_in_a_text_cannot_break_it(en: Words, ar: Words) -> None:
    assert en.gettext("Hello {name}!", name="A\x00\ud800مريم\u2069") == f"Hello {FSI}A\ufffd\ufffdمريم{PDI}!"
    assert ar.gettext("Hello {name}!", name="+46 8 123") == f"Hello {FSI}+46 8 123{PDI}!"


@pytest.mark.parametrize(("n", "told"), [(1, "1 день"), (3, "3 дні"), (5, "5 днів"), (11, "11 днів"), (21, "21 день")])
def test_a_number_takes_the_form_that_the_catalog_says(tmp_path: Path, n: int, told: str) -> None:
    forms = 'msgid "{n} day"\nmsgid_plural "{n} days"\n' + "".join(
        f'msgstr[{index}] "{{n}} {form}"\n' for index, form in enumerate(("день", "дні", "днів"))
    )
    write_catalog(tmp_path, "uk", "chat", forms, UK)
    assert load(tmp_path, "uk").ngettext("{n} day", "{n} days", n) == told


def test_without_a_translation_the_source_has_one_and_many(en: Words) -> None:
    told = [en.ngettext("{n} day of {all}", "{n} days of {all}", n, all=9) for n in (0, 1, 2)]
    assert told == ["0 days of 9", "1 day of 9", "2 days of 9"]


def test_a_header_that_promises_too_many_forms_stops_no_page(tmp_path: Path) -> None:
    forms = 'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dag"\nmsgstr[1] "{n} dagar"\n'
    write_catalog(tmp_path, "sv", "chat", forms, "nplurals=2; plural=(n > 4 ? 4 : n > 1);")
    assert load(tmp_path, "sv").ngettext("{n} day", "{n} days", 9) == "9 dagar"


# -- dates, numbers, names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "iso", "told"),
    [
        ("sv", "2019", "2019"),
        ("sv", "2019-03", "mars 2019"),
        ("sv", "2019-03-05", "5 mars 2019"),
        ("en", "2019-03", "March 2019"),
        ("en", "2019-03-05", "March 5, 2019"),
        ("ar", "2019-03", "مارس 2019"),
        ("ti", "2019-03", "መጋቢት 2019 (2019-03)"),
        ("en", "not a date\x07", "not a date\ufffd"),
        ("en", "2019-02-30", "2019-02-30"),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(bare: Catalogs, tag: str, iso: str, told: str) -> None:
    assert bare.words(tag).date(iso) == told


def test_a_date_in_figures_is_the_same_everywhere_and_stands_apart_from_right_to_left_words(
    en: Words, ar: Words
) -> None:
    assert en.numeric_date("2019-03-05") == "2019-03-05"
    assert ar.numeric_date("2019-03-05") == f"{FSI}2019-03-05{PDI}"


@pytest.mark.parametrize(("tag", "told"), [("sv", "5 mars 2026 15:03"), ("en", "March 5, 2026, 15:03")])
def test_a_moment_is_told_on_the_clock_of_sweden(bare: Catalogs, tag: str, told: str) -> None:
    assert bare.words(tag).datetime("2026-03-05T14:03:00Z") == told
    assert bare.words(tag).numeric_datetime("2026-07-05T14:03:00Z") == "2026-07-05 16:03"


def test_every_language_has_dates_numbers_lists_and_names(bare: Catalogs) -> None:
    for one in bare.languages:
        words = bare.words(one.tag)
        assert "2019" in words.date("2019-03-05")
        assert "2019" in words.date("2019-03")
        assert "14:03" in words.datetime("2026-03-05T14:03:00+01:00")
        assert [sign for sign in words.number(6500) if sign.isdigit()] == list("6500")
        assert all(one in words.list(["x", "y", "z"]) for one in "xyz")
        assert words.country("SY") != "SY"
        assert words.language_name("ar") != "ar"


def test_lists_are_phrases(sv: Words, en: Words) -> None:
    assert sv.list(["a", "b", "c"]) == "a, b och c"
    assert en.list(["a", "b"], either=True) == "a or b"
    assert en.list([]) == ""


def test_languages_have_the_names_that_interpreters_go_by(sv: Words, en: Words, ar: Words) -> None:
    told = {tag: (sv.language_name(tag), en.language_name(tag)) for tag in ("ckb", "ku", "ps", "fa-AF", "bs", "swl")}
    assert told == {
        "ckb": ("sorani (centralkurdiska)", "Kurdish (Sorani)"),
        "ku": ("kurmanji (nordkurdiska)", "Kurdish (Kurmanji)"),
        "ps": ("pashto", "Pashto"),
        "fa-AF": ("dari", "Dari"),
        "bs": ("bosniska/kroatiska/serbiska", "Bosnian/Croatian/Serbian"),
        "swl": ("svenskt teckenspråk", "Swedish Sign Language"),
    }
    assert ar.language_name("swl") == "Swedish Sign Language"
    assert ar.language_name("tlh-x") == "tlh-x"


def test_the_list_of_countries_is_that_of_today() -> None:
    codes = [choice.name for choice in named_lists()["countries"]]
    assert len(codes) == len(set(codes)) == 250
    assert {"SE", "SY", "SO", "AF", "IQ", "ER", "UA", "PS", "XK"} <= set(codes)
    assert not {"ZZ", "EU", "UN", "QO", "XA", "XB", "EZ", "SU", "YU", "001"} & set(codes)


def test_the_list_of_languages_has_a_swedish_and_an_english_name_for_each(sv: Words) -> None:
    choices = named_lists()["languages"]
    tags = [choice.name for choice in choices]
    assert 50 <= len(tags) == len(set(tags)) <= 75
    assert set(LANGUAGES) - {"sv-simple"} <= set(tags)
    assert [choice.name for choice in choices if choice.label == choice.name] == []
    assert [tag for tag in tags if sv.language_name(tag) == tag] == []


def test_swedish_letters_come_last_in_swedish_and_accents_do_not_count(sv: Words, en: Words) -> None:
    names = [("1", "Österrike"), ("2", "Zambia"), ("3", "Åland"), ("4", "Äthiopien"), ("5", "élan"), ("6", "Eritrea")]
    assert [label for _, label in sv.sort_choices(names)] == [
        "élan", "Eritrea", "Zambia", "Åland", "Äthiopien", "Österrike",
    ]  # fmt: skip
    assert [label for _, label in en.sort_choices(names)] == [
        "Åland", "Äthiopien", "élan", "Eritrea", "Österrike", "Zambia",
    ]  # fmt: skip


def test_directions_are_those_of_the_scripts() -> None:
    assert {tag for tag, one in LANGUAGES.items() if one.direction == "rtl"} == {"ar", "fa", "fa-AF", "ckb", "ps"}
    assert find("fa-AF") is LANGUAGES["fa-AF"]
    assert find("tlh") is None


def test_a_language_that_babel_does_not_know_borrows_dates_and_plural_rule() -> None:
    fit = language("fit", "Meänkieli", "meänkieli", cldr="fi")
    assert (fit.folder, fit.html, fit.direction) == ("fit", "fit", "ltr")
    words = Words(fit, {}, {}, {})
    assert words.date("2019-03-05") == "5. maaliskuuta 2019"
    assert fit.plural_forms == LANGUAGES["fi"].plural_forms


def test_the_page_is_checked_when_both_catalogs_of_the_applicant_are(tmp_path: Path) -> None:
    told = {"chat": "checked by a native speaker, 2027-01-31", "dialogs": DRAFTED}
    for _ in range(2):
        for domain, review in told.items():
            write_catalog(tmp_path, "pl", domain, "", f'nplurals=3; plural=0;\\n"\n"X-Review: {review}')
        checked = Catalogs.load(tmp_path).words("pl").checked
        assert checked is (told["dialogs"] != DRAFTED)
        told["dialogs"] = told["chat"]
