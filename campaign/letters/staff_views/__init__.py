"""Staff pages of letters."""

from campaign.letters.staff_views import batch_steps, letter_steps, reply_publication, reply_steps, reply_work

__all__ = ["batch_steps", "letter_steps", "reply_publication", "reply_steps", "reply_work"]
