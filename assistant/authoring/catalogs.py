"""The catalogs in the making: which texts there are, the files that translators work in, and what is wrong in them.

Everything here works on a checkout (``root`` holds ``assistant``, ``dialogs``, ``locales`` and ``web``); nothing of it
is needed to run the program. Files are written so that the same texts always give the same bytes.
"""

from __future__ import annotations

import copy
import difflib
import gettext
import re
import unicodedata
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

from assistant.authoring.loading import name_of
from assistant.authoring.problems import Problem, in_order, shown
from assistant.languages import LANGUAGES, Language
from assistant.placeholders import names, parts
from assistant.texts import CHECKED, DOMAINS, DRAFTED, SOURCE, CatalogError, header_of, read_catalog

Templates: TypeAlias = Mapping[str, Catalog]
"""All texts of each domain as they are written now, as Babel catalogs without translations."""

DESK_LANGUAGES: Final = frozenset({"sv"})
"""The languages besides the source that the caseworkers' domain is translated to."""

_PLACES: Final = ("assistant", "dialogs", "web")
_TRANSLATORS: Final = ("Translators:",)
_WIDTH: Final = 110
_SENTENCES: Final = ("summary", "missing", "reply")
_UPDATE: Final = "run `klarbild texts update`"
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKUP: Final = re.compile(r"<|&(?:#?\w+);")
_ADDRESS: Final = re.compile(r"\w+://\S+|\bwww\.\S+|\S+@(?!example\.)\S+\.\w+|\b(?:javascript|data|mailto|tel):\S+")
_NUMBER: Final = re.compile(r"\d(?:\d|[.,٬-]\d|\s(?=\d\d)\d)*")
_NEVER_SEEN: Final = frozenset("\u00ad\u200b\u2060\ufeff")
_ROOM: Final = 40
_ALIKE: Final = 0.7
_PLACED: Final = re.compile(r"\{\w+\}")


class Coverage(NamedTuple):
    """How much of a domain is translated to a language. ``open`` are the places (``file:line``) and texts that are not:
    ``fuzzy`` of them are drafts, which are not used. ``same`` is how many translations are the source again: names of
    Swedish offices, mostly. ``review`` is what the catalog says of its second reading."""

    language: Language
    domain: str
    texts: int
    fuzzy: int
    same: int
    open: tuple[tuple[str, str], ...]
    review: str

    @property
    def translated(self) -> int:
        """How many texts have words that are used."""
        return self.texts - len(self.open)


def extract(root: Path, domain: str) -> Catalog:
    """Every text of a domain, by ``locales/<domain>.cfg``. Raises ValueError for a dialog that cannot be read."""
    root = root.absolute()
    mapping = root / "locales" / f"{domain}.cfg"
    with mapping.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, mapping.name)  # type: ignore[no-untyped-call]
    catalog = Catalog(domain=domain)
    found = extract_from_dir(
        str(root),
        methods,
        options,
        keywords=DEFAULT_KEYWORDS,
        comment_tags=_TRANSLATORS,
        directory_filter=lambda folder: _is_searched(Path(folder).relative_to(root)),
    )
    # A folder's files come in the order of the disk, and the first place of a text decides where it is written.
    for file_name, line, texts, comments, context in sorted(found, key=lambda one: one[:2]):
        catalog.add(texts, None, [(file_name, line)], auto_comments=comments, context=context)
    return catalog


def _is_searched(folder: Path) -> bool:
    return folder.parts[0] in _PLACES and not folder.name.startswith((".", "_"))


def extract_all(root: Path) -> Templates:
    """The texts of all domains."""
    return {domain: extract(root, domain) for domain in DOMAINS}


def domains_of(language: Language) -> tuple[str, ...]:
    """The domains that a language is translated in."""
    return tuple(domain for domain in DOMAINS if domain != "desk" or language.tag in DESK_LANGUAGES)


def offered(locales: Path) -> Iterator[Language]:
    """The languages that have a folder, without the source."""
    for tag, language in LANGUAGES.items():
        if tag != SOURCE and (locales / language.folder).is_dir():
            yield language


def path_of(locales: Path, language: Language, domain: str) -> Path:
    """Where a catalog stands."""
    return locales / language.folder / "LC_MESSAGES" / f"{domain}.po"


def update(root: Path, templates: Templates | None = None) -> list[Path]:
    """Bring every catalog up to date with the texts as they are now, and give back the files that changed.

    New texts are added empty. Where only the words of a text changed (its context is the same, or what stands there now
    is nearly the same), the translation stays as a draft, marked fuzzy, with the old words beside it; every other entry
    keeps its bytes. Translations that are not needed any more are kept at the end.
    """
    templates = templates or extract_all(root)
    locales = root / "locales"
    changed: list[Path] = []
    for language in offered(locales):
        for domain in domains_of(language):
            path = path_of(locales, language, domain)
            catalog = read_catalog(path, language) if path.exists() else Catalog(locale=language.cldr, domain=domain)
            # Babel takes the template's own entries over, and a draft written into one would go to the next language.
            catalog.update(copy.deepcopy(templates[domain]), no_fuzzy_matching=True, update_creation_date=False)
            _keep_drafts(catalog)
            review = review_of(path)
            content = written(catalog, language, domain, review or DRAFTED)
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                changed.append(path)
    return changed


