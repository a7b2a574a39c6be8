"""Answers to any turn of the JSON API, so that a test can walk a whole dialog without knowing it."""

from __future__ import annotations

from typing import Any

START = {"locale": "en", "dialog": "first_visit", "invitation": None}
AVOID = {"yes", "unknown", "skip", "guardian", "professional", "relative"}


def answer(turn: dict[str, Any], words: str = "Words") -> tuple[str, dict[str, Any]]:
    """The path below /api/v1/conversation and the body that take a turn on. ``words`` are said in every text field."""
    step, seen = turn["step"], turn["seq"]
    match step["kind"]:
        case "ask":
            item = step["item"]
            body = {"seen": seen, "item": item["name"], "of": step.get("of", "")}
            if item["type"] == "group":
                fields = {field["name"]: value_of(field, words) for field in item["fields"]}
                return "replies", body | {"fields": fields}
            return "replies", body | {"value": value_of(item, words)}
        case "ask_more":
            return "items", {"seen": seen, "repeat": step["repeat"], "more": False}
        case "open":
            return "sections", {"seen": seen, "section": step["section"], "open": True}
        case "review":
            return "submit", {"seen": seen}
    raise AssertionError(step)


def value_of(item: dict[str, Any], words: str) -> Any:
    """A value that the question takes."""
    match item["type"]:
        case "text":
            return words[: item["max_length"]]
        case "integer":
            return min(item["max"], max(item["min"], 2))
        case "date":
            year = "1990" if "birth" in item["name"] and not item["name"].startswith("child") else "2019"
            return {"year": year, "month": f"{year}-03", "day": f"{year}-03-05"}[item["precision"]]
    names = [choice["name"] for choice in item["choices"]]
    picked = next((name for name in names if name not in AVOID), names[0])
    return picked if item["type"] == "select_one" else [picked]
