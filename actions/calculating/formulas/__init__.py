"""The sums, one file a law. Each takes what was told by name of the field and gives the result with its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from actions.calculating.formulas.annual_leave import annual_leave
from actions.calculating.formulas.bonus_tax import bonus_tax
from actions.calculating.formulas.deed_tax import deed_tax
from actions.calculating.formulas.maternity_leave import maternity_leave
from actions.calculating.formulas.overtime import overtime
from actions.calculating.formulas.result import Result, Values
from actions.calculating.formulas.retirement import retirement
from actions.calculating.formulas.severance import severance
from actions.calculating.formulas.unemployment import unemployment

__all__ = ["FORMULAS", "Formula", "Result", "Values"]

# From what was told, and the day it is, to the result.
Formula = Callable[[Values, date], Result]
FORMULAS: Mapping[str, Formula] = {
    "annual_leave": annual_leave,
    "bonus_tax": bonus_tax,
    "deed_tax": deed_tax,
    "maternity_leave": maternity_leave,
    "overtime": overtime,
    "retirement": retirement,
    "severance": severance,
    "unemployment": unemployment,
}
