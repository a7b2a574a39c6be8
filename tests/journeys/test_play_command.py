"""`klarbild play` as whoever writes dialogs uses it: the real command, lines typed into a pipe, to the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from assistant.authoring import journeys

# What is asked, as a part of the line that asks it, and what is typed: numbers, labels, parts of them, words for dates.
TALK: Final = (
    ("hemlig adress hos Skatteverket?", "?"),
    ("Om en adress är hemlig", "nej"),
    ("Vem svarar?", "jag svarar själv"),
    ("Vilket namn vill du att vi använder?", "Gun-Britt"),
    ("Behöver du hjälp med något redan före besöket?", "Något annat"),
    ("Telefonnummer", "<"),
    ("Behöver du hjälp med något redan före besöket?", "inget är akut"),
    ("Vilket år är du född?", "länge sedan"),
    ("! ", "1971"),
    ("Vilket medborgarskap eller tillstånd har du?", "1"),
    ("Är du född i Sverige?", "ja"),
    ("Hur mycket svenska talar du?", "Det är mitt modersmål"),
    ("Hur ska vi ge dig information?", "3"),
    ("Vilka sätt passar dig?", "1, 4"),
    ("vilket nummer?", "070-000 00 10"),
    ("Går det bra att andra hemma ser eller hör meddelanden från oss?", "Nej, var försiktiga"),
    ("Vad vill du ha hjälp med?", "kontakt med vården, skulder och min budget"),
    ("Vad är viktigast?", "må bättre först"),
    ("Med egna ord, om du vill", "Sova hela natten."),
    ("Vad har ändrats?", "sjukdom"),
    ("Hur har du klarat dig fram till nu?", "3"),
    ("Vilka bor du med?", "jag bor ensam"),
    ("Hur många barn under 21 år", "0"),
    ("Hur många år gick du i skolan?", "10–12 år"),
    ("I vilket land gick du längst tid i skolan?", "Sverige"),
    ("Hur långt kom du i skolan?", "gymnasium"),
    ("vad läste du?", ""),
    ("Mer om skolan, om du vill", "2"),
    ("Arbetar du nu?", "nej, inte nu"),
    ("har du någon gång arbetat", "ja"),
    ("Studerar du nu (inte sfi)?", "nej"),
    ("Vilket jobb är det?", "florist"),
    ("I vilket land?", "Sverige"),
    ("Vilket år började du?", "1999"),
    ("Hur mycket arbetade du?", "heltid"),
    ("Har jobbet tagit slut? Vad hände?", "jag blev sjuk"),
    ("Om det har tagit slut: när?", "i mars 2023"),
    ("Vill du berätta om ett jobb till?", "2"),
    ("Vad har fungerat bra?", "1, 2"),
    ("Vad har varit svårare?", "min hälsa"),
    ("Med egna ord, om du vill", ""),
    ("hur länge hade du ditt längsta jobb?", "mer än 3 år"),
    ("Vilken hjälp har du fått", "!"),
    ("Är du inskriven där?", "nej"),
    ("Hur mycket kan du arbeta, så som du mår nu?", "jag kan inte arbeta nu"),
    ("Har en läkare sjukskrivit dig?", "ja, jag är sjukskriven"),
    ("Hur mycket är du sjukskriven?", "100 %"),
    ("Sedan när är du sjukskriven?", "april 2023"),
    ("Har du ett läkarintyg?", "1"),
    ("till och med vilken dag?", "31 december 2027"),
    ("Får du sjukpenning från Försäkringskassan?", "jag hade det, men det drogs in"),
    ("Hur länge tror du att det här kan fortsätta?", "!"),
    ("Vilken vård har du kontakt med?", "vårdcentral"),
    ("Väntar du på en undersökning eller en behandling?", "ja"),
    ("Vad är svårt för dig på jobbet eller i vardagen?", "smärta, oro"),
    ("Mer om hälsa, om du vill", "1"),
    ("Har du haft något av det här från Försäkringskassan", "-"),
    ("Hur bor du nu?", "1"),
    ("finns det hyra som du inte har betalat i tid?", "nej"),
    ("Vilka pengar får du nu?", "jag får inga pengar nu"),
    ("Vilka beslut om pengar väntar du på?", "inga"),
    ("Vilka andra har du kontakt med?", "vården"),
    ("Mer om pengar, om du vill", "no"),
    ("Vad är du bra på?", "@"),
    ("Vill du hoppa över hela sidan", "ja"),
    ("Vilka av de här papperen kan du ta med?", "legitimation eller pass, läkarintyg"),
    ("Mer om samarbete, om du vill", "2"),
    ("När kan du komma?", "på förmiddagen"),
    ("Vad behöver du när du kommer?", "inget särskilt"),
    ("Vill du prata ensam med handläggaren?", "ja"),
    ("Är det något annat du vill berätta för oss?", "Jag hör dåligt på vänster öra."),
    ("Vill du skicka det?", "1"),
)


@pytest.fixture
def shown(tmp_path: Path) -> tuple[str, Path]:
    """All that the command showed, and the journey it wrote down."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KLARBILD_")}
    recorded = tmp_path / "recorded.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "play", "first_visit", "--locale", "sv", "--record", recorded],
        cwd=tmp_path,
        input="".join(f"{typed}\n" for _, typed in TALK),
        capture_output=True,
        encoding="utf-8",
        env=kept | {"PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, recorded


def test_a_whole_talk_can_be_typed_into_a_pipe(shown: tuple[str, Path]) -> None:
    text, recorded = shown
    place = 0
    for asked, _ in TALK:
        assert asked in text[place:], f"not asked: {asked}\n{text[place - 600 : place + 600]}"
        place = text.index(asked, place) + len(asked)
    assert "Inget har skickats" not in text
    journey, problems = journeys.load(recorded)
    assert journey is not None, problems
    expected = {
        "birth_year": "1971",
        "urgent_needs": ["nothing_urgent"],
        "contact_way": ["call", "letter"],
        "goal": ["health_first"],
        "sick_since": "2023-04",
        "certificate_until": "2027-12-31",
        "earlier_support": "declined: unknown",
        "had_compensation": "declined: skip",
        "abilities": "declined: in_person",
    }
    assert {name: journey.answers.get(name) for name in expected} == expected
    assert journey.sections["more_health"] is True
    assert journey.sections["more_money"] is False


def test_what_is_private_is_not_shown_again_before_sending(shown: tuple[str, Path]) -> None:
    text, _ = shown
    review = text[text.rindex("Vem svarar?") :]
    assert "Sova hela natten." in review
    assert "Vill du prata ensam med handläggaren? Det får alla göra. Besvarat, visas inte här" in review
    assert "var försiktiga" not in review
