"""The suggested department in words: on the page of a ticket and in the dialog that assigns it."""

from __future__ import annotations

from collections.abc import Collection

from actions.tickets.views import SuggestionView

UNSURE = "没有把握，请人工派单"
NEVER_SURER = 0.99


def suggestion_text(suggestion: SuggestionView) -> str:
    """What is suggested, how sure that is and why; the reasons are left out where none were kept.

    >>> suggestion_text(SuggestionView("ecology", "生态环境局", "环境保护", 0.873, "污水、排放"))
    '建议：生态环境局（把握 87%，依据：污水、排放）'
    """
    if not suggestion.department:
        return UNSURE
    sure = [] if suggestion.probability is None else [f"把握 {min(suggestion.probability, NEVER_SURER):.0%}"]
    why = [f"依据：{suggestion.words}"] if suggestion.words else []
    grounds = "，".join(sure + why)
    return f"建议：{suggestion.department_label}" + (f"（{grounds}）" if grounds else "")


def preselected(suggestion: SuggestionView, departments: Collection[str]) -> str | None:
    """The department that the dialog shows first: the suggested one, if there still is such a department."""
    return suggestion.department if suggestion.department in departments else None
