"""Everything that `make torture` runs, in the order of its table.

To add a test, write a function `run(scale: Scale) -> Row` (see `rows`) and name it here in one line. It takes its count
from `scale.of(small, full)`, makes and removes its own temporary directory, and counts what went wrong in the row
instead of raising. A test under tests/ should call the same function with `scale_here()` and ask for `row.fine`.
"""

from __future__ import annotations

from tests.torture import attacks, crashes, kill, network, power, races, soak
from tests.torture.rows import Part

PARTS = (
    Part("power", "disks as a power cut may leave them, rebuilt from recorded writes and syncs", power.run),
    Part("kill", "kill -9 of a server under load, a moment after an acknowledgement", kill.run),
    Part("network", "twenty kinds of bad network between telephones and server", network.run),
    Part("races", "devices of one conversation that answer at the same moment", races.run),
    Part("order", "anything in any order, with crashes between any two steps and any two writes", crashes.run),
    Part("soak", "thousands of conversations through one server: nothing is lost, nothing grows", soak.run),
    Part("guesses", "guesses of resume codes from hundreds of networks, in simulated time", attacks.guesses),
    Part("fuzz", "requests that are made from the description of the API", attacks.fuzz),
    Part("raw", "broken HTTP on the bare connection", attacks.raw),
    Part("rest", "whole visits, searched for in all that is left of them", attacks.rest),
)
