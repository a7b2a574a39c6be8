"""What to ask about by the rules of the law, at the desk: with its reasons on the screen, in short on paper. Possible
obstacles stand on the screen and nowhere else."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from assistant.authoring.journeys import declined
from assistant.core.commands import Message
from assistant.core.hints import NO_RULES
from assistant.desk import Desk
from assistant.hints_page import MOST_PRINTED, to_check
from assistant.player import play
from assistant.service import Service
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.journeys.playing import journey
from tests.web.desk_cases import SELAM, fullest
from tests.web.desk_visits import NAME, give_token, log_in, on_paper, page, seen

NOTHING = "Inget är bedömt"
OBSTACLES = "Möjliga försörjningshinder"


async def sent(service: Service, **answers: object) -> Talk:
    told = msgspec.structs.replace(SELAM, answers={**SELAM.answers, **answers})
    return (await play(service, told, "en")).talk


async def summary(client: Client, service: Service, talk: Talk) -> str:
    await log_in(client, service)
    return await page(client, f"/desk/cases/{talk.case}/summary")


async def test_a_hint_stands_with_its_question_its_reasons_its_law_and_its_day(
    client: Client, service: Service
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/summary")
    assert (
        "Bostadsbidrag (Försäkringskassan): Fråga om det är sökt och om familjen är folkbokförd på adressen. Bidraget "
        "stäms av i efterhand: för låg uppgiven inkomst ger återkrav. "
        "Barn under 21 år: 2 · Boende: förstahandskontrakt · Inkomster: barnbidrag · Väntar på beslut: inget · "
        "Medborgarskap eller tillstånd: tidsbegränsat uppehållstillstånd "
        "SFB 95 kap. 4 §, 96 kap. 2 och 4–6 §§ · regel kontrollerad 2026-11-20"
    ) in text
    assert text.index("Att ta upp på besöket") < text.index(NOTHING) < text.index("Bostadsbidrag (")


async def test_on_paper_stands_what_to_ask_and_that_nothing_is_assessed(client: Client, service: Service) -> None:
    printed = on_paper(await summary(client, service, await sent(service)))
    assert "Bostadsbidrag (Försäkringskassan): Fråga om det är sökt" in printed
    assert NOTHING in printed
    assert "regel kontrollerad" not in printed
    assert "SFB" not in printed


async def test_possible_obstacles_stand_on_the_screen_and_nowhere_else(client: Client, service: Service) -> None:
    told = await sent(service)
    whole = await summary(client, service, told)
    assert OBSTACLES in whole
    assert "Arbetshinder, sociala skäl" in whole
    text = await page(client, f"/desk/cases/{told.case}/text")
    for outside in (on_paper(whole), text):
        assert "Bostadsbidrag" in outside
        assert "rsörjningshinder" not in outside
        assert "Arbetshinder" not in outside


async def test_where_there_are_only_obstacles_not_even_the_heading_is_printed(client: Client, service: Service) -> None:
    plain: dict[str, Any] = {
        "children_count": "0",
        "rent_debt": "no",
        "care_contacts": ["need_care"],
        "too_ill_certificate": "valid",
    }
    whole = await summary(client, service, await sent(service, **plain))
    assert OBSTACLES in whole
    assert "Att ta upp på besöket" in whole
    assert "Att ta upp på besöket" not in on_paper(whole)
    numbered = [int(one.split("<", 1)[0]) for one in whole.split('<span class="number">')[1:]]
    assert numbered == list(range(1, len(numbered) + 1))


async def test_the_text_to_copy_tells_each_hint_with_its_law(client: Client, service: Service) -> None:
    told = await sent(service)
    await log_in(client, service)
    lines = (await page(client, f"/desk/cases/{told.case}/text")).splitlines()
    assert any(NOTHING in line for line in lines)
    wanted = (
        "Budget- och skuldrådgivning (Kommunen): Erbjud en tid hos budget- och skuldrådgivningen. "
        "(SoL 13 kap. 2 §; regel kontrollerad 2026-11-20)"
    )
    assert any(wanted in line for line in lines)


async def test_the_api_tells_hints_and_marks_obstacles_as_private(client: Client, service: Service) -> None:
    told = await sent(service)
    answer = await client.get(f"/api/v1/cases/{told.case}/summary?locale=en", headers=await give_token(service))
    found = await answer.json()
    hint = next(one for one in found["hints"] if one["benefit"] == "Budget- och skuldrådgivning")
    assert hint == {
        "benefit": "Budget- och skuldrådgivning",
        "agency": "Kommunen",
        "text": "Offer a time with budget and debt advice.",
        "law": "SoL 13 kap. 2 §",
        "checked_at": "2026-11-20",
        "reasons": [{"label": "Rent debt", "text": "yes, no letter about losing the home"}],
    }
    (obstacle,) = found["obstacles"]
    assert (obstacle["label"], obstacle["private"]) == ("Arbetshinder, sociala skäl", True)


async def test_a_decline_that_counts_is_told_as_one(client: Client, service: Service) -> None:
    told = await sent(service, benefits_waiting=declined("unknown"))
    await log_in(client, service)
    assert "Väntar på beslut: Vet inte" in await seen(client, f"/desk/cases/{told.case}/summary")


async def test_more_than_the_paper_holds_is_counted_on_it(client: Client, service: Service) -> None:
    many = await play(service, fullest(service.dialogs["first_visit"], "en", "I want to work. "), "en")
    detail = await Desk(service).case(many.talk.case, reader=NAME)
    assert detail is not None
    hints = to_check(detail, service.words("sv")).hints
    assert len(hints) > MOST_PRINTED
    printed = on_paper(await summary(client, service, many.talk))
    assert [one.benefit in printed for one in hints] == [True] * MOST_PRINTED + [False] * (len(hints) - MOST_PRINTED)
    assert f"{len(hints) - MOST_PRINTED} till på skärmen" in printed


async def test_a_private_wish_is_never_a_reason(service: Service, client: Client) -> None:
    wishes = ["study", "addiction"]
    told = await sent(service, help_wanted=wishes, work_ability="no_problem", benefits_waiting=["housing"])
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{told.case}/summary")
    assert "Studiestartsstöd" in text
    assert "Vill ha hjälp med: att hitta utbildning ·" in text


async def test_of_a_message_alone_there_are_no_hints(client: Client, service: Service) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 1"), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    text = await page(client, f"/desk/cases/{row.id}/summary")
    assert "Yusuf" in text
    assert "Att ta upp på besöket" not in text


async def test_rules_of_another_dialog_or_none_give_no_hints(client: Client, service: Service) -> None:
    told = await sent(service)
    own = service.rulebook
    for book in (NO_RULES, msgspec.structs.replace(own, entitlements="another")):
        service.rulebook = book
        text = on_paper(await summary(client, service, told))
        assert NOTHING not in text
        assert "Bostadsbidrag" not in text


async def test_rules_of_a_law_that_has_changed_are_not_shown_in_the_new_year(
    client: Client, service: Service, clock: Clock
) -> None:
    told = await sent(service)
    clock.now = datetime.datetime(2027, 1, 4, 9, 0, tzinfo=datetime.UTC)
    text = await summary(client, service, told)
    assert "Bostadsbidrag" not in text
    assert "Budget- och skuldrådgivning" in text


async def test_rules_that_nobody_has_checked_for_a_year_are_not_shown(
    client: Client, service: Service, clock: Clock
) -> None:
    told = await sent(service)
    clock.now = datetime.datetime(2027, 12, 1, 9, 0, tzinfo=datetime.UTC)
    text = await summary(client, service, told)
    assert NOTHING not in text
    assert OBSTACLES not in text


@pytest.mark.parametrize("name", ["kent", "anna", "erik"])
async def test_a_page_in_english_asks_in_english(client: Client, service: Service, name: str) -> None:
    told = (await play(service, journey(name), "sv")).talk
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{told.case}/summary?locale=en")
    assert "Nothing is assessed" in text
    assert "rule checked 2026-11-20" in text
    assert "Fråga" not in text
