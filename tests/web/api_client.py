"""A small client of the JSON API, as an integrator would write one."""

from __future__ import annotations

from typing import Any

from tests.conftest import Client

V1 = "/api/v1"
Answer = tuple[int, dict[str, Any]]


class Caller:
    """One conversation over the API. ``turn`` is the last one that was received."""

    def __init__(self, client: Client) -> None:
        self.client, self.token, self.code, self.turn = client, "", "", dict[str, Any]()

    async def begin(self, locale: str = "en") -> Caller:
        status, body = await self.send("POST", "/conversations", locale=locale)
        assert status == 201, body
        self.token, self.code = body["token"], body["code"]
        return self

    async def send(self, method: str, path: str, **body: Any) -> Answer:
        """One request; the turn in its answer is remembered."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.client.request(method, V1 + path, json=body or None, headers=headers) as answer:
            found = await answer.json() if answer.content_length else {}
        self.turn = found.get("turn", self.turn)
        return answer.status, found

    async def post(self, path: str, **body: Any) -> Answer:
        """A command on the turn that was seen last, unless ``seen`` says otherwise."""
        return await self.send("POST", f"/conversation{path}", **({"seen": self.turn["seq"]} | body))

    async def reply(self, item: str, of: str = "", **given: Any) -> dict[str, Any]:
        """A reply that is taken; the step that follows."""
        status, body = await self.post("/replies", item=item, of=of, **given)
        assert status == 200, body
        return self.step

    @property
    def step(self) -> dict[str, Any]:
        found: dict[str, Any] = self.turn["step"]
        return found

    async def past_the_gate(self) -> Caller:
        """Answer the first questions, up to the urgent needs."""
        await self.reply("protected_identity", value="no")
        await self.reply("you", fields={"answering_for": "self", "called_name": "Amina"})
        return self
