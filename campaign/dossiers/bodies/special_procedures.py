"""UN special procedures: an urgent appeal or an allegation letter to rapporteurs and working groups."""

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

FORM = BodyForm(
    Body.SPECIAL_PROCEDURES, N_("UN special procedures"),
    "Submission to the special procedures of the United Nations Human Rights Council",
    N_("An urgent appeal while harm can still be prevented, an allegation letter about what has happened. Facts first:"
       " who, when, where, by whom."),
    (
        Section("addressees", N_("To whom"), (
            Question("mandates", N_("Mandates that are addressed"), is_required=True, fill="mandates",
                     mark=Mark.PUBLIC, longest=1_000,
                     hint=N_("For instance expression, defenders, torture, or the rapporteur on Russia.")),
            Question("urgency", N_("What is asked for"), Kind.CHOICE, is_required=True, mark=Mark.PUBLIC,
                     options=(("urgent", N_("An urgent appeal")), ("allegation", N_("An allegation letter")))),
            Question("urgent_reasons", N_("Why it cannot wait"), longest=1_500,
                     hint=N_("For an urgent appeal: the harm that is near, and by when.")),
        )),
        Section("victim", N_("The victim"), (
            FAMILY_NAME, FIRST_NAME, GENDER, BIRTH, NATIONALITY, OCCUPATION,
            Question("victim_consent", N_("Does the victim, or the family, agree that the mandates write to the"
                     " government in their name?"), Kind.CHOICE, is_required=True, options=YES_NO[:2]),
        )),
        Section("facts", N_("What happened"), (
            Question("facts", N_("Detailed facts, in the order of days: what, when, where"), is_required=True,
                     fill="chronology", mark=Mark.PUBLIC, longest=12_000, is_story=True,
                     hint=N_("No insults and no politics: what cannot be checked weakens what can.")),
            Question("facts_place", N_("Place or places"), Kind.LINE, is_required=True, fill="region",
                     mark=Mark.PUBLIC, longest=300),
            Question("places", N_("Places of detention: each transfer, and where the person is now"),
                     fill="places", mark=Mark.PUBLIC, longest=2_500),
            Question("charges", N_("Charges and decisions"), fill="decisions", mark=Mark.PUBLIC, longest=2_500),
            Question("health", N_("Health, treatment, and anything urgent"), longest=3_000),
        )),
        Section("perpetrators", N_("Alleged perpetrators"), (
            Question("perpetrators", N_("Who is said to be responsible: authorities, and persons where known"),
                     is_required=True, fill="perpetrators", longest=3_000,
                     hint=N_("Each with the office and why they are thought to be. Only what a source says.")),
        )),
        Section("law", N_("Rights and remedies"), (
            Question("violations", N_("Which rights were violated, and how"), is_required=True, mark=Mark.PUBLIC,
                     longest=6_000, is_story=True),
            Question("remedies", N_("What was tried at home, with what outcome; or why it could not be or did not"
                     " help"), fill="remedies", is_required=True, mark=Mark.PUBLIC, longest=4_000),
            Question("asks", N_("What the mandates are asked to do"), is_required=True, mark=Mark.PUBLIC,
                     longest=2_000),
        )),
        Section("author", N_("Who submits it"), (SUBMITTER, SUBMITTER_CONTACT, CONFIDENTIAL)),
    ),
    N_("By the online form of the special procedures, or by e-mail to urgent-action@ohchr.org. Look up the address"
       " before you send it."),
    (Outcome.LETTER_SENT, Outcome.NOT_TAKEN, Outcome.OTHER),
    answer_days=60,
)  # fmt: skip
