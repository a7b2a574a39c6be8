"""The first visit with the keyboard alone: few keys to the first answer, and the focus always to be seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from assistant.player import play
from assistant.service import Service
from tests.browser.looking import Focus, focus
from tests.browser.phone import IN_CHROMIUM, Phone, Phones
from tests.conftest import Client
from tests.web.browser_without_script import Form, filled
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import log_in
from tests.web.visits import PERSON

pytestmark = IN_CHROMIUM

MOST_TABS = 4
"""From a loaded page to its first answer."""


class Keyboard:
    """Hands that touch nothing but keys. ``tabs`` is how often Tab was pressed on the way to where they are."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.keys = phone, phone.page.keyboard
        self.tabs = 0

    async def tab_to(self, wanted: Callable[[Focus], bool]) -> Focus:
        """Press Tab until the focus is there. On the way it is always drawn, in sight, and under nothing."""
        self.tabs, met = 0, []
        while self.tabs < 80:
            await self.keys.press("Tab")
            self.tabs += 1
            held = await focus(self.phone.page)
            met.append(held.says)
            assert held.ring, f"no ring round {held.says}"
            assert held.clear, f"{held.says} is covered or out of sight"
            if wanted(held):
                return held
        raise AssertionError(f"Tab does not come to it, only to {met}")

    async def tab_on(self, wanted: Callable[[Focus], bool]) -> Focus:
        """Stay if the focus is there already, else press Tab until it is."""
        held = await focus(self.phone.page)
        return held if wanted(held) else await self.tab_to(wanted)

    async def enter(self) -> None:
        """Press Enter where it leads on."""
        async with self.phone.turning():
            await self.keys.press("Enter")

    async def answer(self, form: Form) -> int:
        """Answer a question; how many tabs it took to come to the first thing that can be answered."""
        await self.tab_to(lambda held: held.name in form.names())
        first = self.tabs
        for name, value in filled(form, PERSON).items():
            kind = form.of(name)[0].kind
            for one in value if isinstance(value, list) else [value]:
                if kind == "checkbox":
                    await self.tab_on(partial(_is, name, one))
                    await self.keys.press("Space")
                else:
                    await self.tab_on(partial(_is, name, None))
                    await self._give(kind, one)
        await self.tab_to(lambda held: held.kind == "button" and held.form == "reply")
        await self.enter()
        return first

    async def _give(self, kind: str, value: str) -> None:
        """Give the control that has the focus a value."""
        if kind not in ("radio", "select"):
            await self.keys.press("Control+A")
            await self.keys.type(value)
            return
        if kind == "radio":
            await self.keys.press("Space")
        while (held := await focus(self.phone.page)).value != value:
            await self.keys.press("ArrowDown")
            assert (await focus(self.phone.page)).value != held.value, f"{held.says} does not change"

    async def step(self) -> int:
        """Do what the page asks for; how many tabs it took to come to the first answer, if there is one to choose."""
        forms = self.phone.drawn.forms
        if "reply" in forms:
            return await self.answer(forms["reply"])
        form = next((name for name in ("enough", "submit", "open") if name in forms), "")
        if not form:
            await self.tab_to(lambda held: held.href == "/chat#q")
        else:
            await self.tab_to(lambda held: held.kind == "button" and held.form == form and held.value != "yes")
        first = self.tabs if form in ("enough", "open") else 0
        await self.enter()
        return first


def _is(name: str, value: str | None, held: Focus) -> bool:
    return held.name == name and value in (None, held.value)


async def test_the_whole_first_visit_is_told_with_the_keyboard_alone(phones: Phones, service: Service) -> None:
    phone, most = await phones.new(mouse=True), 0
    hands = Keyboard(phone)
    await phone.open("/sv")
    await hands.tab_to(lambda held: held.form == "begin")
    await hands.enter()
    while not phone.drawn.is_done():
        most = max(most, await hands.step())
        assert phone.status == 200, phone.drawn.text
    assert most <= MOST_TABS
    (case,) = await service.store.cases(status=["sent"])
    assert case.reference in phone.drawn.text


async def test_a_mistake_takes_the_focus_and_leads_to_its_field(phones: Phones) -> None:
    phone = await phones.new(mouse=True)
    await phone.begin("sv")
    hands = Keyboard(phone)
    await hands.tab_to(lambda held: held.kind == "button" and held.form == "reply")
    await hands.enter()
    assert phone.status == 422
    assert (await focus(phone.page)).id == "problem"
    await hands.tab_to(lambda held: held.href == "#value")
    await phone.page.keyboard.press("Enter")
    await phone.page.keyboard.press("Space")
    assert (await focus(phone.page)).name == "value"
    await hands.tab_to(lambda held: held.kind == "button" and held.form == "reply")
    await hands.enter()
    assert phone.path == "/chat/code"


async def test_a_line_of_the_summary_leads_to_its_answer_and_back(
    phones: Phones, client: Client, service: Service
) -> None:
    talk = (await play(service, SELAM, "ar")).talk
    await log_in(client, service)
    computer = await phones.new(width=1280, height=700, mouse=True)
    await computer.borrow(client)
    await computer.open(f"/desk/cases/{talk.case}/summary")
    hands = Keyboard(computer)
    await hands.tab_to(lambda held: held.href == "sources#a-housing_type")
    await hands.enter()
    assert computer.path == f"/desk/cases/{talk.case}/sources"
    shown = "() => document.querySelector(':target')?.getBoundingClientRect().top ?? -1"
    assert 0 <= await computer.page.evaluate(shown) < 700
    assert await computer.page.evaluate("document.querySelector(':target').id") == "a-housing_type"
    await hands.tab_on(lambda held: held.href.endswith("/summary"))


async def test_the_first_tab_leads_out_and_the_second_past_the_header(phones: Phones) -> None:
    phone = await phones.new(mouse=True)
    await phone.begin("sv")
    await phone.open("/chat")
    hands = Keyboard(phone)
    assert "Lämna sidan" in (await hands.tab_to(lambda held: True)).says
    await hands.tab_to(lambda held: held.href == "#main")
    assert hands.tabs == 1
    await phone.page.keyboard.press("Enter")
    await hands.tab_to(lambda held: held.name == "value")
    assert hands.tabs == 1
