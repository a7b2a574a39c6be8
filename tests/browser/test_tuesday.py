"""A Tuesday at the office: invite, the person answers in Arabic on a phone, the desk reads, books and prints."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image

from assistant.service import Service
from tests.browser.looking import axe
from tests.browser.phone import IN_CHROMIUM, Phone, Phones
from tests.conftest import Client
from tests.web.desk_visits import NAME, PASSWORD, hire
from tests.web.office_visits import row_of, sent
from tests.web.printing import printed

pytestmark = IN_CHROMIUM

TABLET, DESKTOP = (820, 1180), (1280, 900)


async def at_the_desk(phones: Phones, service: Service, width: int, height: int, *, script: bool = False) -> Phone:
    """Somebody of the office who has logged in, on a tablet or at a computer."""
    await hire(service)
    computer = await phones.new(width=width, height=height, mouse=width > TABLET[0], script=script)
    await computer.open("/desk?locale=en")
    await computer.page.fill("#name", NAME)
    await computer.page.fill("#password", PASSWORD)
    async with computer.turning():
        await computer.tap("main form button")
    await computer.open("/desk?locale=en")
    return computer


async def submit(computer: Phone, form: str) -> None:
    """Press the button of the form of this id."""
    async with computer.turning():
        await computer.tap(f"#{form} button")


@pytest.mark.parametrize("size", [DESKTOP, TABLET])
async def test_from_the_invitation_to_the_paper_in_the_hand(
    phones: Phones, client: Client, service: Service, tmp_path: Path, size: tuple[int, int]
) -> None:
    computer = await at_the_desk(phones, service, *size)
    await computer.follow("/desk/invitations?locale=en")
    await computer.page.fill("#name", "Layla")
    await computer.page.select_option("#invite-language", "ar")
    await submit(computer, "invite")
    picture = Image.open(io.BytesIO(await computer.page.locator(".letter svg").screenshot(scale="css")))
    (link,) = [one.text for one in zxingcpp.read_barcodes(picture)]
    case = computer.path.split("/")[3]

    phone = await phones.new(script=True, locale="ar")
    await phone.open(link.removeprefix(phone.base))
    assert await phone.page.get_attribute("html", "dir") == "rtl"
    await phone.press("begin")
    await phone.walk()
    row = await service.store.case(case)
    assert row is not None and row.status == "sent"

    await computer.open(f"/desk/cases/{case}/summary?locale=en")
    assert row.reference in computer.drawn.text
    assert "in Arabic" in computer.drawn.text
    await computer.follow(f"/desk/cases/{case}/work?locale=en")
    await computer.page.fill("#book-day", service.today().isoformat())
    await computer.page.fill("#book-time", "15:30")
    await submit(computer, "book")
    assert f"{service.today().isoformat()} 15:30" in computer.drawn.text
    await computer.open(f"/desk/cases/{case}/summary?locale=en")
    await computer.lend(client)
    paper = await printed(client, f"/desk/cases/{case}/summary?locale=en", tmp_path)
    assert len(paper.pages) == 1
    assert row.reference in paper.pages[0].extract_text()
    assert computer.complaints == phone.complaints == []


async def test_a_case_is_found_taken_and_booked_by_keyboard_alone(phones: Phones, service: Service) -> None:
    row = await row_of(service, (await sent(service)).case)
    computer = await at_the_desk(phones, service, *DESKTOP)
    keys = computer.page.keyboard

    async def reach(selector: str) -> None:
        """Press Tab until this has the focus, and see that it shows."""
        for _ in range(80):
            await keys.press("Tab")
            if await computer.page.evaluate("one => document.activeElement.matches(one)", selector):
                outline = await computer.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", selector
                return
        raise AssertionError(f"{selector} is never reached")

    async def enter() -> None:
        async with computer.turning():
            await keys.press("Enter")

    await reach("#q")
    await keys.type(row.reference)
    await enter()
    await reach("tbody a")
    await enter()
    await reach(".tabs a[href*='/work']")
    await enter()
    await reach("#take button")
    await enter()
    taken = await service.store.case(row.id)
    assert taken is not None and taken.assigned == NAME
    await reach("#note-text")
    await keys.type("Called.")
    await reach("#note button")
    await enter()
    assert "Called." in computer.drawn.text


async def test_no_page_of_the_offices_work_breaks_a_rule(phones: Phones, service: Service) -> None:
    await hire(service, "karin")
    user = await service.store.user("karin")
    assert user is not None
    computer = await at_the_desk(phones, service, *TABLET, script=True)
    await service.store.put_user(msgspec.structs.replace(user, name=NAME, role="lead"))
    await service.store.log_reading(at=service.now(), user="karin", case="gone", what="summary")
    await computer.open("/desk/invitations")
    await computer.page.fill("#name", "Layla")
    await submit(computer, "invite")
    case = computer.path.split("/")[3]
    found: dict[str, list[str]] = {}
    for address in (
        "/desk",
        "/desk/invitations",
        f"/desk/cases/{case}/invitation",
        f"/desk/cases/{case}/work",
        f"/desk/cases/{case}/history",
        "/desk/cross",
        "/desk/lead/crossings",
        "/desk/lead/checks",
        "/desk/cases/0/summary",
    ):
        await computer.open(address)
        found[address] = await axe(computer.page)
        wide = await computer.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address
    assert {address: faults for address, faults in found.items() if faults} == {}
