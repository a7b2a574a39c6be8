"""Where a sentence comes from, and what was answered before."""

from __future__ import annotations

from typing import Any

from assistant.core.commands import AddItem, Decline, Reply
from assistant.core.dialog import Dialog
from assistant.core.record import Answered, AnyEvent, Declined, Key, Recorded, Started, Submitted
from assistant.core.sources import sent_answers, sources_of
from assistant.core.summary import Sentence, summarize
from assistant.core.walk import walk
from tests.core.small import SMALL, TODAY, begun, choices, dialog_of, do, item

FIRST = (
    Reply("called", value="Selam"),
    Reply("born", value=1992),
    Reply("phone", value="070"),
    Reply("schooling", fields={"years": 8, "country": "SY"}),
)


def of_one_section(*items: Any, **rest: Any) -> Dialog:
    """A dialog whose only section behind the gate has these items."""
    gate = {
        "name": "gate",
        "label": "Gate",
        "gate": True,
        "items": [item("select_one", "hidden", choices=choices("no"))],
    }
    return dialog_of(gate, {"name": "you", "label": "You", "items": items}, **rest)


def sources(*replies: Any, dialog: Dialog = SMALL) -> dict[str, tuple[Key, ...]]:
    """The sources of every sentence and line, by its context and the item of the repeat."""
    state = begun(dialog=dialog)
    for reply in replies:
        state = do(state, reply, dialog)
    path = walk(dialog, state, TODAY)
    summary = summarize(dialog, state, TODAY, path)

    def name(one: Sentence) -> str:
        return f"{one.context}.{one.of}" if one.of else one.context

    told = [one for _, sentences in summary.paragraphs for one in sentences]
    return {name(one): sources_of(dialog, path, one) for one in (*told, *summary.attention)}


def test_a_sentence_comes_from_the_answers_that_it_tells() -> None:
    found = sources(*FIRST)
    assert found["called.summary"] == (("called", ""),)
    assert found["schooling.summary"] == (("years", ""), ("country", ""))


def test_what_was_counted_comes_from_what_it_was_counted_from() -> None:
    assert sources(*FIRST)["age.summary"] == (("born", ""),)


def test_a_sentence_of_a_repeat_comes_from_the_answers_of_its_own_item() -> None:
    found = sources(
        *FIRST,
        Reply("worked", value="yes"),
        Reply("jobs", of="1", fields={"title": "cook", "since": "2019"}),
        AddItem("jobs", more=True),
        Reply("jobs", of="2", fields={"title": "nurse", "since": None}),
    )
    assert found["jobs.summary.1"] == (("title", "1"), ("since", "1"))
    assert found["jobs.summary.2"] == (("title", "2"),)


def test_a_line_of_attention_comes_from_what_its_condition_reads() -> None:
    end = (Reply("worked", value="no"), Reply("children", value=0), Reply("offices", value=["none"]))
    assert sources(*FIRST, *end)["attention.alone.label"] == (("offices", ""),)


def test_a_screen_that_was_declined_as_a_whole_stands_for_its_fields() -> None:
    fields = [item("text", "phone"), item("text", "mail", required=False)]
    dialog = of_one_section(
        item("group", "contact", items=fields),
        attention=[{"name": "silent", "label": "No number.", "relevant": "not known(phone)"}],
    )
    found = sources(Decline("contact", kind="skip"), dialog=dialog)
    assert found == {"attention.silent.label": (("contact", ""),)}


def test_a_fixed_line_comes_from_the_answer_that_it_depends_on() -> None:
    dialog = of_one_section(
        item("select_one", "children", choices=choices("yes", "no")),
        item("note", "needs", relevant='children == "yes"', topic="home", summary="Their needs."),
        item("note", "offered", topic="home", summary="A talk alone is offered."),
        topics=[{"name": "home", "label": "Home"}],
    )
    found = sources(Reply("children", value="yes"), dialog=dialog)
    assert found == {"needs.summary": (("children", ""),), "offered.summary": ()}


def test_a_paragraph_begins_with_what_its_topic_puts_first() -> None:
    asked = [item("text", name, topic="wishes", summary=f"{name}: {{{name}}}.") for name in ("help", "goal", "reason")]
    able = item("group", "abilities", topic="wishes", summary="{good}.", items=[item("text", "good")])
    dialog = of_one_section(
        *asked,
        able,
        topics=[{"name": "wishes", "label": "Wishes", "first": ["goal", "abilities"]}],
    )
    told = [Reply(name, value=name) for name in ("help", "goal", "reason")]
    found = sources(*told, Reply("abilities", fields={"good": "cooking"}), dialog=dialog)
    assert list(found) == ["goal.summary", "abilities.summary", "help.summary", "reason.summary"]


# -- what was answered before ------------------------------------------------------------------------------------------


def talk(id: str, day: int, *events: AnyEvent, sent: bool = True) -> tuple[str, list[Recorded]]:
    told = [Started(dialog="small", version=1, locale="en"), *events, *([Submitted()] if sent else [])]
    return id, [
        Recorded(seq=seq, at=f"2026-03-{day:02}T10:0{seq}:00Z", event=event) for seq, event in enumerate(told, start=1)
    ]


def said(*talks: tuple[str, list[Recorded]]) -> list[tuple[Any, str]]:
    """What was answered about work, with the days on which it was sent."""
    given = sent_answers(talks).get(("work", ""), ())
    return [(one.fact.declined or one.fact.value, one.sent[8:10]) for one in given]


def test_an_answer_that_another_conversation_changed_stays_among_what_was_sent() -> None:
    first = talk("a", 1, Answered(item="work", value="no"))
    second = talk("b", 9, Answered(item="work", value="yes"))
    third = talk("c", 20, Declined(item="work", kind="skip"))
    assert said(first, second, third) == [("no", "01"), ("yes", "09"), ("skip", "20")]


def test_the_same_answer_again_is_no_other_answer() -> None:
    first, second = (talk(id, day, Answered(item="work", value="no")) for id, day in (("a", 1), ("b", 9)))
    assert said(first, second) == [("no", "01")]


def test_what_was_changed_before_sending_was_never_said_to_the_office() -> None:
    changed = talk("a", 1, Answered(item="work", value="no"), Answered(item="work", value="yes"))
    assert said(changed) == [("yes", "01")]


def test_a_conversation_that_was_not_sent_says_nothing() -> None:
    first = talk("a", 1, Answered(item="work", value="no"))
    draft = talk("b", 9, Answered(item="work", value="yes"), sent=False)
    assert said(first, draft) == [("no", "01")]
