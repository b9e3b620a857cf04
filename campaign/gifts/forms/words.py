"""What pages call states, schedules and who may know."""

from flask_babel import lazy_gettext as _l

from campaign.gifts.models import InstalmentState, PledgeState, Schedule, Visibility

SCHEDULE_WORDS = {
    Schedule.ONCE: _l("once"),
    Schedule.MONTHLY: _l("every month"),
    Schedule.QUARTERLY: _l("every three months"),
}
PLEDGE_WORDS = {
    PledgeState.PENDING: _l("not confirmed yet"),
    PledgeState.ACTIVE: _l("in force"),
    PledgeState.FULFILLED: _l("fulfilled"),
    PledgeState.CANCELLED: _l("called off"),
    PledgeState.LAPSED: _l("nothing came any more"),
}
INSTALMENT_WORDS = {
    InstalmentState.DUE: _l("waited for"),
    InstalmentState.MATCHED: _l("has come"),
    InstalmentState.MISSED: _l("did not come"),
    InstalmentState.WAIVED: _l("waited for no more"),
}
VISIBILITY_WORDS = {
    Visibility.SECRET: _l("Nobody is told: only a treasurer can look, and each look is on record"),
    Visibility.PRIVATE: _l("Those who are helped may be told the name below with our thanks, nobody else"),
    Visibility.PUBLIC: _l("The name below may stand on this page, among others and a month later"),
}
VISIBLE_WORDS = {
    Visibility.SECRET: VISIBILITY_WORDS[Visibility.SECRET],
    Visibility.PRIVATE: _l("Those who are helped may be told this name with our thanks, nobody else"),
    Visibility.PUBLIC: _l("This name may stand on the page of the fund, among others and a month later"),
}
"""The same where the name stands beside them."""
