"""The script of the chat: short, of its own address alone, and made of what old telephones know."""

from __future__ import annotations

import re

import pytest

from assistant import resources
from assistant.server.pages import _shorter

SCRIPT = (resources.folder("web") / "static" / "chat.js").read_bytes()
MOST_BYTES = 6000
CODE = re.sub(r"(?m)^\s*//.*$", "", SCRIPT.decode("utf-8"))
"""What is run: without comments, which stand on lines of their own."""
NO_TEXTS = re.sub(r'"[^"\n]*"', '""', CODE)

YOUNGER = {
    # What Chrome 61 and Safari 11.1 read as a mistake: then nothing of the script runs, not even the exit.
    "optional chaining": r"\?\.(?!\d)",
    "a default for nothing": r"\?\?",
    "assignment with logic": r"(&&|\|\|)=",
    "classes": r"\bclass\b",
    "private names": r"\B#\w",
    "catch without a name": r"\bcatch\s*\{",
    "lookbehind": r"\(\?<[=!]",
    "named groups": r"\(\?<[A-Za-z]",
    "flag s, v or y": r"/[gimu]*[svy][a-z]*[.,;)\s]",
    "numbers in groups": r"\d_\d",
    "big integers": r"\b\d+n\b",
    "import": r"\bimport\b",
    "loops that wait": r"\bfor await\b",
    "power": r"\*\*",
    # What they do not have: then the line fails where it stands.
    "arrays": r"\.(flat|flatMap|at|findLast|toSorted|toReversed|with)\(",
    "strings": r"\.(matchAll|replaceAll|trimStart|trimEnd)\(",
    "objects": r"Object\.(fromEntries|hasOwn|groupBy)|\bstructuredClone\b|\bglobalThis\b|\bqueueMicrotask\b",
    "promises": r"\.(finally|allSettled|any|withResolvers)\(|AbortSignal",
    "elements": r"\.(replaceChildren|requestSubmit|toggleAttribute|checkVisibility|showModal|showPopover|moveBefore)\(",
    "observers": r"\b(Resize|Intersection|Performance)Observer\b|\bBroadcastChannel\b|\brequestIdleCallback\b",
}
NEVER = {
    "text as code": r"\beval\b|\bFunction\(|set(Timeout|Interval)\(\s*[\"']",
    "text as HTML": r"\b(innerHTML|insertAdjacentHTML|srcdoc|DOMParser|document\.write)\b",
    "storage": r"\b(localStorage|sessionStorage|indexedDB|caches|serviceWorker|cookie)\b",
    "other ways out": r"\b(sendBeacon|XMLHttpRequest|WebSocket|EventSource|postMessage|window\.open)\b",
    "other addresses": r"https?:|[\"'`]//",
}


@pytest.mark.parametrize("pattern", YOUNGER.values(), ids=YOUNGER.keys())
def test_old_telephones_know_what_it_is_made_of(pattern: str) -> None:
    assert re.findall(pattern, NO_TEXTS) == []


@pytest.mark.parametrize("pattern", NEVER.values(), ids=NEVER.keys())
def test_what_it_never_does(pattern: str) -> None:
    assert re.findall(pattern, CODE) == []


def test_the_only_html_that_it_takes_comes_through_its_policy() -> None:
    assert re.findall(r"outerHTML.*", CODE) == ["outerHTML = policy.createHTML(html);"]


def test_it_asks_for_the_conversation_and_the_exit_alone() -> None:
    assert set(re.findall(r'"(/[^"]*)"', CODE)) == {"/chat", "/chat#q", "/chat/closed", "/chat/leave", "/left"}


def test_its_size() -> None:
    assert len(_shorter(SCRIPT)) <= MOST_BYTES


def test_no_text_goes_over_several_lines_so_that_it_can_be_made_shorter() -> None:
    assert "`" not in CODE
    assert _shorter(SCRIPT).count(b"\n") < SCRIPT.count(b"\n")
