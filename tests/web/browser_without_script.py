"""A browser that knows no script: it reads pages, fills in forms as they stand there, and posts them.

What a page does not offer cannot be sent by it, so a walk with it shows that the pages suffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.conftest import Client

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
Answers = Mapping[str, Any]
"""What to answer, by the name of a question or field: a text, a choice, a list of choices, ``{"year": …}`` for a date,
or ``("decline", kind)``. What is not named gets its first choice, or words that fit."""


@dataclass
class Control:
    """A field, choice or button of a form."""

    kind: str
    name: str
    value: str
    checked: bool = False
    options: list[str] = field(default_factory=list)
    inputmode: str = ""


@dataclass
class Form:
    """A form with its controls in order, the buttons that belong to it by their ``form`` attribute included."""

    id: str
    action: str
    method: str
    data: dict[str, str]
    controls: list[Control] = field(default_factory=list)

    def names(self) -> list[str]:
        """The names of the fields that a person fills in, in order."""
        kinds = ("hidden", "submit")
        return list(dict.fromkeys(one.name for one in self.controls if one.kind not in kinds and one.name))

    def of(self, name: str) -> list[Control]:
        return [one for one in self.controls if one.name == name and one.kind != "submit"]

    def buttons(self, name: str = "") -> list[Control]:
        return [one for one in self.controls if one.kind == "submit" and (not name or one.name == name)]

    def as_drawn(self) -> list[tuple[str, str]]:
        """What would be sent if nobody touched it."""
        pairs = []
        for one in self.controls:
            if one.kind == "submit" or (one.kind in ("radio", "checkbox") and not one.checked):
                continue
            if one.name:
                pairs.append((one.name, one.value))
        return pairs


class Page(HTMLParser):
    """A page as it was answered: status, title, forms by id, links, and the words on it."""

    def __init__(self, status: int, url: str, html: str) -> None:
        super().__init__()
        self.status, self.url, self.html = status, url, html
        self.lang = self.dir = self.title = self.heading = self.text = ""
        self.forms: dict[str, Form] = {}
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._far: list[tuple[str, Control]] = []
        self.feed(html)
        self.close()
        for form, control in self._far:
            self.forms[form].controls.append(control)
        # A form that nothing on the page can send is not there for anybody.
        self.forms = {id: form for id, form in self.forms.items() if any(one.kind != "hidden" for one in form.controls)}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if "id" in at:
            self.ids.append(at["id"])
        match tag:
            case "html":
                self.lang, self.dir = at["lang"], at["dir"]
            case "form":
                data = {name: value for name, value in at.items() if name.startswith("data-")}
                self._form = Form(at.get("id", ""), at.get("action", ""), at.get("method", "get"), data)
                self.forms[self._form.id] = self._form
            case "input":
                kind = at.get("type", "text")
                control = Control(kind, at.get("name", ""), at.get("value", ""), "checked" in at)
                control.inputmode = at.get("inputmode", "")
                if kind in ("radio", "checkbox") and "value" not in at:
                    control.value = "on"
                self._add(control, at)
            case "button":
                self._add(Control("submit", at.get("name", ""), at.get("value", "")), at)
            case "select":
                self._add(Control("select", at.get("name", ""), ""), at)
            case "textarea":
                self._add(Control("textarea", at.get("name", ""), ""), at)
            case "option" if self._form and self._form.controls:
                self._form.controls[-1].options.append(at.get("value", ""))
                if "selected" in at:
                    self._form.controls[-1].value = at.get("value", "")
            case "a" if "href" in at:
                self.links[at["href"]] = ""
        if tag not in VOID:
            self._open.append((tag, at))

    def _add(self, control: Control, at: dict[str, str]) -> None:
        if "hidden" in at or any("hidden" in around for _, around in self._open):
            return
        if "form" in at:
            self._far.append((at["form"], control))
        elif self._form is not None:
            self._form.controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open and self._open[-1][0] == tag, f"{tag} closes {self._open[-1:]}"
        self._open.pop()
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "style" in tags or not tags:
            return
        if tags[-1] == "title":
            self.title += data
            return
        if tags[-1] == "textarea" and self._form:
            # The first line end behind the tag is no part of what stands in it.
            self._form.controls[-1].value += data.removeprefix("\n")
        if "h1" in tags:
            self.heading += data
        hrefs = [at["href"] for tag, at in self._open if tag == "a" and "href" in at]
        if hrefs:
            self.links[hrefs[-1]] += data.strip()
        self.text += data

    def is_done(self) -> bool:
        """Whether nothing is asked on this page or behind it."""
        asking = {"reply", "enough", "confirm", "submit", "open", "new_code"}
        return not asking & set(self.forms) and "/chat#q" not in self.links


class Browser:
    """A person's browser: one page at a time, with the client's cookies."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page = Page(0, "", "")
        self.visited: list[str] = []

    async def open(self, path: str, **headers: str) -> Page:
        """Go to an address."""
        return await self._read(await self.client.get(path, headers=headers))

    async def _read(self, response: Any) -> Page:
        self.page = Page(response.status, str(response.url.relative()), await response.text())
        self.visited.append(self.page.title)
        return self.page

    async def send(self, form: str, *, button: Control | None = None, **fields: Any) -> Page:
        """Post a form of this page: as it is drawn, but for ``fields`` (with ``_`` for the dot in a name as ``__``)."""
        return await self.post(form, {name.replace("__", "."): value for name, value in fields.items()}, button)

    async def post(self, form_id: str, fields: Mapping[str, Any], button: Control | None = None) -> Page:
        """Post a form of this page with these values in place of what is drawn; the button that was pressed, if any."""
        form = self.page.forms[form_id]
        pairs = [(name, value) for name, value in form.as_drawn() if name not in fields]
        for name, value in fields.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        if button is not None and button.name:
            pairs.append((button.name, button.value))
        assert form.method == "post"
        return await self._read(await self.client.post(form.action, data=pairs))

    async def press(self, form_id: str, value: str = "") -> Page:
        """Press the form's button with this value (its first one, if no value is given)."""
        buttons = self.page.forms[form_id].buttons()
        return await self.post(form_id, {}, next(one for one in buttons if not value or one.value == value))

    async def begin(self, locale: str = "sv") -> Page:
        """Start a conversation."""
        await self.open(f"/{locale}")
        return await self.press("begin")

    async def reply(self, answers: Answers | None = None) -> Page:
        """Answer the question on this page."""
        form = self.page.forms["reply"]
        wanted = (answers or {}).get(form.data["data-item"])
        if isinstance(wanted, tuple):
            return await self.press("reply", wanted[1])
        return await self.post("reply", filled(form, answers or {}), form.buttons()[0])

    async def step(self, answers: Answers | None = None) -> Page:
        """Do what the page asks for, whatever that is."""
        forms = self.page.forms
        if "reply" in forms:
            return await self.reply(answers)
        if "enough" in forms:
            return await self.press("more" if (answers or {}).get("more") else "enough")
        if "confirm" in forms:
            return await self.press("confirm")
        if "submit" in forms:
            return await self.press("submit")
        if "open" in forms:
            return await self.press("open", (answers or {}).get("open", "no"))
        assert "/chat#q" in self.page.links, self.page.text
        return await self.open("/chat")

    async def walk(self, answers: Answers | None = None, *, until: str = "done", most: int = 150) -> Page:
        """Go on until a form of this id is on the page, or (``done``) until nothing is asked any more."""
        for _ in range(most):
            if until in self.page.forms or (until == "done" and self.is_done()):
                return self.page
            await self.step(answers)
            assert self.page.status == 200, f"{self.page.status}: {self.page.text}"
        raise AssertionError(f"no end: {self.page.heading}")

    def is_done(self) -> bool:
        """Whether the conversation is sent."""
        return self.page.is_done()


