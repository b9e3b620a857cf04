"""European Parliament: a brief of one page to members and groups, before an urgency debate."""

from campaign.dossiers.bodies.form import BodyForm, Kind, Question, Section
from campaign.dossiers.bodies.shared import SUBMITTER, SUBMITTER_CONTACT
from campaign.dossiers.models.words import Body, Mark, Outcome
from campaign.kernel.errors import N_

FORM = BodyForm(
    Body.PARLIAMENT, N_("European Parliament"), "Brief for an urgency resolution",
    N_("One page for a member or a group: the facts of one case, why now, and what the Parliament should ask for."),
    (
        Section("case", N_("The case"), (
            Question("headline", N_("The case in one line"), Kind.LINE, is_required=True, fill="headline",
                     mark=Mark.PUBLIC, longest=140),
            Question("who", N_("Who it is"), is_required=True, fill="who_short", mark=Mark.PUBLIC, longest=500),
            Question("facts", N_("Facts: the charge, the trial, the sentence, the conditions"), is_required=True,
                     fill="facts_short", mark=Mark.PUBLIC, longest=900, is_story=True),
        )),
        Section("why_now", N_("Why now"), (
            Question("why_now", N_("Why this needs a debate now"), is_required=True, mark=Mark.PUBLIC, longest=500),
            Question("said_before", N_("What the Parliament has said before"), mark=Mark.PUBLIC, longest=400),
        )),
        Section("asks", N_("What is asked for"), (
            Question("asks", N_("What the resolution should call for, point by point"), is_required=True,
                     mark=Mark.PUBLIC, longest=700,
                     hint=N_("Each line that begins with a hyphen is a point. Three are enough.")),
        )),
        Section("author", N_("Who submits it"), (SUBMITTER, SUBMITTER_CONTACT)),
    ),
    N_("To the member or the group by e-mail, a week before the part-session."),
    (Outcome.ADOPTED, Outcome.NOT_TAKEN, Outcome.OTHER),
    most_pages=1,
)  # fmt: skip
