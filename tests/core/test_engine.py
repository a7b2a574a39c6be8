"""The conversation: what is asked next, and what each command makes happen."""

from __future__ import annotations

import datetime

import pytest

from assistant.core import engine
from assistant.core.commands import (
    AddItem,
    Back,
    Change,
    Command,
    Confirm,
    Decline,
    Finish,
    Message,
    Open,
    RemoveItem,
    Reply,
    Speak,
    Submit,
)
from assistant.core.problem import Problem
from assistant.core.record import Declined, Messaged, Recorded, State, decode, encode, fold
from assistant.core.steps import Ask, AskMore, Begin, Done, OpenSection, Review, StillTrue, Stopped
from assistant.core.walk import never_asked, walk
from tests.core.small import AT, SMALL, TODAY, begun, dialog_of, do, item, problem_of, step_of


def asked(state: State) -> str:
    step = step_of(state)
    return f"{step.item.name}:{step.of}".rstrip(":") if isinstance(step, Ask) else type(step).__name__


def told(*replies: Reply | Decline | AddItem | Open) -> State:
    state = begun()
    for reply in replies:
        state = do(state, reply)
    return state


CALLED = Reply("called", value="Selam")
BORN = Reply("born", value=1992)
PHONE = Reply("phone", value="070")
SCHOOL = Reply("schooling", fields={"years": 8, "country": "SY"})
WORKED = Reply("worked", value="yes")
JOB = Reply("jobs", of="1", fields={"title": "Cook", "since": "2021-05"})
FIRST = (CALLED, BORN, PHONE, SCHOOL)


def whole_talk() -> State:
    return told(
        *FIRST,
        Reply("worked", value="no"),
        Reply("children", value=0),
        Reply("offices", value=["none"]),
        Open("more", open=False),
    )


def test_nothing_but_the_gate_is_asked_before_a_case_exists() -> None:
    gate = State(conversation="x")
    assert asked(gate) == "hidden"
    assert isinstance(step_of(do(gate, Reply("hidden", value="no"))), Begin)


def test_a_stop_at_the_gate_ends_the_talk() -> None:
    step = step_of(do(State(), Reply("hidden", value="yes")))
    assert isinstance(step, Stopped)
    assert step.item.name == "hidden_stop"


def test_what_the_gate_leaves_to_the_visit_looks_like_any_other_decline() -> None:
    careful = begun("unsure")
    assert careful.facts["phone", ""].declined == "in_person"
    assert not any(key[0] == "hidden" for key in careful.facts)
    plain = do(do(do(begun(), CALLED), BORN), Decline("phone", kind="in_person"))
    assert careful.facts["phone", ""].declined == plain.facts["phone", ""].declined


def unasked(state: State) -> list[str]:
    return [slot.item.name for slot in walk(SMALL, state, TODAY).slots if slot.item and never_asked(state, slot)]


def test_what_the_gate_leaves_to_the_visit_is_known_as_never_asked_until_it_is() -> None:
    careful = do(do(begun("unsure"), CALLED), BORN)
    assert unasked(careful) == ["phone"]
    assert unasked(do(do(do(begun(), CALLED), BORN), Decline("phone", kind="in_person"))) == []
    asked_for = do(careful, Change("phone"))
    assert unasked(do(asked_for, Decline("phone", kind="in_person"))) == []
    assert unasked(do(asked_for, PHONE)) == []


def test_going_back_does_not_lead_to_what_the_gate_leaves_to_the_visit() -> None:
    careful = do(do(begun("unsure"), CALLED), BORN)
    assert asked(careful) == "schooling"
    assert asked(do(careful, Back())) == "born"
    assert problem_of(begun("unsure"), Back()).code == "nothing_before"


def test_questions_are_asked_in_order_each_once() -> None:
    state, seen = begun(), []
    for reply in (*FIRST, Reply("worked", value="no"), Reply("children", value=0), Reply("offices", value=["none"])):
        seen.append(asked(state))
        state = do(state, reply)
    assert seen == ["called", "born", "phone", "schooling", "worked", "children", "offices"]
    assert isinstance(step_of(state), OpenSection)


def test_a_reply_to_another_question_than_the_one_asked_is_refused() -> None:
    assert problem_of(begun(), Reply("born", value=1992)).code == "not_asked"
    assert problem_of(begun(), Reply("nonsense", value=1)).status == 409
    assert problem_of(begun(), Reply("called", of="7", value="x")).code == "not_asked"


def test_a_case_under_eighteen_is_stopped_and_may_mend_a_wrong_year() -> None:
    state = told(CALLED, Reply("born", value=2015))
    assert isinstance(step_of(state), Stopped)
    again = do(do(state, Change("born")), BORN)
    assert asked(again) == "phone"


