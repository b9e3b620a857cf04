"""What may be done with people's records."""

from campaign.people.service.consents import end_consent, end_consents, record_consent

__all__ = ["end_consent", "end_consents", "record_consent"]
