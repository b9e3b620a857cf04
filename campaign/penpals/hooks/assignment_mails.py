"""What the mails about assignments are for, and which of them wait when somebody has had their share of a day."""

from datetime import date

from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Slot, Why, page_link
from campaign.penpals.service.assignments.mails import Tidings

OWN_PAGE, GROUPS_PAGE = "/account/prisoners", "/account/groups"
AT_ONCE = frozenset({Tidings.HELD, Tidings.GONE, Tidings.NOT_SO})
"""They keep a letter from being lost, or put right what we said."""
WRITER, LEAD = N_("the writer, or the leads of the group"), N_("the leads of the group")
OWN_LINK = page_link(OWN_PAGE)
DAY = Slot("day", N_("the day until which an answer is awaited"), date(2031, 5, 12))

MAILS = tuple(
    AutomaticMail(what, name, trigger, reader, Why.SERVICE, slots)
    for what, name, trigger, reader, slots in (
        (
            Tidings.OFFER, N_("An assignment is offered"), N_("Somebody is suggested to a writer."), WRITER,
            (OWN_LINK, DAY),
        ),
        (
            Tidings.REMIND, N_("Reminder of an offer"), N_("An offer is still open some days before it runs out."),
            WRITER, (OWN_LINK, DAY),
        ),
        (
            Tidings.EXPIRED, N_("An offer is over"), N_("An offer ran out or was taken back."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.NOT_NEEDED, N_("An offer has settled itself"),
            N_("Whoever wrote before has written again, so that the offer is taken back."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.NEWS, N_("News of somebody they write to"),
            N_("Somebody was released, exchanged or moved, or has died."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.NOT_SO, N_("Such news was not so"), N_("A change that was told of is taken back or corrected."),
            WRITER, (OWN_LINK,),
        ),
        (
            Tidings.HELD, N_("Please wait with the next letter"),
            N_("A letter would be lost now: somebody is on the way."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.NUDGE, N_("Is a letter on its way?"),
            N_("No letter was noted for one and a half times the promised rhythm."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.LAPSED, N_("Somebody else may be asked"),
            N_("No letter was noted for two and a half times the promised rhythm."), WRITER, (OWN_LINK,),
        ),
        (
            Tidings.THANKS, N_("Somebody else goes on"), N_("Another writer took over what had lapsed."), WRITER,
            (OWN_LINK,),
        ),
        (
            Tidings.ENDED, N_("An assignment has ended"), N_("Staff or a change ended an assignment."), WRITER,
            (OWN_LINK,),
        ),
        (
            Tidings.GONE, N_("A record was erased"), N_("A record is erased for good because that was wished."), WRITER,
            (OWN_LINK,),
        ),
        (
            Tidings.BIRTHDAY, N_("A birthday is ahead"),
            N_("Four weeks before a birthday that is public, so that a letter arrives in time."),
            N_("the writer, or all who write in the group"), (OWN_LINK,),
        ),
        (
            Tidings.LEAD, N_("Something waits for a lead"),
            N_("Somebody was given to the group, needs somebody new, or a letter is overdue."), LEAD,
            (page_link(GROUPS_PAGE),),
        ),
    )
)  # fmt: skip
