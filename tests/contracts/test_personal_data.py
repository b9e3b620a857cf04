"""Whatever hangs on a person or a volunteer is given out to them and erased, or says here why not."""

from sqlalchemy import MetaData

from campaign import models  # noqa: F401 - fills the metadata
from campaign.kernel.db import Base
from campaign.kernel.registry_people import personal_data

COVERED = {
    "ask.person_id": "asks",
    "ask_rest.person_id": "asks",
    "ask_round_person.person_id": "asks",
    "automation_deed.person_id": "automations",
    "consent.person_id": "people",
    "mail_wish.person_id": "mail-wishes",
    "interaction.person_id": "people",
    "person_field_value.person_id": "people",
    "person_identity.person_id": "people",
    "person_note.person_id": "people",
    "person_tag.person_id": "people",
    "volunteer.person_id": "penpals",
    "volunteer_event.volunteer_id": "penpals",
    "writer_profile.volunteer_id": "penpals",
    "group_member.volunteer_id": "penpals",
    "group_message.author_id": "penpals",
    "group_turn.volunteer_id": "penpals",
    "assignment.volunteer_id": "penpals",
    "pair_block.volunteer_id": "penpals",
    "reservation.volunteer_id": "penpals",
    "letter_thread.volunteer_id": "letters",
    "task.claimed_by": "activities",
    "task.person_id": "activities",
    "task.about_id": "activities",
    "task_event.volunteer_id": "activities",
    "task_offer.person_id": "activities",
    "task_refusal.person_id": "activities",
    "event_signup.volunteer_id": "events",
    "call_entry.person_id": "calls",
    "mailing_recipient.person_id": "mailings",
}
"""By the entry of `personal_data` that gives it out and erases it."""
LEFT_OUT = {
    "automation_dry_line.person_id": "whom a rule would have met, tried out; kept 30 days, goes with the record",
    "bulk_act_person.person_id": "what an act on many changed of them, so that it can be undone; goes with the record",
    "duplicate_suggestion.one_id": "computed from the records, which are given out; goes with either of them",
    "duplicate_suggestion.other_id": "computed from the records, which are given out; goes with either of them",
    "group_invitation.used_by": "says only who came by which link; the membership itself is given out",
    "person_merge.winner_id": "how two records became this one, sealed, until it can be undone no more; goes with it",
    "task_giving_person.person_id": "that they were among many who were given a task, which is given out; goes with it",
    "segment_member.person_id": "that a list which was frozen held them, by number alone; goes with the record",
    "match_proposal.volunteer_id": "computed from the profile and accepted by nobody; it goes with its run",
}
"""What goes by itself with the row it hangs on, each with its reason."""


def keys(metadata: MetaData) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in {"person.id", "volunteer.id"}
    }


def test_every_key_to_a_person_or_a_volunteer_is_covered() -> None:
    found = keys(Base.metadata)
    assert found - COVERED.keys() - LEFT_OUT.keys() == set(), "a new one needs a PersonalData entry, or a reason"
    assert (COVERED.keys() | LEFT_OUT.keys()) - found == set(), "these are gone"


def test_what_is_said_to_cover_is_there(app: object) -> None:
    assert {name for name in COVERED.values() if name not in personal_data} == set()


def test_every_such_key_goes_or_lets_go_when_the_record_does() -> None:
    """A row that stopped the deletion would keep somebody here against their word."""
    kept = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in {"person.id", "volunteer.id"} and key.ondelete not in {"CASCADE", "SET NULL"}
    ]
    assert kept == []
