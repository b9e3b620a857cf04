"""UN Working Group on Arbitrary Detention: its model questionnaire (Fact Sheet 26, annex V), in our own words."""

from campaign.dossiers.bodies.form import BodyForm, Kind, Question, Section
from campaign.dossiers.bodies.shared import (
    BIRTH,
    CONFIDENTIAL,
    FAMILY_NAME,
    FIRST_NAME,
    GENDER,
    NATIONALITY,
    OCCUPATION,
    SUBMITTER,
    SUBMITTER_CONTACT,
    YES_NO,
)
from campaign.dossiers.models.words import Body, Mark, Outcome
from campaign.kernel.errors import N_

GOVERNMENT_DAYS = 60
"""So long the government is given to answer (OHCHR, "Individual complaints and urgent appeals")."""

IDENTITY = Section(
    "identity", N_("Identity"),
    (
        FAMILY_NAME, FIRST_NAME, GENDER, BIRTH, NATIONALITY,
        Question("document", N_("Identity document: kind, number, by whom and when issued"), Kind.LINE,
                 hint=N_("Only what the body needs to tell this person from another."), longest=200),
        OCCUPATION,
        Question("residence", N_("Usual residence"), Kind.LINE, fill="residence", longest=300,
                 hint=N_("The region is enough where the family lives at the address.")),
    ),
)  # fmt: skip
ARREST = Section(
    "arrest", N_("Arrest"),
    (
        Question("arrest_date", N_("Date of arrest"), Kind.LINE, is_required=True, fill="arrest_date",
                 mark=Mark.PUBLIC, longest=100),
        Question("arrest_place", N_("Place of arrest, as exactly as possible"), Kind.LINE, is_required=True,
                 mark=Mark.PUBLIC, longest=300),
        Question("arrest_forces", N_("Who carried out the arrest, or is believed to have"), is_required=True,
                 mark=Mark.PUBLIC, longest=1_000),
        Question("warrant", N_("Was a warrant or another decision of an authority shown?"), Kind.CHOICE,
                 is_required=True, mark=Mark.PUBLIC, options=YES_NO),
        Question("warrant_authority", N_("Which authority issued it"), Kind.LINE, mark=Mark.PUBLIC, longest=300),
        Question("arrest_reasons", N_("Reasons that the authorities gave"), is_required=True, fill="accusation",
                 mark=Mark.PUBLIC, longest=2_000),
        Question("arrest_law", N_("Law that was applied"), is_required=True, fill="charges", mark=Mark.PUBLIC,
                 longest=2_000),
    ),
)  # fmt: skip
DETENTION = Section(
    "detention", N_("Detention"),
    (
        Question("detention_date", N_("Date since when"), Kind.LINE, is_required=True, fill="detention_date",
                 mark=Mark.PUBLIC, longest=100),
        Question("duration", N_("For how long, or how long it will probably last"), Kind.LINE, is_required=True,
                 fill="duration", mark=Mark.PUBLIC, longest=300),
        Question("holding_forces", N_("Who holds the person"), Kind.LINE, is_required=True, fill="holding_forces",
                 mark=Mark.PUBLIC, longest=300),
        Question("places", N_("Places of detention: each transfer, and where the person is now"), is_required=True,
                 fill="places", mark=Mark.PUBLIC, longest=2_500),
        Question("ordering_authorities", N_("Authorities that ordered the detention"), is_required=True, fill="courts",
                 mark=Mark.PUBLIC, longest=1_500),
        Question("detention_reasons", N_("Reasons that the authorities gave for the detention"), is_required=True,
                 fill="decisions", mark=Mark.PUBLIC, longest=2_500),
        Question("detention_law", N_("Law that was applied to the detention"), is_required=True, fill="charges",
                 mark=Mark.PUBLIC, longest=2_000),
    ),
)  # fmt: skip
CIRCUMSTANCES = Section(
    "circumstances", N_("Circumstances"),
    (
        Question("circumstances", N_("How the person was arrested and is held, told in the order of days"),
                 is_required=True, fill="chronology", mark=Mark.PUBLIC, longest=12_000, is_story=True,
                 hint=N_("Who did what, when and where. Plain words and dates; leave opinions to the next step.")),
        Question("health", N_("Health, treatment, and anything urgent"), longest=3_000,
                 hint=N_("What the person or the family told in confidence stays for the body alone, or does not"
                         " leave.")),
    ),
)  # fmt: skip
ARBITRARINESS = Section(
    "arbitrariness", N_("Why it is arbitrary"),
    (
        Question("categories", N_("Categories of arbitrariness, I to V"), is_required=True, fill="categories",
                 mark=Mark.PUBLIC, longest=1_500, is_story=True,
                 hint=N_("I no legal basis; II for the use of a right; III no fair trial; IV asylum without review;"
                         " V discrimination. Name each with its number.")),
        Question("arbitrary_reasons", N_("Why the detention falls under them"), is_required=True, mark=Mark.PUBLIC,
                 longest=12_000, is_story=True,
                 hint=N_("For each category the facts, and the article of the Covenant or the Declaration.")),
    ),
)  # fmt: skip
REMEDIES = Section(
    "remedies", N_("Remedies at home"),
    (
        Question("remedies", N_("What was tried at home, with what outcome; or why it could not be or did not help"),
                 is_required=True, fill="remedies", mark=Mark.PUBLIC, longest=4_000),
    ),
)  # fmt: skip
AUTHOR = Section(
    "author", N_("Who submits it"),
    (
        SUBMITTER, SUBMITTER_CONTACT,
        Question("relation", N_("In which capacity: family, lawyer, organisation"), Kind.LINE, is_required=True,
                 longest=300),
        Question("name_to_government", N_("May the prisoner’s name be given to the government?"), Kind.CHOICE,
                 is_required=True, options=YES_NO[:2],
                 hint=N_("Without it the Working Group cannot take up the case in its regular procedure.")),
        CONFIDENTIAL,
    ),
)  # fmt: skip

FORM = BodyForm(
    Body.WGAD, N_("UN Working Group on Arbitrary Detention"),
    "Communication to the United Nations Working Group on Arbitrary Detention",
    N_("An individual complaint by the model questionnaire. The government is given 60 days; then the source may"
       " comment, and the Working Group adopts an opinion."),
    (IDENTITY, ARREST, DETENTION, CIRCUMSTANCES, ARBITRARINESS, REMEDIES, AUTHOR),
    N_("By e-mail to hrc-wg-ad@un.org, with the annexes. Look up the address before you send it."),
    (Outcome.ARBITRARY, Outcome.PARTLY_ARBITRARY, Outcome.NOT_ARBITRARY, Outcome.NOT_TAKEN, Outcome.OTHER),
    answer_days=GOVERNMENT_DAYS,
)  # fmt: skip