def filled(form: Form, answers: Answers) -> dict[str, Any]:
    """What a person puts into the form of a question, by the names of its fields."""
    item = form.data["data-item"]
    fields: dict[str, Any] = {}
    for name in form.names():
        own = name.removeprefix("field.").partition(".")
        key = item if own[0] == "value" else own[0]
        if name == "say" and name not in answers:
            continue
        if name.startswith("decline."):
            _decline(fields, form, name, answers)
        elif not isinstance(answers.get(key), tuple):
            fields[name] = _value(form, name, answers.get(key), own[2])
    return fields


def _decline(fields: dict[str, Any], form: Form, name: str, answers: Answers) -> None:
    wanted = answers.get(name.removeprefix("decline."))
    fields[name] = [wanted[1]] if isinstance(wanted, tuple) else []


def _value(form: Form, name: str, wanted: Any, part: str) -> Any:
    controls = form.of(name)
    first = controls[0]
    if part and isinstance(wanted, Mapping):
        return str(wanted.get(part, ""))
    if wanted is not None and not (part and part != "year"):
        return wanted
    match first.kind:
        case "radio" | "checkbox":
            chosen = [one.value for one in controls if one.checked] or [first.value]
            return chosen[:1] if first.kind == "radio" else chosen
        case "select":
            return first.value or next((option for option in first.options if option), "")
    if part:
        return first.value or {"year": "2019", "day": "5"}[part]
    return first.value or ("1" if first.inputmode == "numeric" else "Några ord")
