"""Two leads at least: an alarm says where there are fewer, and ends by itself when there are two again."""

from campaign.kernel import alarms
from campaign.kernel.alarms import AlarmKind
from campaign.penpals.queries.groups import list_short_of_leads


def watch_leads() -> int:
    """Put up and take down the alarms, in the open transaction; gives how many groups are short of leads.

    An alarm that is up already is left as it is: it is raised by a change, not by each look.
    """
    short = [f"group:{group_id}" for group_id in list_short_of_leads()]
    alarms.end_alarms(AlarmKind.GROUP_LEADS, besides=short)
    known = {alarm.about for alarm in alarms.list_alarms() if alarm.kind == AlarmKind.GROUP_LEADS}
    for about in short:
        if about not in known:
            alarms.raise_alarm(AlarmKind.GROUP_LEADS, about=about)
    return len(short)
