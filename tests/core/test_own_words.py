"""Which words of a record are a person's own, and in which language they were written."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.core.dialog import Dialog
from assistant.core.own_words import OwnWords, are_words, own_words, told_words
from assistant.core.record import Answered, AnyEvent, Filled, Messaged, Recorded, Reopened, Spoke, Started, Submitted
from assistant.scripts import is_written_in

BEGUN = Started(dialog="first_visit", version=1, locale="ar")


def records(*events: AnyEvent) -> list[Recorded]:
    told = enumerate((BEGUN, *events), 1)
    return [Recorded(seq=seq, at=f"2026-03-05T09:00:{seq:02}Z", event=event) for seq, event in told]


def words(dialogs: Mapping[str, Dialog], *events: AnyEvent) -> list[OwnWords]:
    return list(own_words(dialogs["first_visit"], "c", records(*events)))


def said(value: str) -> Answered:
    return Answered(item="goal_words", value=value)


def test_words_carry_the_language_that_the_talk_was_in_when_they_were_written(dialogs: Mapping[str, Dialog]) -> None:
    jobs = Filled(item="jobs", of="1", values={"job_title": "kock", "job_country": "SY"})
    found = words(dialogs, said("أريد أن أعمل"), Spoke(locale="uk"), jobs, Spoke(locale="sv"), Submitted())
    assert found == [OwnWords("ar", "أريد أن أعمل"), OwnWords("uk", "kock")]


def test_what_was_never_sent_is_not_among_them(dialogs: Mapping[str, Dialog]) -> None:
    assert words(dialogs, said("draft")) == []
    again = Reopened(item="goal_words")
    assert words(dialogs, said("first try"), again, said("sent"), Submitted(), again, said("later")) == [
        OwnWords("ar", "sent")
    ]


def test_an_answer_that_was_sent_and_changed_later_is(dialogs: Mapping[str, Dialog]) -> None:
    again = Reopened(item="goal_words")
    found = words(dialogs, said("one"), Submitted(), again, said("two"), Submitted())
    assert [one.text for one in found] == ["one", "two"]


def test_names_numbers_and_addresses_are_no_words(dialogs: Mapping[str, Dialog]) -> None:
    name = Answered(item="called_name", value="ليلى")
    ways = Filled(item="contact", values={"contact_phone": "070-123", "contact_email": "a@example.org"})
    assert words(dialogs, name, ways, Answered(item="goal", value=("job",)), said("123"), Submitted()) == []
    assert are_words("goal_words", "kock") and not are_words("called_name", "kock")


def test_a_message_tells_its_language_or_has_that_of_the_case() -> None:
    told = records(
        Messaged(kind="call_me", name="ليلى", phone="070", when="بعد السادسة", locale="ar"),
        Messaged(kind="call_me", phone="070", when="after six"),
        Messaged(kind="call_me", phone="070", when="16-18"),
    )
    assert told_words(told, "en") == (OwnWords("ar", "بعد السادسة"), OwnWords("en", "after six"))


def test_letters_can_speak_against_a_language() -> None:
    right = {"ar": "أريد", "fa_AF": "می‌خواهم", "ckb": "دەمەوێت", "ti": "እደሊ", "uk": "хочу", "tr": "şimdi", "xx": "any"}
    for cldr, text in right.items():
        assert is_written_in(text, cldr), cldr
    for cldr, text in {"ar": "Jag", "ti": "أريد", "uk": "Jag", "sv": "хочу", "fa_AF": "123", "xx": "123"}.items():
        assert not is_written_in(text, cldr), cldr
