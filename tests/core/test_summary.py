"""The summary of a case: what stands where, what is left out, and what nobody is shown."""

from __future__ import annotations

from typing import Any

from assistant.core.commands import AddItem, Change, Decline, Finish, Open, Reply
from assistant.core.dialog import Dialog
from assistant.core.record import State
from assistant.core.summary import Sentence, Summary, reply_sentence, summarize
from assistant.core.walk import walk
from tests.core.small import SMALL, TODAY, begun, choices, dialog_of, do, item

CALLED = Reply("called", value="Selam")
BORN = Reply("born", value=1992)
PHONE = Reply("phone", value="070")
SCHOOL = Reply("schooling", fields={"years": 8, "country": "SY"})
FIRST = (CALLED, BORN, PHONE, SCHOOL)
NO_WORK = Reply("worked", value="no")
NO_CHILDREN = Reply("children", value=0)
NO_OFFICE = Reply("offices", value=["none"])


def told(*replies: Any, dialog: Dialog = SMALL) -> State:
    state = begun(dialog=dialog)
    for reply in replies:
        state = do(state, reply, dialog)
    return state


def summary_of(*replies: Any, dialog: Dialog = SMALL) -> Summary:
    return summarize(dialog, told(*replies, dialog=dialog), TODAY)


def contexts(summary: Summary) -> dict[str, list[str]]:
    return {topic.name: [one.context for one in sentences] for topic, sentences in summary.paragraphs}


def names(sentence: Sentence) -> dict[str, Any]:
    return {name: filler.value for name, filler in sentence.fillers.items()}


def test_paragraphs_stand_in_the_order_of_the_topics_and_sentences_in_the_order_of_the_questions() -> None:
    summary = summary_of(*FIRST, NO_WORK, NO_CHILDREN, NO_OFFICE, Open("more"), Reply("hobby", value="chess"))
    assert contexts(summary) == {
        "who": ["called.summary", "age.summary", "hobby.summary"],
        "school": ["schooling.summary"],
        "work": ["offices.summary", "offices.missing"],
    }


def test_a_topic_about_which_nothing_is_known_has_no_paragraph() -> None:
    assert list(contexts(summary_of(CALLED))) == ["who"]


def test_a_sentence_brings_the_facts_that_are_known_and_leaves_the_brackets_to_the_words() -> None:
    (sentence,) = dict((topic.name, rest) for topic, rest in summary_of(*FIRST).paragraphs)["school"]
    assert names(sentence) == {"years": 8, "country": "SY"}
    assert sentence.source == "{years} years of school[ in {country}].[ {field}.]"


def test_a_sentence_of_which_no_fact_is_known_is_left_out() -> None:
    assert "school" not in contexts(summary_of(CALLED, BORN, PHONE, Decline("schooling", kind="skip")))


def test_a_calculated_fact_stands_in_a_sentence_like_one_that_was_told() -> None:
    (_, age) = summary_of(CALLED, BORN).paragraphs[0][1]
    assert names(age) == {"age": 34}


def test_what_was_offered_and_not_chosen_is_told_without_what_excludes_it() -> None:
    summary = summary_of(*FIRST, NO_WORK, NO_CHILDREN, Reply("offices", value=["af"]))
    missing = summary.paragraphs[-1][1][-1]
    assert (missing.context, names(missing)) == ("offices.missing", {"offices": ("fk", "csn")})


def test_every_item_of_a_list_has_a_sentence_of_its_own() -> None:
    summary = summary_of(
        *FIRST,
        Reply("worked", value="yes"),
        Reply("jobs", of="1", fields={"title": "Cook", "since": "2019"}),
        AddItem("jobs"),
        Reply("jobs", of="2", fields={"title": "Nurse"}),
    )
    work = [one for one in summary.paragraphs[-1][1] if one.context == "jobs.summary"]
    assert [(one.of, names(one)) for one in work] == [
        ("1", {"title": "Cook", "since": "2019"}),
        ("2", {"title": "Nurse"}),
    ]


def test_an_answer_that_is_off_the_path_is_nowhere_in_the_summary() -> None:
    with_job = told(
        *FIRST, Reply("worked", value="yes"), Reply("jobs", of="1", fields={"title": "Cook", "since": "2019"})
    )
    without = do(do(with_job, Change("worked")), NO_WORK)
    assert "jobs.summary" in str(contexts(summarize(SMALL, with_job, TODAY)))
    assert "jobs.summary" not in str(contexts(summarize(SMALL, without, TODAY)))


