"""Pages of activities for staff."""

from campaign.activities.staff_views import (
    calls,
    calls_working,
    events,
    shifts,
    signups,
    task_board,
    task_forms,
    task_givings,
    task_page,
    task_templates,
)

__all__ = [
    "calls",
    "calls_working",
    "events",
    "shifts",
    "signups",
    "task_board",
    "task_forms",
    "task_givings",
    "task_page",
    "task_templates",
]