def test_an_answer_off_the_path_vanishes_and_returns() -> None:
    state = told(*FIRST, WORKED, JOB, AddItem("jobs", more=False))
    assert ("title", "1") in walk(SMALL, state, TODAY).answers
    without = do(do(state, Change("worked")), Reply("worked", value="no"))
    assert ("title", "1") not in walk(SMALL, without, TODAY).answers
    assert asked(without) == "children"
    back = do(do(without, Change("worked")), WORKED)
    assert walk(SMALL, back, TODAY).answers["title", "1"].value == "Cook"


def test_a_changed_answer_opens_a_group_again_if_a_field_is_missing() -> None:
    state = told(CALLED, BORN, PHONE, Reply("schooling", fields={"years": 0}))
    assert ("country", "") not in walk(SMALL, state, TODAY).answers
    state = do(do(state, Change("schooling")), SCHOOL)
    assert walk(SMALL, state, TODAY).answers["country", ""].value == "SY"


def test_fields_that_turn_out_not_to_apply_are_ignored() -> None:
    state = told(CALLED, BORN, PHONE, Reply("schooling", fields={"years": 0, "country": "nonsense"}))
    assert asked(state) == "worked"


def test_each_field_of_a_group_has_its_own_problem_and_all_are_told_at_once() -> None:
    state = told(CALLED, BORN, PHONE)
    found = problem_of(state, Reply("schooling", fields={"years": "many"}))
    assert found.fields["years"].code == "not_a_number"
    found = problem_of(state, Reply("schooling", fields={"years": 3, "country": "XX"}))
    assert {name: one.code for name, one in found.fields.items()} == {"country": "no_such_choice"}
    assert problem_of(state, Reply("schooling", fields={"other": 1})).code == "unknown_field"
    assert problem_of(state, Reply("schooling", value=3)).code == "wrong_type"


def test_a_declined_question_is_unknown_to_conditions_but_not_asked_again() -> None:
    state = do(told(*FIRST), Decline("worked", kind="unknown"))
    assert asked(state) == "children"
    path = walk(SMALL, state, TODAY)
    assert path.declined["worked"] == "unknown"
    assert "why_not" not in {slot.item.name for slot in path.slots if slot.item and slot.status == "open"}


def test_a_decline_enters_a_condition_by_name() -> None:
    state = do(told(*FIRST), Decline("worked", kind="skip"))
    state = do(do(state, Reply("children", value=0)), Reply("offices", value=["none"]))
    assert asked(state) == "why_not"


def test_a_decline_that_is_not_offered_is_refused() -> None:
    assert problem_of(State(), Decline("hidden", kind="skip")).code == "not_declinable"
    assert problem_of(begun(), Decline("called", kind="never")).code == "not_declinable"


def test_an_open_repeat_asks_its_first_item_without_asking_and_then_for_more() -> None:
    state = told(*FIRST, WORKED)
    assert asked(state) == "jobs:1"
    state = do(state, JOB)
    assert isinstance(step_of(state), AskMore)
    state = do(state, AddItem("jobs"))
    assert asked(state) == "jobs:2"
    state = do(state, Reply("jobs", of="2", fields={"title": "Driver"}))
    assert asked(do(state, AddItem("jobs", more=False))) == "latest"


def test_ids_of_a_repeat_are_never_used_again() -> None:
    state = told(*FIRST, WORKED, JOB, AddItem("jobs"), Reply("jobs", of="2", fields={"title": "Driver"}))
    state = do(do(state, RemoveItem("jobs", "2")), AddItem("jobs"))
    assert asked(state) == "jobs:3"
    assert problem_of(state, RemoveItem("jobs", "2")).code == "not_asked"


def test_when_the_only_item_was_taken_away_it_is_asked_anew_under_another_id() -> None:
    for before in (told(*FIRST, WORKED, JOB), told(*FIRST, WORKED, JOB, AddItem("jobs", more=False))):
        state = do(before, RemoveItem("jobs", "1"))
        assert asked(state) == "jobs:2"
        assert asked(do(state, Decline("jobs", of="2"))) == "children"


@pytest.mark.parametrize("of", ["²", "٣", "x", "9" * 5000, ""])
def test_an_item_that_never_was_cannot_be_taken_away(of: str) -> None:
    state = told(*FIRST, WORKED, JOB)
    assert problem_of(state, RemoveItem("jobs", of)).code == "not_asked"
    assert not engine.already(SMALL, state, RemoveItem("jobs", of), TODAY)


