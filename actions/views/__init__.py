"""The pages of actions: my body's board, one action, and a page for each turn."""

from actions.views.asking import AskPage
from actions.views.board import BoardPage
from actions.views.detail import ActionPage, CommentPage
from actions.views.turns import (
    AcceptPage,
    AgreePage,
    CounterPage,
    DeclinePage,
    DonePage,
    KeepPage,
    ProgressPage,
    WithdrawPage,
)

__all__ = [
    "AcceptPage",
    "ActionPage",
    "AgreePage",
    "AskPage",
    "BoardPage",
    "CommentPage",
    "CounterPage",
    "DeclinePage",
    "DonePage",
    "KeepPage",
    "ProgressPage",
    "WithdrawPage",
]
