"""What a typed message would come to, for whoever looks at it without anything being done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from actions.messages import Candidate


@dataclass(frozen=True)
class Look:
    """A message that would begin a conversation, seen as deciding sees it.

    ``candidates``: the acts that compete, cheapest first; none where there is nothing to understand. ``aspects``: the points
    that are likeliest if something is asked, likeliest first, how probable each is (0–1). ``door``: of which kind it is where
    it would be refused and the kind is plain, else empty.
    """

    candidates: Sequence[Candidate] = ()
    aspects: Mapping[str, float] = field(default_factory=dict)
    door: str = ""
