"""The drawn life line in a browser: one drawing that fits, in which no words lie over others."""

from __future__ import annotations

import pytest

from assistant.service import Service
from tests.browser.looking import sideways
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.conftest import Client
from tests.journeys.playing import SEVEN
from tests.journeys.playing import journey as journey_of
from tests.web.desk_lives import TANGLED, address, sent
from tests.web.desk_visits import log_in

pytestmark = IN_CHROMIUM

_DRAWN = """() => [...document.querySelectorAll(".lifeline > svg")].filter(one => one.checkVisibility())
  .map(one => one.getAttribute("class"))"""

_FAULTS = """() => {
  const svg = [...document.querySelectorAll(".lifeline > svg")].find(one => one.checkVisibility());
  const [, , wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  const texts = [...svg.querySelectorAll("text")].map(one => [one.textContent.trim(), one.getBBox()]);
  const out = texts.filter(([, box]) =>
    box.x < -1 || box.y < -1 || box.x + box.width > wide + 1 || box.y + box.height > high + 1);
  const over = texts.flatMap(([words, one], index) => texts.slice(index + 1)
    .filter(([, other]) => one.x < other.x + other.width - 1 && other.x < one.x + one.width - 1 &&
      one.y + 4 < other.y + other.height && other.y + 4 < one.y + one.height)
    .map(([others]) => words + " | " + others));
  return [...out.map(([words]) => "outside: " + words), ...over];
}"""


@pytest.mark.parametrize(("width", "drawing"), [(1280, "l-wide"), (390, "l-narrow"), (320, "l-narrow")])
async def test_words_in_the_drawing_lie_neither_outside_nor_over_others(
    phones: Phones, client: Client, service: Service, width: int, drawing: str
) -> None:
    talks = {name: await sent(service, journey_of(name)) for name in SEVEN}
    talks["tangled"] = await sent(service, TANGLED)
    await log_in(client, service)
    phone = await phones.new(width=width, height=900, mouse=True, script=True)
    await phone.borrow(client)
    found: dict[str, list[str]] = {}
    for name, talk in talks.items():
        await phone.open(address(talk, "sv"))
        assert await phone.page.evaluate(_DRAWN) == [drawing]
        faults = [*await phone.page.evaluate(_FAULTS), *await sideways(phone.page)]
        found |= {name: faults} if faults else {}
    assert found == {}
