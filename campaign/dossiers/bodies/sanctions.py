"""Sanctions for a breach of human rights: the EU's regimes, and Magnitsky laws by the model of the United States.

Each is about one official. Whoever reads it looks for what speaks against it: so it is asked for here first.
"""

from campaign.dossiers.bodies.form import BodyForm, Kind, Question, Section
from campaign.dossiers.bodies.shared import CONFIDENTIAL, SUBMITTER, SUBMITTER_CONTACT, WHO
from campaign.dossiers.models.words import Body, Outcome
from campaign.kernel.errors import N_

PERPETRATOR = Section(
    "perpetrator", N_("The person named"),
    (
        Question("official_name", N_("Full name"), Kind.LINE, is_required=True, fill="official_name", longest=200),
        Question("official_name_ru", N_("Full name in Russian"), Kind.LINE, is_required=True, fill="official_name_ru",
                 longest=200),
        Question("official_position", N_("Position, then and now"), Kind.LINE, is_required=True,
                 fill="official_position", longest=400),
        Question("identifiers", N_("What tells this person from namesakes: date and place of birth, picture, register"),
                 is_required=True, longest=1_500,
                 hint=N_("Without an identifier nobody can be listed. Public registers only.")),
        Question("listed_elsewhere", N_("Sanctions lists that name the person already"), Kind.LINE,
                 fill="listed_elsewhere", longest=300),
    ),
)  # fmt: skip
LINK = Section(
    "link", N_("The case"),
    (
        WHO,
        Question("official_link", N_("How the person named is linked to this case"), is_required=True,
                 fill="official_link", longest=3_000, is_story=True),
    ),
)  # fmt: skip
ACTS = Section(
    "acts", N_("The acts"),
    (
        Question("acts_account", N_("What the person did, act by act, and why it was a grave breach"),
                 is_required=True, fill="acts_account", longest=8_000, is_story=True,
                 hint=N_("The table of acts with the evidence of each is made from the case and stands below this"
                         " answer.")),
        Question("knowledge", N_("What the person knew and could have done otherwise"), longest=3_000),
    ),
)  # fmt: skip
AGAINST = Section(
    "against", N_("What speaks against it"),
    (
        Question("exculpatory", N_("Exculpatory information: what speaks for the person named, and what is uncertain"),
                 is_required=True, longest=4_000, is_story=True,
                 hint=N_("Say what was looked for and not found, too. A dossier without this is not believed.")),
        Question("risks", N_("Whom the submission or a listing could harm"), is_required=True, longest=2_000),
    ),
)  # fmt: skip
AUTHOR = Section("author", N_("Who submits it"), (SUBMITTER, SUBMITTER_CONTACT, CONFIDENTIAL))

EU = BodyForm(
    Body.EU_SANCTIONS, N_("EU sanctions"), "Submission under the human rights sanctions regimes of the European Union",
    N_("A proposal to the member states and the External Action Service: one official, their acts in one case, and"
       " evidence of each."),
    (
        Section("regime", N_("The regime"), (
            Question("regime", N_("Regime and criterion"), is_required=True, fill="eu_regime", longest=1_500),
        )),
        PERPETRATOR, LINK, ACTS, AGAINST, AUTHOR,
    ),
    N_("To a member state’s foreign ministry or the External Action Service, by a channel that they name; never by an"
       " open form."),
    (Outcome.LISTED, Outcome.NOT_TAKEN, Outcome.OTHER),
    needs_acts=True,
)  # fmt: skip
MAGNITSKY = BodyForm(
    Body.MAGNITSKY, N_("Magnitsky sanctions"), "Submission under the Global Magnitsky programme",
    N_("A file on one official by the template of the United States; Canada and the United Kingdom take the same."),
    (
        Section("regime", N_("The regime"), (
            Question("regime", N_("Regime and criterion"), is_required=True, fill="us_regime", longest=1_500),
            Question("national_interest", N_("Why it is in the interest of the country that decides"),
                     is_required=True, longest=2_500, is_story=True),
        )),
        PERPETRATOR, LINK, ACTS, AGAINST, AUTHOR,
    ),
    N_("To the office that the country names for such files, by a channel that it names; never by an open form."),
    (Outcome.LISTED, Outcome.NOT_TAKEN, Outcome.OTHER),
    needs_acts=True,
)  # fmt: skip
