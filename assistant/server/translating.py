"""Lets a translation server of the municipality's own work for as long as the server runs, if there is one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from assistant.server.keys import SERVICE, TRANSLATIONS
from assistant.service import Service
from assistant.translations import Translations
from assistant.translator import Translator

EVERY_S: Final = 15.0
"""How long the worker sleeps between two looks, unless something comes."""

_log = logging.getLogger("klarbild")


def translations_of(service: Service) -> Translations | None:
    """What translates for a service; None where no server is set."""
    return Translations(service, Translator(service.settings)) if service.settings.translation_url else None


async def translating(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context of an application that translates what waits. What is half done when it ends goes on at the
    next start."""
    translations = app[TRANSLATIONS]
    if translations is None:
        yield
        return
    task = asyncio.create_task(_work(translations, app[SERVICE]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _work(translations: Translations, service: Service) -> None:
    while True:
        try:
            await translations.work()
        except Exception as error:
            # Whatever it was, the next ones get their turn; words never reach the log.
            _log.error("machine translation: %s", type(error).__name__)
            await asyncio.sleep(EVERY_S)
        await service.to_translate.come(EVERY_S)
