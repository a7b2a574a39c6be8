"""The conversation: one page, one form, one command at a time.

A form post is answered with a redirect to the page (303); a script may ask for the new turn alone, as HTML or JSON.
What is wrong with an answer comes as the same page with the words kept (422), a page out of date as the page now (409).
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from aiohttp import web
from markupsafe import Markup, escape

from assistant.core.commands import Command, Message, Speak
from assistant.core.problem import Problem
from assistant.core.steps import Review, StillTrue, Stopped
from assistant.openers import with_key
from assistant.server import chat_views, forms
from assistant.server.admission import LATE
from assistant.server.entrance import give_message_back, message_page, sent_page, take_message
from assistant.server.forms import Form, Kept
from assistant.server.invited import gone_page
from assistant.server.keys import OPEN_PAGES, PAGES, PINS, SERVICE, SESSIONS
from assistant.server.pages import FRAGMENT, Mould, Pages, framed, page_of, paragraphs, render, respond
from assistant.server.patience import check_settled, in_time
from assistant.server.problems import problem_response
from assistant.server.schemas import turn_json
from assistant.server.sounds import recording_of
from assistant.server.tickets import transfer
from assistant.server.understood import Look, look_at, picked
from assistant.server.unsent import CLOSING, NOT_SAVED, unsent_of
from assistant.server.visitors import check_form, leave, offered, talk_of, token_of, view_of, words_for
from assistant.store import StoreError, codes
from assistant.talks import InvitationGone, NoSuchTalk, Outcome, Talk
from assistant.texts import Words
from assistant.turns import Viewer

_log = logging.getLogger("klarbild")

_DRAWN_ONCE = frozenset(("ask", "ask_more", "open"))


# -- the page ----------------------------------------------------------------------------------------------------------


def _viewer(request: web.Request, talk: Talk) -> Viewer:
    check_settled(talk)
    service = request.app[SERVICE]
    return Viewer(talk, service.words(talk.state.locale), service.settings)


def _wants(request: web.Request) -> str:
    """What the request asks for: ``fragment``, ``json`` or ``page``."""
    accept = request.headers.get("Accept", "")
    if FRAGMENT in accept:
        return "fragment"
    return "json" if accept.startswith("application/json") else "page"


def _turn_page(
    request: web.Request,
    talk: Talk,
    *,
    since: int | None = None,
    problem: Problem | None = None,
    kept: Kept | None = None,
    look: Look | None = None,
) -> web.Response:
    """The conversation as it is now: a whole page, the new turn, or JSON. ``since``: what is said from there on;
    ``look``: what was understood and does not count yet."""
    viewer = _viewer(request, talk)
    wants, status = _wants(request), problem.status if problem else 200
    since = chat_views.before_now(talk) if since is None else since
    # Where no script blanks it, a page comes back behind the Back button as it was.
    turn = viewer.turn(since=since, problem=problem, discreet=wants == "page")
    if wants == "json":
        return respond(request, msgspec.json.encode(turn_json(turn)), "application/json", status=status)
    item, lines = turn.step.item, turn.step.lines
    wrong = problem is not None and status == 422
    pages, words = request.app[PAGES], viewer.words
    # Nothing of it is kept. The page stays until the person leaves: whoever taps twice must still read whom to call.
    over = isinstance(talk.step, Stopped) and not talk.kept
    title = chat_views.title(turn, words, pages.settings.service_name, kept=talk.kept, wrong=wrong)
    view = view_of(request, talk) | {
        "title": title,
        "turn": turn,
        "step": turn.step,
        "item": item,
        "problem": turn.problem,
        "notice": problem.code if problem and not wrong else "",
        "look": look,
        "kept": kept if kept is not None else forms.kept_of(item) if item is not None else {},
        "total": chat_views.about_how_many(turn.progress.question, turn.progress.questions_left),
        "earlier": 0 if over else chat_views.answered(talk),
        "over": over,
        "changeable": turn.step.kind in _DRAWN_ONCE,
        "may": chat_views.may(turn),
        "months": chat_views.month_names(words),
        "recording": recording_of(request, words, item),
    }
    if isinstance(talk.step, Review):
        view["overview"] = chat_views.overview(viewer, lines, request.app[SERVICE].today())
    elif isinstance(talk.step, StillTrue):
        view["overview"] = chat_views.Overview(chat_views.parts_of(talk, lines))
    text = _drawn(pages, words, status, view)
    if wants == "fragment":
        return respond(request, text.encode(), FRAGMENT, status=status)
    text = _beside(pages, words, view, "forms", "hidden") + text + _beside(pages, words, view, "foot")
    # Of the talk, the frame tells only whether it is kept; what else it shows goes with the language.
    frame: dict[str, Any] = {"talk": None, "languages": ()} if over else {"talk": talk}
    key = "over" if over else talk.kept
    return framed(request, "chat/page.html", words, title, text, status=status, key=key, asking=True, **frame)


def _drawn(pages: Pages, words: Words, status: int, view: dict[str, Any]) -> str:
    """The HTML of a turn. A question that many people meet alike is drawn once; what differs is cast into it."""
    said = _said(pages, words, view)
    turn = view["turn"]
    step = turn.step
    answered = view["kept"] or (step.item is not None and step.item.declined)
    if step.kind not in _DRAWN_ONCE or turn.problem is not None or answered:
        return page_of(pages, "chat/turn.html", words, status, view | {"said": Markup(said)})  # noqa: S704 - a page of ours
    shown = (step.kind, step.item, step.of, step.repeat, step.section, step.label)
    key = (words.language.tag, *shown, view["talk"].kept, turn.may_finish, bool(view["earlier"]))
    holes = ("said", "title", "seen", "hidden")
    mould = pages.mould(key, lambda: page_of(pages, "chat/turn.html", words, status, view | Mould.holes(holes)))
    return mould.cast(said=said, title=escape(view["title"]), seen=str(view["seen"]), hidden=view["hidden"])


def _said(pages: Pages, words: Words, view: dict[str, Any]) -> str:
    """The HTML of what was said last and of how far it is, drawn once for each shape that this has."""
    turn, earlier = view["turn"], view["earlier"]
    texts = {f"said{n}": paragraphs(one.text) for n, one in enumerate(turn.said)}
    texts |= {f"target{n}": escape(f"{one.item}.{one.of}" if one.of else one.item) for n, one in enumerate(turn.said)}
    texts |= {f"note{n}": paragraphs(note) for n, note in enumerate(turn.notes)}
    texts["earlier"] = escape(chat_views.all_answers(words, earlier))
    texts["progress"] = escape(chat_views.how_far(turn, words, view["total"], kept=view["talk"].kept))
    shown = (turn.step.kind, tuple((one.who, bool(one.item)) for one in turn.said), len(turn.notes), earlier > 1)
    drawing = view | {"texts": Mould.holes(texts)}
    mould = pages.mould((words.language.tag, *shown), lambda: page_of(pages, "chat/said.html", words, 200, drawing))
    return mould.cast(**texts)


def _beside(pages: Pages, words: Words, view: dict[str, Any], name: str, *holes: str) -> str:
    """The HTML of what stands beside a turn: on a page, but not in what a script gets."""
    drawing = view | Mould.holes(holes)
    mould = pages.mould(
        (words.language.tag, name, view["may"]), lambda: page_of(pages, f"chat/{name}.html", words, 200, drawing)
    )
    return mould.cast(**{hole: view[hole] for hole in holes})


async def show(request: web.Request) -> web.Response:
    """The conversation as it is now; where there was one and is none any more, what became of it."""
    talk = await talk_of(request)
    if talk is None:
        return await _gone(request) if token_of(request) or _wants(request) != "page" else _to("/")
    return _turn_page(request, talk)


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


async def _gone(request: web.Request, form: Form | None = None) -> web.Response:
    """There is no conversation here (any more): begin again, or go on with a code. The code takes along what was being
    said, so that a page that was left open for too long loses no word."""
    if _wants(request) == "json":
        return problem_response(401)
    words, service = words_for(request), request.app[SERVICE]
    conversation = request.app[SESSIONS].run_out(token_of(request))
    if conversation:
        # Whoever spoke Arabic here goes on in it, also on a telephone that is set to Swedish.
        locale = await service.locale_of(conversation)
        words = service.words(locale) if locale else words
    return render(request, "chat/gone.html", words, status=401, unsent=unsent_of(request, form))


# -- one command -------------------------------------------------------------------------------------------------------


async def act(request: web.Request) -> web.Response:
    """One command of a person."""
    form = await forms.read(request)
    talk = await talk_of(request)
    if talk is None:
        return await _gone(request, form)
    check_form(request, talk, form.one("token"))
    if LATE in request:
        return asked_again(request, form, talk, CLOSING)
    if form.one("do") == "erase":
        return await _erase(request, talk)
    service = request.app[SERVICE]
    form = picked(form)
    look = look_at(form, talk, _viewer(request, talk), service.today()) if _wants(request) != "json" else None
    if look is not None:
        return _turn_page(request, talk, kept=look.kept, look=look)
    command = forms.command(form, talk, service.words(talk.state.locale), service.today())
    if isinstance(command, Problem):
        return _turn_page(request, talk, problem=command, kept=form.shown)
    if isinstance(command, Speak) and command.locale not in {one.tag for one in offered(service)}:
        raise web.HTTPBadRequest
    if isinstance(command, Message):
        take_message(request)
    try:
        outcome = await in_time(_acted(request, talk, command, form.seen))
    except InvitationGone:
        return gone_page(request, service.words(talk.state.locale), 409)
    except NoSuchTalk:
        return await _gone(request, form)
    except StoreError as error:
        _log.error("POST /chat: %s", error)
        outcome = Outcome(talk, talk.state.seq, NOT_SAVED)
    if outcome.problem is not None:
        if isinstance(command, Message):
            give_message_back(request)
        return _refused(request, form, command, outcome.talk, outcome.problem)
    return await _done(request, command, outcome)


async def _acted(request: web.Request, talk: Talk, command: Command, seen: int) -> Outcome:
    """The command, and the session written down if it made the case: also when nobody waits for the answer any more."""
    outcome = await request.app[SERVICE].act(talk.id, command, seen, with_key(talk.key))
    if outcome.began:
        await request.app[SESSIONS].keep(token_of(request), outcome.talk.key)
    return outcome


def _refused(request: web.Request, form: Form, command: Command, talk: Talk, problem: Problem) -> web.Response:
    if isinstance(command, Message) and problem.status == 422:
        words = request.app[SERVICE].words(talk.state.locale)
        return message_page(request, words, talk, form, problem)
    return asked_again(request, form, talk, problem)


def asked_again(request: web.Request, form: Form, talk: Talk, problem: Problem) -> web.Response:
    """The page again, with what is wrong and the words kept, as long as its question is the one that is asked."""
    return _turn_page(request, talk, problem=problem, kept=form.shown if form.answers(talk.step) else None)


async def _done(request: web.Request, command: Command, outcome: Outcome) -> web.Response:
    talk, wants = outcome.talk, _wants(request)
    if isinstance(talk.step, Stopped) and not talk.kept:
        return _turn_page(request, talk, since=talk.state.seq)
    if outcome.began and wants == "fragment":
        return await _code_page(request, talk)
    if wants != "page":
        return _turn_page(request, talk, since=outcome.since)
    if isinstance(command, Message):
        return _to("/chat/sent") if talk.kept else sent_page(request, request.app[SERVICE].now(), talk)
    return _to("/chat/code#q" if outcome.began else "/chat#q")


async def _erase(request: web.Request, talk: Talk) -> web.Response:
    words = request.app[SERVICE].words(talk.state.locale)
    if not await request.app[SERVICE].erase(talk):
        return _turn_page(request, talk, problem=Problem(code="already_sent", status=409))
    response = render(request, "chat/erased.html", words)
    await leave(request, response)
    return response


# -- the pages around it -----------------------------------------------------------------------------------------------


async def answers(request: web.Request) -> web.Response:
    """Everything said so far, to be changed."""
    talk = await talk_of(request)
    if talk is None:
        return _to("/")
    viewer = _viewer(request, talk)
    parts = chat_views.parts_of(talk, tuple(viewer.lines()))
    return render(request, "chat/answers.html", viewer.words, parts=parts, **view_of(request, talk))


async def language(request: web.Request) -> web.Response:
    """The languages to go on in. They have a page of their own, so that no other one carries all their names."""
    talk = await talk_of(request)
    if talk is None:
        return _to("/")
    return render(request, "chat/language.html", _viewer(request, talk).words, **view_of(request, talk))


async def _code_page(request: web.Request, talk: Talk, *, wrong: bool = False) -> web.Response:
    words = request.app[SERVICE].words(talk.state.locale)
    code = codes.format_code(talk.code) if talk.code else ""
    fragment = _wants(request) == "fragment"
    template = "chat/code_part.html" if fragment else "chat/code.html"
    view = view_of(request, talk) | {"code": code, "transfer": transfer(request, talk)}
    view |= {"pin": await request.app[PINS].has(talk.id), "wrong_pin": wrong}
    return render(request, template, words, status=422 if wrong else 200, fragment=fragment, **view)


async def code(request: web.Request) -> web.Response:
    """The resume code, as long as it is known here."""
    talk = await talk_of(request)
    if talk is None:
        return _to("/")
    return await _code_page(request, talk) if talk.kept else _to("/chat")


async def _kept_talk(request: web.Request, form: Form) -> Talk | None:
    """The conversation that a form of the code page was drawn for, None if it is gone. Raises HTTPForbidden."""
    talk = await talk_of(request)
    if talk is None or not talk.kept:
        return None
    check_form(request, talk, form.one("token"))
    return talk


async def new_code(request: web.Request) -> web.Response:
    """A new resume code; the one before does not work any more."""
    talk = await _kept_talk(request, await forms.read(request))
    if talk is None:
        return await _gone(request)
    try:
        await request.app[SERVICE].new_code(talk)
    except NoSuchTalk:
        return await _gone(request)
    return _to("/chat/code#q")


async def pin(request: web.Request) -> web.Response:
    """Ask for a PIN with the code from now on, or not any more."""
    form = await forms.read(request)
    talk = await _kept_talk(request, form)
    if talk is None:
        return await _gone(request)
    pins = request.app[PINS]
    if form.one("do") == "remove":
        await pins.remove(talk.id)
    elif not await pins.add(talk.id, form.one("pin")):
        return await _code_page(request, talk, wrong=True)
    return _to("/chat/code#q")


async def sent(request: web.Request) -> web.Response:
    """The message that was sent to the office last, with its moment."""
    talk = await talk_of(request)
    if talk is None or not talk.state.messages:
        return _to("/")
    return sent_page(request, talk.state.messages[-1].at, talk)


async def leave_page(request: web.Request) -> web.Response:
    """The safe exit. It asks for no form token: it tells and changes nothing, and must never fail on an old page."""
    return await _leave(request, _to("/left"))


async def closed(request: web.Request) -> web.Response:
    """A page went, as its script tells. With the last one that was open the session on this device ends.

    Like the exit it asks for no form token: whoever could send it in a person's name could only show them out."""
    body, response = await request.read(), web.Response(status=204)
    page, _, stays = body.decode("ascii", "replace").partition(" ")
    if request.app[OPEN_PAGES].closed(token_of(request), page) and not stays:
        return await _leave(request, response)
    return response


async def _leave(request: web.Request, response: web.Response) -> web.Response:
    talk = await talk_of(request)
    if talk is not None:
        request.app[SERVICE].forget(talk.id, erased=False)
    await leave(request, response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def left(request: web.Request) -> web.Response:
    """A page that tells nothing: this month. Who comes here has left, although the way out was lost in the network."""
    words, today = words_for(request), request.app[SERVICE].today()
    response = render(request, "left/month.html", words, **chat_views.month(words, today))
    return await _leave(request, response) if token_of(request) else response


def routes() -> list[web.RouteDef]:
    """The routes of the conversation."""
    return [
        web.get("/chat", show),
        web.post("/chat", act),
        web.get("/chat/answers", answers),
        web.get("/chat/language", language),
        web.get("/chat/code", code),
        web.post("/chat/code", new_code),
        web.post("/chat/pin", pin),
        web.get("/chat/sent", sent),
        web.post("/chat/leave", leave_page),
        web.post("/chat/closed", closed),
        web.get("/left", left),
    ]
