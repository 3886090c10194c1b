"""The pages of levels."""

from providers.levels.views.level import (
    AgreePage,
    AnswerPage,
    CriterionPage,
    LevelPage,
    RefusePage,
    ToldPage,
    WithholdPage,
)
from providers.levels.views.setting import SetLevelPage

__all__ = [
    "AgreePage", "AnswerPage", "CriterionPage", "LevelPage", "RefusePage", "SetLevelPage", "ToldPage", "WithholdPage",
]  # fmt: skip
