"""The first visit with the script: no new page for an answer, and a screen reader is led to each new question."""

from __future__ import annotations

import pytest

from assistant.service import Service
from tests.browser.looking import focus
from tests.browser.phone import IN_CHROMIUM, Phones

pytestmark = IN_CHROMIUM


@pytest.mark.parametrize(("locale", "direction"), [("sv", "ltr"), ("ar", "rtl")])
async def test_every_turn_of_a_whole_visit_takes_the_focus_the_title_and_the_status(
    phones: Phones, service: Service, locale: str, direction: str
) -> None:
    phone = await phones.new(script=True, locale=locale)
    await phone.begin(locale)
    await phone.page.evaluate("window.still = 'the same page'")
    saved, asked = service.words(locale).gettext("Saved."), [phone.item]
    async for item in phone.steps():
        if item == asked[0]:
            continue
        asked.append(item)
        held = await focus(phone.page)
        assert (held.tag, held.id) == ("h1", "q"), phone.heading
        turn = phone.page.locator("#turn")
        assert await turn.get_attribute("dir") == direction
        assert phone.title == await turn.get_attribute("data-title")
        # What was only fetched, as the turn after the code, was saved before.
        told = await phone.page.inner_text("#status")
        assert told == ("" if item == "you" else saved), item
    assert await phone.page.evaluate("window.still") == "the same page"
    assert len(set(asked)) > 30
    assert len(await service.store.cases(status=["sent"])) == 1
    assert phone.complaints == []


async def test_a_mistake_takes_the_focus_and_keeps_the_words(phones: Phones) -> None:
    phone = await phones.new(script=True)
    await phone.begin("sv")
    await phone.until("background")
    await phone.answer({"birth_year": {"year": "185"}})
    assert phone.status == 422 and phone.title.startswith("Fel:")
    assert (await focus(phone.page)).id == "problem"
    assert await phone.page.inner_text("#status") == ""
    assert phone.question and phone.question.of("field.birth_year.year")[0].value == "185"
    await phone.answer()
    assert (await focus(phone.page)).id == "q" and phone.item == "language_skills"


async def test_back_change_and_language_work_as_without_script(phones: Phones) -> None:
    phone = await phones.new(script=True)
    await phone.begin("sv")
    await phone.until("urgent_needs")
    await phone.back()
    assert phone.question and phone.question.of("field.called_name")[0].value == "Amal"
    await phone.answer()
    await phone.switch_language("en")
    assert (phone.drawn.lang, phone.item) == ("en", "urgent_needs")
    await phone.until("goals")
    await phone.decline("skip")
    await phone.press("finish")
    assert "submit" in phone.drawn.forms
    await phone.change("urgent_needs")
    assert phone.item == "urgent_needs"
    await phone.leave()
    assert phone.path == "/left"