def test_a_decline_is_told_with_its_kind_and_never_as_unanswered() -> None:
    summary = summary_of(CALLED, Decline("born", kind="in_person"))
    assert [(one.question.name, one.declined) for one in summary.declined] == [("born", "in_person")]
    assert "born" not in {one.question.name for one in summary.unanswered}


def test_a_group_that_was_declined_is_one_answer_and_not_one_for_each_field() -> None:
    summary = summary_of(CALLED, BORN, PHONE, Decline("schooling", kind="unknown"))
    assert [one.question.name for one in summary.declined] == ["schooling"]


def test_what_is_left_to_the_visit_is_unanswered() -> None:
    summary = summary_of(*FIRST, Finish())
    assert {"worked", "children", "offices"} <= {one.question.name for one in summary.unanswered}


def test_nothing_follows_from_a_question_that_was_declined() -> None:
    asked = (*FIRST, NO_WORK, NO_CHILDREN)
    assert [one.item.name for one in summary_of(*asked, NO_OFFICE).attention] == ["alone"]
    assert summary_of(*asked, Decline("offices", kind="skip")).attention == ()


SECRETS = dialog_of(
    {"name": "gate", "label": "Gate", "gate": True, "items": [item("select_one", "hidden", choices=choices("no"))]},
    {
        "name": "all",
        "label": "All",
        "items": [
            item("text", "called", topic="who", summary="Called {called}."),
            item(
                "select_one", "safe", choices=choices("ok", "care"), private=True, topic="who", summary="Safe: {safe}."
            ),
            item(
                "select_multiple",
                "help",
                choices=choices("job", "drugs", drugs={"private": True}),
                topic="who",
                summary="Help with {help}.",
                reply="So you want {help}.",
            ),
            item("text", "last", topic="who", summary="{called}[ and {safe}]."),
        ],
    },
    topics=[{"name": "who", "label": "Who"}],
    attention=[
        {"name": "calm", "label": "No hurry", "relevant": "known(called)"},
        {"name": "careful", "label": "Careful, {called}: {safe}", "relevant": 'safe == "care"', "urgent": True},
        {"name": "drugs", "label": "Wants help with {help}", "relevant": 'has(help, "drugs")', "private": True},
    ],
    told_by_other='called == "Mother"',
)
SECRET = (CALLED, Reply("safe", value="care"), Reply("help", value=["job", "drugs"]), Reply("last", value="x"))


def test_a_private_answer_stands_in_no_sentence_and_a_private_choice_in_none_either() -> None:
    summary = summary_of(*SECRET, dialog=SECRETS)
    said = [names(one) for _, sentences in summary.paragraphs for one in sentences]
    assert said == [{"called": "Selam"}, {"help": ("job",)}, {"called": "Selam"}]


def test_only_lines_of_attention_tell_that_there_is_something_private_and_never_what_was_answered() -> None:
    summary = summary_of(*SECRET, dialog=SECRETS)
    assert [(one.item.name, names(one)) for one in summary.attention] == [
        ("careful", {"called": "Selam"}),
        ("calm", {}),
        ("drugs", {"help": ("job",)}),
    ]


def test_a_private_question_is_never_told_as_declined_or_unanswered() -> None:
    declined = summary_of(CALLED, Decline("safe", kind="skip"), dialog=SECRETS)
    unanswered = summary_of(CALLED, dialog=SECRETS)
    assert declined.declined == ()
    assert "safe" not in {one.question.name for one in unanswered.unanswered}


def test_what_is_answered_back_holds_no_private_choice() -> None:
    state = told(*SECRET[:3], dialog=SECRETS)
    question = SECRETS.sections[1].items[2]
    path = walk(SECRETS, state, TODAY)
    back = reply_sentence(SECRETS, state, path, question, "")  # type: ignore[arg-type]
    assert back is not None
    assert names(back) == {"help": ("job",)}


def test_the_summary_says_whether_somebody_else_has_answered() -> None:
    assert not summary_of(CALLED, dialog=SECRETS).told_by_other
    assert summary_of(Reply("called", value="Mother"), dialog=SECRETS).told_by_other
