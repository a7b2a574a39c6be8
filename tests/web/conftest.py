"""A second browser beside the first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest
from aiohttp.test_utils import TestClient

from tests.conftest import Client


@pytest.fixture
async def other(client: Client) -> AsyncIterator[Client]:
    """Another browser that reaches the same server, with cookies of its own."""
    made = cast("Client", TestClient(client.server))
    yield made
    await made.session.close()