def _keep_drafts(catalog: Catalog) -> None:
    """Give a text whose words changed the translation of what stood in its place, as a draft."""
    gone = {key: message for key, message in catalog.obsolete.items() if any(_forms(message))}
    by_context = {message.context: key for key, message in gone.items() if message.context}
    for message in catalog:
        if not message.id or any(_forms(message)):
            continue
        key = by_context.get(message.context) if message.context else _nearest(message, gone)
        if key is None or key not in gone or isinstance(message.id, str) is not isinstance(gone[key].id, str):
            continue
        old = gone.pop(key)
        catalog.obsolete.pop(key)
        message.string = old.string
        message.previous_id = [old.id] if isinstance(old.id, str) else list(old.id)
        message.flags.add("fuzzy")


def _nearest(message: Message, gone: Mapping[Any, Message]) -> Any:
    """The key of the text without a context that was written most like this one, None if none is like it."""
    texts = {_source(one): key for key, one in gone.items() if not one.context}
    found = difflib.get_close_matches(_source(message), texts, n=1, cutoff=_ALIKE)
    return texts[found[0]] if found else None


def written(catalog: Catalog, language: Language, domain: str, review: str) -> bytes:
    """A catalog as the bytes of its file: by source file, without line numbers, dates or names of tools."""
    header = (
        f"# Klarbild, {domain}: {language.swedish}\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {language.cldr}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {language.plural_forms}\\n"\n'
        f'"X-Review: {review}\\n"\n\n'
    )
    body = BytesIO()
    write_po(
        body, catalog, width=_WIDTH, omit_header=True, sort_by_file=True, include_lineno=False, include_previous=True
    )
    return header.encode("utf-8") + body.getvalue().rstrip(b"\n") + b"\n"


def report(root: Path, templates: Templates | None = None) -> list[Coverage]:
    """How far each language that is offered has come."""
    templates = templates or extract_all(root)
    counts = {domain: sum(1 for one in template if one.id) for domain, template in templates.items()}
    found = [Coverage(LANGUAGES[SOURCE], domain, counts[domain], 0, 0, (), "the source") for domain in DOMAINS]
    for language in offered(root / "locales"):
        for domain in domains_of(language):
            path = path_of(root / "locales", language, domain)
            catalog = read_catalog(path, language) if path.exists() else Catalog()
            review = review_of(path)
            wanted = [one for one in templates[domain] if one.id]
            texts = [(one, catalog.get(_source(one), one.context)) for one in wanted]
            fuzzy = sum(1 for _, one in texts if one is not None and one.fuzzy)
            same = sum(1 for source, one in texts if one is not None and one.string == source.id)
            open_ = tuple(
                (f"{name_of(path)}:{(one and one.lineno) or 1}", _called(source))
                for source, one in texts
                if one is None or one.fuzzy or not is_translated(one)
            )
            found.append(Coverage(language, domain, len(texts), fuzzy, same, open_, review))
    return found


def review_of(path: Path) -> str:
    """What a catalog says of its second reading; empty if it says nothing or is not there."""
    return header_of(path.read_bytes()).get("x-review", "") if path.exists() else ""


def is_translated(message: Message) -> bool:
    """Whether every form of a text has words."""
    forms = _forms(message)
    return bool(forms) and all(forms)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


# -- checking ----------------------------------------------------------------------------------------------------------


def check_catalogs(locales: Path, templates: Templates) -> list[Problem]:
    """Every problem of the catalogs under ``locales``, held against the texts as they are written now."""
    problems = list(_unknown_folders(locales))
    for language in offered(locales):
        for domain in domains_of(language):
            problems += _check_file(path_of(locales, language, domain), language, templates[domain])
    return in_order(problems)


def _unknown_folders(locales: Path) -> Iterator[Problem]:
    known = {language.folder for language in LANGUAGES.values()}
    for folder in sorted(locales.iterdir()) if locales.is_dir() else ():
        if folder.is_dir() and folder.name not in known:
            remedy = f"name it like a language that is known: {', '.join(sorted(known))}"
            yield Problem(name_of(folder), 1, 1, "there is no language with this folder", remedy)


def _check_file(path: Path, language: Language, template: Catalog) -> Iterator[Problem]:
    file = name_of(path)
    if not path.exists():
        yield Problem(file, 1, 1, "this catalog is missing", _UPDATE)
        return
    try:
        catalog = read_catalog(path, language)
    except CatalogError as error:
        line, _, message = str(error).removeprefix(f"{path}:").partition(": ")
        yield Problem(file, int(line) if line.isdigit() else 1, 1, message, "mend the file by hand")
        return
    yield from (Problem(file, 1, 1, *one) for one in _check_header(path.read_bytes(), language))
    yield from (Problem(file, 1, 1, *one) for one in _check_plurals(catalog, language))
    for wanted in template:
        if not wanted.id:
            continue
        found = catalog.get(_source(wanted), wanted.context)
        if found is None:
            yield Problem(file, 1, 1, f"{_called(wanted)} is missing", _UPDATE)
        else:
            yield from (Problem(file, found.lineno or 1, 1, *one) for one in _check_message(wanted, found))


