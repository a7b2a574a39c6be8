"""A private choice is written and never read: not when its question is asked again, not on another device."""

from __future__ import annotations

import json

import msgspec

from assistant.core.commands import Back, Change, Finish, Reply
from assistant.core.steps import Ask
from assistant.player import play
from assistant.server.forms import kept_of
from assistant.server.schemas import turn_json
from assistant.service import Service
from assistant.turns import Viewer
from tests.journeys.playing import journey


async def test_a_private_choice_is_not_shown_when_its_question_is_asked_again(service: Service) -> None:
    kent = msgspec.structs.replace(journey("kent"), stops_after="goals")
    played = await play(service, kent, "sv", submit=False)
    assert "addiction" in played.talk.path.values["help_wanted"]
    outcome = await service.act(played.talk.id, Change("help_wanted"), played.talk.state.seq)
    talk = outcome.talk
    assert isinstance(talk.step, Ask)
    turn = Viewer(talk, service.words("sv"), service.settings).turn()
    assert turn.step.item is not None
    told = json.loads(msgspec.json.encode(turn_json(turn)))["step"]["item"]
    assert "addiction" in {choice["name"] for choice in told["choices"]}
    assert "addiction" not in told["value"]
    assert "addiction" not in str(kept_of(turn.step.item))


async def test_a_private_choice_alone_leaves_the_question_blank_when_it_is_asked_again(service: Service) -> None:
    kent = msgspec.structs.replace(journey("kent"), stops_after="contact_safe")
    talk = (await play(service, kent, "sv", submit=False)).talk
    talk = (await service.act(talk.id, Finish(done=False), talk.state.seq)).talk
    talk = (await service.act(talk.id, Reply("help_wanted", value=["addiction"]), talk.state.seq)).talk
    talk = (await service.act(talk.id, Back(), talk.state.seq)).talk
    item = Viewer(talk, service.words("sv"), service.settings).turn().step.item
    assert item is not None
    assert (item.name, item.value) == ("help_wanted", None)
