"""A tour of everything an applicant can meet: each kind of page in each of its states, one after another.

What lies between two of them is walked by a quick client without any browser, in the same conversation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from assistant.service import Service
from assistant.store import codes
from tests.browser.phone import Phone
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Form, Page
from tests.web.visits import PERSON

TALKATIVE = PERSON | {
    "open": "yes",
    "sfi_status": "now",
    "work_now": ["part"],
    "work_ability": "not_now",
    "sick_listed": "yes",
    "urgent_needs": ["food"],
    "contact_way": ["call", "email"],
}
"""Somebody to whom much applies, so that every kind of question comes."""

TYPES = {"select_one", "select_multiple", "integer", "text", "group"}
"""The types of questions that there are."""


async def entrance(phone: Phone, locale: str) -> AsyncIterator[str]:
    """The pages before a conversation."""
    await phone.open("/")
    yield "languages"
    for name in ("", "privacy", "accessibility", "continue", "apply-now"):
        await phone.open(f"/{locale}/{name}".rstrip("/"))
        yield name or "about"
    await phone.press("urgent")
    yield "apply-now, problem"
    await phone.page.fill("#phone", "070 123 45 67")
    await phone.press("urgent")
    yield "message sent"
    await phone.open(f"/{locale}/continue")
    await phone.page.fill("#code", "wrong")
    await phone.press("continue")
    yield "continue, problem"
    await phone.open(f"/{locale}/nothing")
    yield "error 404"


async def paper(phone: Phone, locale: str) -> AsyncIterator[str]:
    """All questions on one long page, to be printed."""
    await phone.open(f"/{locale}/questions")
    yield "questions"


async def gate(phone: Phone, locale: str) -> AsyncIterator[str]:
    """What is asked before anything is kept, and the page that ends there."""
    await phone.begin(locale)
    yield "gate"
    await phone.proceed()
    yield "gate, problem"
    await phone.answer({"protected_identity": "yes"})
    yield "stop"


async def conversation(
    phone: Phone, client: Client, service: Service, locale: str, *, briefly: bool = False
) -> AsyncIterator[str]:
    """A whole conversation: the code, each kind of question with everything unfolded, mistakes, the overview, the end.
    ``briefly``: it is finished early, and nothing is wrong."""
    await phone.begin(locale)
    await phone.answer({"protected_identity": "no"})
    yield "code"
    await _unfold(phone)
    yield "code, unfolded"
    link = await phone.page.get_attribute("a[href*='/t/']", "href") or ""
    await phone.open(link.removeprefix(phone.base))
    yield "ticket"
    await phone.press("ticket")
    await phone.open(link.removeprefix(phone.base))
    yield "ticket, used"
    service._cache.clear()
    await phone.open("/chat/code")
    yield "code, not known any more"
    quick = Browser(client)
    await phone.lend(client)
    await quick.open("/chat")
    met: set[str] = set()
    while "submit" not in quick.page.forms:
        new = parts(quick.page) - met
        met |= new
        if new:
            await phone.open("/chat")
            await _unfold(phone)
            yield phone.item or phone.heading
        if new & TYPES and not briefly:
            await phone.proceed()
            if phone.status == 422:
                yield f"{phone.item}, problem"
            await quick.open("/chat")
        elif briefly and "select" in met:
            await quick.press("finish")
        else:
            await quick.step(TALKATIVE)
    await phone.open("/chat")
    yield "overview"
    await phone.open("/chat/answers")
    yield "answers"
    await phone.open(f"/{locale}/apply-now")
    await phone.page.fill("#phone", "070 123 45 67")
    await phone.press("urgent")
    yield "message sent within a conversation"
    await phone.open("/chat")
    await phone.press("submit")
    yield "done"
    await phone.open("/chat/answers")
    yield "answers, sent"
    await phone.leave()
    yield "left"


async def _unfold(phone: Phone) -> None:
    """Open whatever is folded but the menu, which lies over what stands under it."""
    await phone.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


def parts(page: Page) -> set[str]:
    """What a page is made of: its step, the type of its question, the kinds of controls to answer with."""
    form: Form | None = page.forms.get("reply")
    if form is None:
        return {"enough", "open", "confirm", "new_code"} & set(page.forms)
    kinds = {one.inputmode or one.kind for one in form.controls if one.kind not in ("hidden", "submit")}
    boxes = {one.name.rpartition(".")[2] for one in form.controls if one.name.endswith((".month", ".day"))}
    return {form.data["data-type"]} | kinds | boxes


async def accidents(phone: Phone, client: Client, locale: str) -> AsyncIterator[str]:
    """What comes when a page is not valid any more."""
    await phone.begin(locale)
    await phone.answer({"protected_identity": "no"})
    await phone.lend(client)
    quick = Browser(client)
    await quick.open("/chat")
    await phone.open("/chat")
    await quick.step(PERSON)
    await phone.answer({"called_name": "Somebody else"})
    assert phone.status == 409
    yield "somebody was faster"
    await phone.open("/chat/language")
    yield "the languages"
    await phone.open(f"/{locale}/privacy")
    await phone.tap("details.menu summary")
    yield "the menu of languages"
    await phone.open("/chat")
    await phone.page.evaluate("document.querySelector('#reply [name=token]').value = 'x'")
    await phone.answer()
    assert phone.status == 403
    yield "error 403"
    await phone.open("/chat/answers")
    await phone.press("erase")
    yield "erased"
    await phone.begin(locale)
    await phone.lend(client)
    await client.post("/chat/leave")
    await phone.answer()
    assert phone.status == 401
    yield "gone"
    wrong = codes.new_code()
    for _ in range(11):
        await client.post(f"/{locale}/continue", data={"code": wrong})
    await phone.open(f"/{locale}/continue")
    await phone.page.fill("#code", wrong)
    await phone.press("continue")
    assert phone.status == 429
    yield "error 429"