def _check_header(content: bytes, language: Language) -> Iterator[tuple[str, str]]:
    header = header_of(content)
    review = header.get("x-review", "")
    if review != DRAFTED and not CHECKED.fullmatch(review):
        yield f"X-Review says “{shown(review)}”", f"write “{DRAFTED}” or “checked by a native speaker, 2027-01-31”"
    if header.get("language") != language.cldr:
        yield "Language is not that of the folder", f"write {language.cldr}"


def _check_plurals(catalog: Catalog, language: Language) -> Iterator[tuple[str, str]]:
    write = f"write {language.plural_forms}"
    needed = int(language.plural_forms.partition("=")[2].partition(";")[0])
    if catalog.num_plurals != needed:
        yield f"Plural-Forms says {catalog.num_plurals} forms, the language has {needed}", write
    try:
        rule = gettext.c2py(catalog.plural_expr)
    except ValueError:
        yield "Plural-Forms is no rule that can be read", write
        return
    if any(not 0 <= rule(n) < catalog.num_plurals for n in range(200)):
        yield "Plural-Forms gives a form that is not there", write


def _check_message(wanted: Message, found: Message) -> Iterator[tuple[str, str]]:
    called = _called(wanted)
    if found.fuzzy:
        yield f"{called} is a draft (fuzzy)", "look it over, then take the word fuzzy away"
    if isinstance(wanted.id, str) is not isinstance(found.id, str):
        yield f"{called} has no plural here, or one too many", _UPDATE
        return
    if not is_translated(found):
        yield f"{called} is not translated", "write the translation"
        return
    for form in _forms(found):
        yield from ((f"{called}: {wrong}", remedy) for wrong, remedy in _check_form(wanted, form))


def _check_form(wanted: Message, form: str) -> Iterator[tuple[str, str]]:
    source = wanted.id if isinstance(wanted.id, str) else wanted.id[-1]
    needed, there = names(source), names(form)
    # A form for one or two says the number in words.
    optional = frozenset() if isinstance(wanted.id, str) else frozenset({"n"})
    if there - needed:
        yield f"{_braced(there - needed)} is not in the source", "use the source's placeholders, letter by letter"
    if needed - there - optional:
        yield f"{_braced(needed - there - optional)} is missing", "use every placeholder of the source"
    if "{" in (rest := _PLACED.sub("", form)) or "}" in rest:
        yield "there is a brace that belongs to no placeholder", "write placeholders as {name}, without spaces"
    if (wanted.context or "").rpartition(".")[2] in _SENTENCES and _bracketed(source) != _bracketed(form):
        yield "the parts in [ ] are not those of the source", "keep each [ ] with the same placeholders in it"
    yield from _check_signs(source, form)


def _check_signs(source: str, form: str) -> Iterator[tuple[str, str]]:
    if len(form) > 3 * len(source) + _ROOM:
        # Nothing else is looked for: the rest would take its time on a text without an end.
        yield "it is far longer than the source", "say no more than the source does"
        return
    if _MARKUP.search(form):
        yield "there is markup in it", "write plain text: & and < are no commands here"
    if (form != form.lstrip()) != (source != source.lstrip()) or (form != form.rstrip()) != (source != source.rstrip()):
        yield "it does not begin or end with a space as the source does", "begin and end it as the source"
    if strange := set(_ADDRESS.findall(form.lower())) - set(_ADDRESS.findall(source.lower())):
        yield f"there is an address in it: {shown(min(strange))}", "name no address that the source does not name"
    for there, here, wrong in ((source, form, "is missing"), (form, source, "is not in the source")):
        if strange := _numbers(there) - _numbers(here):
            yield f"the number {min(strange)} {wrong}", "keep each number: those that people call, years and laws"
    for sign in sorted(set(form) - set(source)):
        if sign in _BIDI_CONTROLS or sign in _NEVER_SEEN:
            kind = "a bidi control" if sign in _BIDI_CONTROLS else "a sign that nobody sees"
            yield f"there is {kind}, U+{ord(sign):04X}", "take it away: directions are set where it is shown"
        elif unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp"):
            yield f"there is a control character, U+{ord(sign):04X}", "take it away"


def _numbers(text: str) -> set[str]:
    """The numbers of three digits or more, in whatever digits; spaces within them say nothing."""
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return {number for one in _NUMBER.findall(plain) if len(number := re.sub(r"\D", "", one)) >= 3}


def _bracketed(template: str) -> tuple[object, ...]:
    """What the optional parts of a sentence hold, in any order, and whether there are brackets left over."""
    optional = sorted(tuple(sorted(part.names)) for part in parts(template) if part.optional)
    return template.count("["), template.count("]"), optional


def _braced(placeholders: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders))


def _called(message: Message) -> str:
    words = f"“{shown(_source(message))}”"
    return f"{message.context} {words}" if message.context else words
