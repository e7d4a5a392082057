"""Search, a small class a step: ``SearchRules.searcher`` lists them in their order.

What they find is kept in :class:`SearchState`; the chat reads its hits, the hit test all of it.
"""

from knowledge_base.search.calibrate import Calibrate
from knowledge_base.search.correct import Correct
from knowledge_base.search.dense import Dense
from knowledge_base.search.expand import Expand, OtherWordings
from knowledge_base.search.fuse import Fuse
from knowledge_base.search.in_force import InForce
from knowledge_base.search.lexical import Lexical
from knowledge_base.search.normalise import Normalise
from knowledge_base.search.ports import DenseSearch, EntryCatalogue, LexicalSearch, Step
from knowledge_base.search.rank import Rank
from knowledge_base.search.searcher import Searcher, SearchRules
from knowledge_base.search.state import Dropped, SearchState

__all__ = [
    "Calibrate",
    "Correct",
    "Dense",
    "DenseSearch",
    "Dropped",
    "EntryCatalogue",
    "Expand",
    "Fuse",
    "InForce",
    "Lexical",
    "LexicalSearch",
    "Normalise",
    "OtherWordings",
    "Rank",
    "SearchRules",
    "SearchState",
    "Searcher",
    "Step",
]