def test_a_record_that_is_full_takes_no_more_answers_but_can_be_sent() -> None:
    state = whole_talk()
    state.seq = engine.MAX_RECORD
    assert problem_of(state, Change("called")).code == "too_many_events"
    assert isinstance(step_of(do(state, Submit())), Done)


def test_a_repeat_has_at_most_its_max() -> None:
    state = told(*FIRST, WORKED, JOB)
    for number in ("2", "3"):
        state = do(do(state, AddItem("jobs")), Reply("jobs", of=number, fields={"title": "x"}))
    assert asked(state) == "latest"
    assert problem_of(state, AddItem("jobs")).code == "too_many"


def test_a_declined_open_repeat_is_not_asked_for_more() -> None:
    assert asked(do(told(*FIRST, WORKED), Decline("jobs", of="1", kind="in_person"))) == "children"


def test_a_counted_repeat_follows_its_count() -> None:
    state = told(*FIRST, Reply("worked", value="no"), Reply("children", value=2))
    assert asked(state) == "child:1"
    state = do(
        do(state, Reply("child", of="1", fields={"child_born": 2015})),
        Reply("child", of="2", fields={"child_born": 2022}),
    )
    assert asked(state) == "school_start"
    fewer = do(do(state, Change("children")), Reply("children", value=1))
    assert asked(fewer) == "offices"
    more = do(do(fewer, Change("children")), Reply("children", value=2))
    assert asked(more) == "school_start"


def test_a_repeat_for_each_asks_once_per_choice_but_not_for_none() -> None:
    state = told(*FIRST, Reply("worked", value="no"), Reply("children", value=0), Reply("offices", value=["fk", "af"]))
    assert asked(state) == "share:af"
    state = do(state, Reply("share", of="af", fields={"about": "work"}))
    assert asked(state) == "share:fk"
    assert isinstance(step_of(whole_talk()), Review)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (["af", "fk", "csn"], "too_many"),
        (["af", "none"], "exclusive"),
        (["xx"], "no_such_choice"),
        (7, "wrong_type"),
        ([], "required"),
    ],
)
def test_several_choices_are_held_to_their_rules(value: object, code: str) -> None:
    state = told(*FIRST, Reply("worked", value="no"), Reply("children", value=0))
    assert problem_of(state, Reply("offices", value=value)).code == code


def test_a_choice_that_is_not_offered_cannot_be_picked_and_a_picked_one_vanishes_with_its_condition() -> None:
    old = told(
        CALLED, Reply("born", value=1950), PHONE, SCHOOL, Reply("worked", value="no"), Reply("children", value=0)
    )
    assert problem_of(old, Reply("offices", value=["csn"])).code == "no_such_choice"
    young = told(*FIRST, Reply("worked", value="no"), Reply("children", value=0), Reply("offices", value=["af", "csn"]))
    aged = do(do(young, Change("born")), Reply("born", value=1950))
    assert walk(SMALL, aged, TODAY).values["offices"] == ("af",)


def test_an_optional_section_is_opened_by_the_person_and_may_be_opened_later() -> None:
    state = whole_talk()
    assert isinstance(step_of(state), Review)
    state = do(state, Open("more"))
    assert asked(state) == "hobby"
    assert problem_of(state, Open("nonsense")).code == "not_asked"


def test_finish_is_offered_after_three_answers_and_leads_to_the_review() -> None:
    assert problem_of(told(CALLED, BORN), Finish()).code == "not_asked"
    state = do(told(CALLED, BORN, PHONE), Finish())
    assert isinstance(step_of(state), Review)
    assert asked(do(state, Change("born"))) == "born"
    assert asked(do(state, Finish(done=False))) == "schooling"


def test_back_asks_the_answer_before_again_and_going_on_keeps_the_rest() -> None:
    state = do(told(CALLED, BORN), Back())
    assert asked(state) == "born"
    state = do(state, Back())
    assert asked(state) == "called"
    assert asked(do(do(state, CALLED), BORN)) == "phone"
    assert problem_of(begun(), Back()).code == "nothing_before"


def test_only_a_reviewed_talk_can_be_sent_and_a_sent_one_is_closed() -> None:
    assert problem_of(begun(), Submit()).code == "not_asked"
    sent = do(whole_talk(), Submit())
    assert isinstance(step_of(sent), Done)
    for command in (Reply("called", value="x"), Change("called"), Back(), Finish(), Open("more"), Submit()):
        assert problem_of(sent, command).code == "not_asked"


def test_a_message_needs_a_phone_number_and_goes_at_any_time() -> None:
    assert problem_of(begun(), Message("apply_now", phone="  ")).fields["phone"].code == "required"
    assert problem_of(begun(), Message("call_me", phone="0" * 50)).fields["phone"].code == "too_long"
    events = engine.decide(SMALL, do(whole_talk(), Submit()), Message("call_me", name="S", phone="070"), TODAY)
    assert events == (Messaged(kind="call_me", name="S", phone="070"),)


