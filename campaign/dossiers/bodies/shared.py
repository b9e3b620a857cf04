"""Questions that several bodies ask alike."""

from campaign.dossiers.bodies.form import Kind, Question
from campaign.dossiers.models.words import Mark
from campaign.kernel.errors import N_
from campaign.prisoners.models.words import Office

OFFICES = {
    Office.JUDGE: "judge", Office.PROSECUTOR: "prosecutor", Office.INVESTIGATOR: "investigator",
    Office.FACILITY_HEAD: "head of the place of detention", Office.EXPERT: "expert", Office.OTHER: "official",
}  # fmt: skip
"""In which capacity somebody acted, on paper: English."""
YES_NO = (("yes", N_("Yes")), ("no", N_("No")), ("unknown", N_("Not known")))

FAMILY_NAME = Question(
    "family_name", N_("Family name"), Kind.LINE, is_required=True, fill="family_name", mark=Mark.PUBLIC, longest=100
)
FIRST_NAME = Question(
    "first_name", N_("First name"), Kind.LINE, is_required=True, fill="first_name", mark=Mark.PUBLIC, longest=100
)
GENDER = Question("gender", N_("Gender"), Kind.LINE, fill="gender", mark=Mark.PUBLIC, longest=60)
BIRTH = Question(
    "birth", N_("Date of birth, or age at the time of the arrest"), Kind.LINE, is_required=True, fill="birth",
    longest=100,
)  # fmt: skip
NATIONALITY = Question(
    "nationality", N_("Nationality"), Kind.LINE, is_required=True, fill="nationality", mark=Mark.PUBLIC, longest=200
)
OCCUPATION = Question(
    "occupation", N_("Profession or activity, if the arrest has to do with it"), Kind.LINE, fill="occupation",
    mark=Mark.PUBLIC, longest=300,
)  # fmt: skip
WHO = Question(
    "who", N_("Who the prisoner is, and of what they were convicted or accused"), fill="who", is_required=True,
    mark=Mark.PUBLIC, longest=1_500,
)  # fmt: skip
SUBMITTER = Question(
    "submitter", N_("Who submits this: name of the person or organisation"), Kind.LINE, is_required=True,
    hint=N_("Nobody is anonymous here: the body does not consider what has no author."), longest=300,
)  # fmt: skip
SUBMITTER_CONTACT = Question(
    "submitter_contact", N_("How to reach whoever submits this: e-mail and postal address"), is_required=True,
    hint=N_("The organisation’s address, never a volunteer’s own."), longest=600, is_contact=True,
)  # fmt: skip
CONFIDENTIAL = Question(
    "confidential", N_("What must be kept confidential, and from whom"), is_required=True,
    hint=N_("Name what could harm the prisoner, the family or a source; or say that nothing has to be."), longest=1_500,
)  # fmt: skip
