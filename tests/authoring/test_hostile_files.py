"""Files that nobody wrote in good faith, or that got lost on their way: each gives problems, none breaks the reader."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.authoring import yaml_nodes
from assistant.authoring.checking import load_and_check
from tests.authoring.writing import BEFORE, HEADER, NAMED_LISTS, dialog_with_items

LAUGHS = "a: &a [lol, lol]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE: dict[str, tuple[bytes, str, tuple[int, int]]] = {
    "billion laughs": (LAUGHS.encode(), "an alias (*a) is not allowed", (2, 8)),
    "200,000 brackets": (b"[" * 200_000, "more than 40 levels deep", (1, 41)),
    "200,000 braces": (b"a: " + b"{a: " * 200_000, "more than 40 levels deep", (1, 160)),
    "200,000 brackets behind quotes that look closed": (b'["]", ' * 150_000, "more than 40 levels deep", (1, 241)),
    "a deep block": (b"- " * 200_000 + b"a", "more than 40 levels deep", (1, 81)),
    "a ladder of keys": (
        b"".join(b" " * n + b"a:\n" for n in range(600)),
        "more than 40 levels deep",
        (41, 41),
    ),
    "two megabytes": (b"a: b\n" * 400_000, "the file is too large", (1, 1)),
    "a zero byte": (b"dialog: a\nti\0tle: b\n", "a character that cannot be seen (U+0000)", (2, 3)),
    "a tab in the indentation": (b"dialog: a\ntopics:\n\t- a\n", "a tab in the indentation", (3, 1)),
    "a byte order mark": (b"\xef\xbb\xbfdialog: a\n", "a byte order mark", (1, 1)),
    "UTF-16": ("dialog: a\n".encode("utf-16"), "this is not UTF-8", (1, 1)),
    "broken UTF-8": (b"dialog: a\ntitle: \xc3\x28\n", "this is not UTF-8", (2, 8)),
    "nothing": (b"", "the file is empty", (1, 1)),
    "only a comment": (b"# nothing\n", "the file is empty", (1, 1)),
    "a list": (b"- a\n- b\n", "the file is a list where a dialog is needed", (1, 1)),
    "a word": (b"hello\n", "the file is a text where a dialog is needed", (1, 1)),
    "null": (b"null\n", "the file has no value", (1, 1)),
    "two documents": (b"dialog: a\n---\ndialog: b\n", "a second document begins here", (2, 1)),
    "a tag that makes objects": (
        b"dialog: !!python/object/apply:os.system [ls]\n",
        "a tag (tag:yaml.org,2002:python/object/apply:os.system) is not allowed",
        (1, 9),
    ),
    "a merge": (b"dialog: a\n<<: {title: b}\n", "merging (<<) is not allowed", (2, 1)),
    "a key that is a list": (b"? [a]\n: b\n", "this cannot be a key", (1, 3)),
    "a placeholder without quotes": (b"title: {a} b\n", "this cannot be read as YAML", (1, 12)),
    "a colon in a text": (b"title: a: b\n", "this cannot be read as YAML", (1, 9)),
    "an open quote": (b'title: "a\n', "this cannot be read as YAML", (2, 1)),
    "old line ends alone": (b"dialog: a\rtitle: b\r", "a character that cannot be seen (U+000D)", (1, 10)),
    "bidirectional line separators": ("dialog: a\u2028b\n".encode(), "(U+2028)", (1, 10)),
}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml_nodes._LOADER], ids=["plain", "fast"])
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gives_a_problem_at_its_place(
    case: str, loader: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_nodes, "_LOADER", loader)
    content, message, place = HOSTILE[case]
    path = tmp_path / "dialog.yaml"
    path.write_bytes(content)
    dialog, problems = load_and_check(path, NAMED_LISTS)
    assert dialog is None
    told = [problem for problem in problems if message in problem.message]
    if "read as YAML" not in message:
        assert [(problem.line, problem.column) for problem in told] == [place]
    assert told


def _no_such_file(folder: Path) -> Path:
    return folder / "none.yaml"


def _a_folder(folder: Path) -> Path:
    (folder / "d.yaml").mkdir()
    return folder / "d.yaml"


def _a_link_to_itself(folder: Path) -> Path:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    return folder / "loop.yaml"


def _an_endless_name(folder: Path) -> Path:
    return folder / ("a" * 5000)


def _a_zero_byte(folder: Path) -> Path:
    return folder / "a\0b"


@pytest.mark.parametrize("make", [_no_such_file, _a_folder, _a_link_to_itself, _an_endless_name, _a_zero_byte])
def test_a_path_that_is_no_file_gives_one_problem(make: Callable[[Path], Path], tmp_path: Path) -> None:
    dialog, problems = load_and_check(make(tmp_path), NAMED_LISTS)
    assert dialog is None
    assert len(problems) == 1


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "dialog.yaml"
    path.write_bytes((HEADER + BEFORE).replace("\n", "\r\n").encode())
    dialog, problems = load_and_check(path, NAMED_LISTS)
    assert problems == []
    assert dialog is not None


def _told(content: bytes) -> None:
    """Whatever the file holds: a dialog or problems, each with a place and a remedy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialog.yaml"
        path.write_bytes(content)
        dialog, problems = load_and_check(path, NAMED_LISTS)
    assert (dialog is None) == bool(problems)
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.remedy
        str(problem).encode("utf-8")
        assert "\n" not in str(problem)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_raise(content: bytes) -> None:
    _told(content)


_WORDS = st.sampled_from(
    [
        "type name label items choices relevant value count for_each more topic summary missing why later keep max min",
        "select_one select_multiple group repeat calculate note stop text integer date",
        "nick age_now needs school jobs born true false null 5 1.5 -1 P1Y {nick} [{nick}] {each} {",
        "known(nick) age_now>5 has(needs,'food') 1+ \"\\ud800\" '' \"\\u202e\" countries yes_no",
    ]
).flatmap(lambda words: st.sampled_from(words.split()))
_VALUES = st.recursive(
    _WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        st.lists(st.tuples(_WORDS, inner), max_size=5).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(_VALUES, max_size=4))
def test_random_items_never_raise(values: list[str]) -> None:
    _told(dialog_with_items("\n".join(f"- {value}" for value in values) or "[]").encode())


@settings(deadline=None)
@given(st.lists(st.tuples(_WORDS | st.sampled_from(["dialog", "parts", "sections", "topics"]), _VALUES), max_size=6))
def test_random_headers_never_raise(pairs: list[tuple[str, str]]) -> None:
    _told("".join(f"{key}: {value}\n" for key, value in pairs).encode())


@settings(deadline=None)
@given(st.integers(min_value=0), st.text(max_size=3), st.integers(min_value=0, max_value=20))
def test_a_dialog_with_a_random_wound_never_raises(place: int, put: str, cut: int) -> None:
    whole = dialog_with_items("- {type: calculate, name: total, value: age_now + children}")
    place %= len(whole)
    _told((whole[:place] + put + whole[place + cut :]).encode("utf-8", "surrogatepass"))
