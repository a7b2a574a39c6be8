"""Words that are found again wherever they end up, in whatever spelling."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Mapping


class Markers:
    """Secrets that were given to the program, each with the place where it was given."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def new(self, place: str, *, before: str = "Kanariefågel ", after: str = "") -> str:
        """Words of a person with a marker in them."""
        core = f"Zq{secrets.token_hex(6)}"
        self.places[core] = place
        return f"{before}{core}{after}"

    def take(self, place: str, secret: str) -> str:
        """A secret that the program made itself."""
        assert len(secret) >= 8, place
        for one in {secret, re.sub("[ -]", "", secret)}:
            self.places[one] = place
        return secret

    def spellings(self) -> Mapping[str, frozenset[bytes]]:
        """How each marker could be written down, by the place where it was given."""
        return {f"{place} ({core[:4]}…)": spellings(core) for core, place in self.places.items()}


def spellings(text: str) -> frozenset[bytes]:
    """A text as UTF-8 (in whatever case), UTF-16, hexadecimal and base64, wherever in a longer text it stands."""
    plain = text.encode()
    found = {plain, plain.lower(), plain.upper(), plain.hex().encode(), plain.hex().upper().encode()}
    # All but the last byte: what is left is the same in both byte orders.
    found.add(text.encode("utf-16-le")[:-1])
    for shift in range(3):
        # Signs at the edge hold bits of the neighbours.
        inside = plain[-shift % 3 :]
        whole = inside[: len(inside) // 3 * 3]
        found |= {base64.b64encode(whole), base64.urlsafe_b64encode(whole)}
    return frozenset(found)


def traces(body: bytes, looked_for: Mapping[str, Iterable[bytes]]) -> list[str]:
    """The places whose markers are to be read in some bytes."""
    return [place for place, forms in looked_for.items() if any(form in body for form in forms)]
