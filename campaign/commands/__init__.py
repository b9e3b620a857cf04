"""Commands that belong to no single feature: what an operator does by hand.

Each parses, opens a transaction, makes one service call and says what came of it. Results go to stdout, progress and
problems to stderr; exit 0 done, 1 partly, 2 nothing changed.
"""

from click import Command

from campaign.commands.backups import back_up, restore
from campaign.commands.doctor import doctor
from campaign.commands.emergency import emergency_group
from campaign.commands.keys import keys_group
from campaign.commands.mail import mail_group
from campaign.commands.switch import switch_group
from campaign.commands.trail import audit_group

groups: tuple[Command, ...] = (
    audit_group,
    switch_group,
    back_up,
    restore,
    keys_group,
    doctor,
    emergency_group,
    mail_group,
)
