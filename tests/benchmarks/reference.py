"""The reference: the least that a turn can be. A bare handler, one grouped durable append, one page of about 4 KB.

python -m tests.benchmarks.reference PORT DATABASE
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from urllib.parse import parse_qsl

from aiohttp import web
from jinja2 import Environment

PAGE = """<!doctype html><html lang="{{ tag }}" dir="ltr"><head><meta charset="utf-8">
<title>{{ _("Question") }} {{ number }}</title><meta name="viewport" content="width=device-width, initial-scale=1">
</head><body><header><p>{{ _("Reference") }}</p>
<ul>{% for one in tags %}<li><a href="/{{ one }}" lang="{{ one }}"{% if one == tag %} aria-current="true"{% endif %}>
{{ one }}</a></li>{% endfor %}</ul></header><main><ol>{% for question, answer in said %}<li>
<p class="us">{{ question }}</p><p class="me">{{ answer }}</p><form method="post" action="/turn">
<input type="hidden" name="item" value="{{ question }}"><button>{{ _("Change") }}</button></form></li>{% endfor %}</ol>
<form method="post" action="/turn"><input type="hidden" name="token" value="{{ token }}">
<input type="hidden" name="talk" value="{{ talk }}"><fieldset><legend><h1>{{ title }}</h1></legend><p>{{ hint }}</p>
{% for choice in choices %}
<p class="choice"><input type="radio" name="value" id="choice-{{ loop.index }}" value="{{ choice }}"
{% if choice == picked %}checked{% endif %}><label for="choice-{{ loop.index }}">{{ _(choice) }}</label></p>{% endfor %}
</fieldset>
<details><summary>{{ _("Why?") }}</summary><p>{{ hint }}</p></details><button>{{ _("Continue") }}</button></form></main>
<footer><p>{{ _("Saved as soon as it is sent.") }}</p></footer></body></html>"""


class Answers:
    """One thread writes; all answers that wait when it comes round share a durable commit."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("pragma journal_mode=wal")
        self.connection.execute("pragma synchronous=full")
        self.connection.execute(
            "create table answers (talk text, n integer, body text, primary key (talk, n)) without rowid"
        )
        self.waiting: queue.SimpleQueue[tuple[asyncio.Future[None], str, int, str]] = queue.SimpleQueue()
        threading.Thread(target=self.write, daemon=True).start()

    async def add(self, talk: str, number: int, body: str) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.put((done, talk, number, body))
        await done

    def write(self) -> None:
        while True:
            batch = [self.waiting.get()]
            while not self.waiting.empty():
                batch.append(self.waiting.get())
            self.connection.execute("begin immediate")
            for _, talk, number, body in batch:
                self.connection.execute("insert or replace into answers values (?, ?, ?)", (talk, number, body))
            self.connection.execute("commit")
            batch[0][0].get_loop().call_soon_threadsafe(self.tell, [one[0] for one in batch])

    @staticmethod
    def tell(done: list[asyncio.Future[None]]) -> None:
        for one in done:
            if not one.done():
                one.set_result(None)


def make_app(database: str) -> web.Application:
    page = Environment(autoescape=True).from_string(PAGE)
    answers = Answers(database)
    choices = [f"Choice number {number}" for number in range(14)]
    said = [(f"What was asked before, number {number}?", "What was <said>") for number in range(5)]
    words = {choice: f"{choice}, as people would say it" for choice in choices}

    async def turn(request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        number = int(form["n"])
        await answers.add(form["talk"], number, form["value"])
        text = page.render(
            _=lambda text: words.get(text, text),
            number=number,
            tag="sv",
            tags=("sv", "en", "ar", "so", "ti", "uk"),
            said=said,
            token="t" * 43,
            talk=form["talk"],
            title="How do you live, and with whom?",
            hint="Choose what fits best. You can change it later.",
            choices=choices,
            picked="Choice number 3",
        )
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_post("/turn", turn)
    return app


if __name__ == "__main__":
    web.run_app(make_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
