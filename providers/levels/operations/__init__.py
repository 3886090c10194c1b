"""The only writers of levels, and what is read of them."""

from providers.levels.operations.lapsing import lapse_due_levels, lapse_level, time_untimed_levels
from providers.levels.operations.noting import meet_criterion, record_word
from providers.levels.operations.reading import (
    Shown,
    history_of,
    levels_in,
    not_ended,
    past_levels,
    shown,
    standing_code,
)
from providers.levels.operations.setting import (
    groups_for,
    groups_to_set,
    levels_offered,
    members_of,
    require_setting,
    set_level,
)
from providers.levels.operations.withholding import (
    agree_withholding,
    proposal_for,
    propose_withholding,
    refuse_withholding,
)

__all__ = [
    "Shown", "agree_withholding", "groups_for", "groups_to_set", "history_of", "lapse_due_levels", "lapse_level", "levels_in",
    "levels_offered", "meet_criterion", "members_of", "not_ended", "past_levels", "proposal_for", "propose_withholding", "record_word",
    "refuse_withholding", "require_setting", "set_level", "shown", "standing_code", "time_untimed_levels",
]  # fmt: skip
