"""The first visit on a telephone that runs no script: Opera Mini, an old browser, a network that loses the script."""

from __future__ import annotations

from assistant.service import Service
from tests.browser.looking import focus, sideways
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.browser.tour import TALKATIVE, TYPES, parts

pytestmark = IN_CHROMIUM

CONTROLS = {"radio", "checkbox", "numeric", "textarea", "select", "month", "day"}


async def test_the_whole_first_visit_is_told_by_tapping_on_the_narrowest_telephone(
    phones: Phones, service: Service
) -> None:
    phone, met = await phones.new(width=320), set[str]()
    await phone.open("/")
    await phone.follow("/sv")
    await phone.press("begin")
    async for _ in phone.steps(TALKATIVE):
        met |= parts(phone.drawn)
        assert await sideways(phone.page) == [], phone.heading
    assert met >= TYPES | CONTROLS
    (case,) = await service.store.cases(status=["sent"])
    assert case.reference in phone.drawn.text
    assert phone.complaints == []
    assert {one.removeprefix(phone.base).partition("#")[0] for one in phone.asked} == {
        *("/", "/sv", "/sv/begin", "/chat", "/chat/code"),
    }


async def test_an_answer_can_be_taken_back_changed_kept_to_oneself_and_sent(phones: Phones, service: Service) -> None:
    phone = await phones.new()
    await phone.begin("sv")
    await phone.until("urgent_needs")
    await phone.back()
    assert phone.question and phone.question.of("field.called_name")[0].value == "Amal"
    await phone.answer({"called_name": "Selam"})
    assert phone.item == "urgent_needs" and "Selam" in phone.drawn.text
    await phone.decline("in_person")
    await phone.until("goals")
    await phone.decline("skip")
    await phone.press("finish")
    assert "submit" in phone.drawn.forms
    await phone.change("urgent_needs")
    await phone.answer()
    await phone.press("submit")
    (case,) = await service.store.cases(status=["sent"])
    assert case.reference in phone.drawn.text and phone.status == 200
    await phone.leave()
    assert phone.path == "/left"
    await phone.open("/chat")
    assert phone.path == "/"


async def test_the_language_changes_and_the_question_stays(phones: Phones) -> None:
    phone = await phones.new(locale="en")
    await phone.begin("en")
    await phone.until("urgent_needs")
    in_english, title = phone.heading, phone.title
    await phone.switch_language("sv")
    assert (phone.drawn.lang, phone.item) == ("sv", "urgent_needs")
    assert phone.heading != in_english
    await phone.switch_language("en")
    assert (phone.heading, phone.title) == (in_english, title)


async def test_the_code_opens_the_conversation_on_another_telephone(phones: Phones) -> None:
    phone, other = await phones.new(), await phones.new(width=320)
    await phone.begin("sv")
    await phone.answer({"protected_identity": "no"})
    assert phone.path == "/chat/code"
    code = await phone.page.inner_text(".code")
    await phone.until("background")
    await other.open("/sv/continue")
    await other.page.fill("#code", code.lower().replace(" ", "-"))
    await other.press("continue")
    assert other.item == "background"
    await other.answer()
    await phone.reload()
    assert (phone.item, phone.heading) == (other.item, other.heading)


async def test_what_is_wrong_is_told_first_and_what_was_written_is_kept(phones: Phones) -> None:
    phone = await phones.new()
    await phone.begin("sv")
    await phone.until("background")
    await phone.answer({"birth_year": {"year": "185"}})
    assert phone.status == 422 and phone.title.startswith("Fel:")
    assert (await focus(phone.page)).id == "problem"
    assert phone.question and phone.question.of("field.birth_year.year")[0].value == "185"
    await phone.answer()
    assert phone.item == "language_skills"


async def test_a_protected_address_ends_it_and_leaves_nothing(phones: Phones, service: Service) -> None:
    phone = await phones.new()
    await phone.begin("sv")
    await phone.answer({"protected_identity": "yes"})
    assert "112" in phone.drawn.text and not phone.question
    await phone.leave()
    assert phone.path == "/left"
    assert await service.store.cases() == ()
