"""A closed case for the archive at the desk: leads take it out, and nobody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from assistant.core.office import Closed
from assistant.desk import Desk
from assistant.service import Service
from tests.conftest import Client
from tests.web.office_visits import ANNA, KARIN, Browser, browsers, do, give, hire_all, post, row_of, sent


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


async def test_a_lead_takes_a_closed_case_out_and_it_is_written_down(browser: Browser, service: Service) -> None:
    talk = await sent(service)
    await give(service, talk.case, "karin")
    karin = await browser(KARIN)
    address = f"/desk/cases/{talk.case}/archive.zip"
    assert (await karin.get(address)).status == 404
    await do(service, KARIN, talk.case, Closed())
    answer = await karin.get(address)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{talk.reference}.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {talk.reference}
        assert f"{talk.reference}/manifest.json" in archive.namelist()
        assert archive.testzip() is None
    assert [one.what for one in await service.store.readings(talk.case)][-1] == "archive"
    page = await (await karin.get(f"/desk/cases/{talk.case}/work")).text()
    assert f'href="{address}"' in page


async def test_a_caseworker_has_no_archive_even_of_an_own_case(browser: Browser, service: Service) -> None:
    talk = await sent(service)
    await give(service, talk.case, "anna")
    await do(service, ANNA, talk.case, Closed())
    anna = await browser(ANNA)
    before = len(await service.store.readings(talk.case))
    assert (await anna.get(f"/desk/cases/{talk.case}/archive.zip")).status == 404
    assert len(await service.store.readings(talk.case)) == before
    assert "archive.zip" not in await (await anna.get(f"/desk/cases/{talk.case}/work")).text()
    assert (await row_of(service, talk.case)).status == "closed"


async def test_the_desk_asks_for_the_birthday_where_a_case_is_closed_and_takes_it_later_too(
    browser: Browser, service: Service
) -> None:
    talk = await sent(service)
    await give(service, talk.case, "anna")
    anna, page = await browser(ANNA), f"/desk/cases/{talk.case}/work"
    assert "Är personen född den 5, 15 eller 25 i en månad?" in await (await anna.get(page)).text()
    assert (await post(anna, page, "close", reason="", sample="yes")).status == 303
    assert (await post(anna, page, "sample", sample="no")).status == 303
    row = await row_of(service, talk.case)
    assert (row.status, (await Desk(service).office(row)).sample) == ("closed", "no")
    assert "inte född den 5, 15 eller 25" in await (await anna.get(page)).text()
    assert (await post(anna, page, "sample", sample="perhaps")).status == 400
    service.settings = msgspec.structs.replace(service.settings, retention_exception="all")
    assert "Är personen född" not in await (await anna.get(page)).text()
