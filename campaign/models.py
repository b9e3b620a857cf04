"""Imports every feature's models so that migrations see them. Nothing else."""

from campaign.accounting import models as accounting
from campaign.accounts import models as accounts
from campaign.activities import models as activities
from campaign.api import models as api
from campaign.appeals import models as appeals
from campaign.banking import models as banking
from campaign.designations import models as designations
from campaign.dossiers import models as dossiers
from campaign.funds import models as funds
from campaign.gifts import models as gifts
from campaign.kernel import alarms, allowance, audit, jobs, schedule, switches
from campaign.kernel.mail import batches, own_texts, pace, quota, relays, rows, share, suppression, tally
from campaign.kernel.mail.returns import models as mail_returns
from campaign.letters import models as letters
from campaign.mailings import models as mailings
from campaign.needs import models as needs
from campaign.partners import models as partners
from campaign.payments import models as payments
from campaign.penpals import models as penpals
from campaign.people import models as people
from campaign.petitions import models as petitions
from campaign.prisoners import models as prisoners
from campaign.rounds import models as rounds
from campaign.sharing import models as sharing
from campaign.signatures import models as signatures
from campaign.signatures.models import staff as signatures_staff

__all__ = [
    "accounting", "accounts", "activities", "alarms", "allowance", "api", "appeals", "audit", "banking", "batches",
    "designations", "dossiers", "funds", "gifts", "jobs", "letters", "mail_returns", "mailings", "needs", "own_texts",
    "pace", "partners", "payments", "penpals", "people", "petitions", "prisoners", "quota", "relays", "rounds", "rows",
    "schedule", "share", "sharing", "signatures", "signatures_staff", "suppression", "switches", "tally",
]  # fmt: skip