def test_speaking_another_language_changes_nothing_else() -> None:
    state = do(told(CALLED), Speak("sv"))
    assert state.locale == "sv"
    assert asked(state) == "born"
    assert engine.decide(SMALL, state, Speak("sv"), TODAY) == ()


def test_the_same_answer_twice_is_found_to_be_said_already() -> None:
    state = told(CALLED, BORN, PHONE, SCHOOL)
    assert engine.already(SMALL, state, Reply("born", value="1992"), TODAY)
    assert not engine.already(SMALL, state, Reply("born", value=1991), TODAY)
    assert engine.already(SMALL, state, SCHOOL, TODAY)
    assert not engine.already(SMALL, state, Reply("schooling", fields={"years": 9, "country": "SY"}), TODAY)
    assert not engine.already(SMALL, state, WORKED, TODAY)
    declined = do(state, Decline("worked", kind="skip"))
    assert engine.already(SMALL, declined, Decline("worked", kind="skip"), TODAY)
    assert not engine.already(SMALL, declined, Decline("worked", kind="unknown"), TODAY)


def test_facts_of_an_earlier_dialog_are_confirmed_not_asked_again() -> None:
    first = do(whole_talk(), Submit())
    begins = engine.opening(SMALL, State(), "en", TODAY)
    second = engine.after(first.begin("c2"), engine.record(first.begin("c2"), begins, "2026-06-01T10:00:00Z"))
    step = step_of(second)
    assert isinstance(step, StillTrue)
    names = {slot.item.name for slot in step.slots if slot.item}
    assert names == {"called", "born", "phone", "schooling"}
    events = engine.decide(SMALL, second, Confirm(still_true=("called", "born", "phone")), TODAY)
    assert not isinstance(events, Problem)
    after = engine.after(second, engine.record(second, events, "2026-06-01T10:01:00Z"))
    assert asked(after) == "schooling"


def test_a_fact_that_has_outlived_its_keep_is_asked_again() -> None:
    first = do(do(do(whole_talk(), Open("more")), Reply("hobby", value="chess")), Submit())
    for day, kind in (("2026-06-01", "StillTrue"), ("2027-06-01", "Ask")):
        begins = engine.opening(SMALL, State(), "en", TODAY)
        second = engine.after(first.begin("c2"), engine.record(first.begin("c2"), begins, f"{day}T10:00:00Z"))
        second.sections["more"] = True
        path = walk(SMALL, second, datetime.date.fromisoformat(day))
        hobby = next(slot for slot in path.slots if slot.item is not None and slot.item.name == "hobby")
        assert hobby.status == {"StillTrue": "inherited", "Ask": "reopened"}[kind]


def test_a_record_is_the_same_after_writing_and_reading() -> None:
    recorded = Recorded(seq=3, at=AT, event=Declined(item="born", kind="skip"))
    assert decode(encode(recorded)) == recorded


def test_folding_a_record_gives_the_state_that_was_live() -> None:
    state = State(conversation="c1")
    records: list[Recorded] = []
    commands: list[Command] = [*FIRST, WORKED, JOB, AddItem("jobs", more=False), Back(), Speak("sv")]
    opening = engine.record(state, engine.opening(SMALL, State(), "en", TODAY), AT)
    records.extend(opening)
    state = engine.after(state, opening)
    for command in commands:
        events = engine.decide(SMALL, state, command, TODAY)
        assert not isinstance(events, Problem)
        new = engine.record(state, events, AT)
        records.extend(new)
        state = engine.after(state, new)
    assert fold([("c1", [decode(encode(one)) for one in records])]) == state


def test_a_group_declined_as_a_whole_declines_its_fields() -> None:
    state = do(told(CALLED, BORN, PHONE), Decline("schooling", kind="in_person"))
    assert asked(state) == "worked"
    assert walk(SMALL, state, TODAY).declined["years"] == "in_person"


def test_a_screen_with_a_message_sends_it_with_its_answer() -> None:
    dialog = dialog_of(
        {
            "name": "s",
            "label": "S",
            "items": [item("group", "call", message="call_me", items=[item("text", "phone"), item("text", "when")])],
        }
    )
    state = State(conversation="c")
    state = engine.after(state, engine.record(state, engine.opening(dialog, State(), "en", TODAY), AT))
    events = engine.decide(dialog, state, Reply("call", fields={"phone": "070", "when": "Monday"}), TODAY)
    assert not isinstance(events, Problem)
    assert events[1] == Messaged(kind="call_me", phone="070", when="Monday")
