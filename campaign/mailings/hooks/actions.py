"""What readers of mailings do is counted here."""

from campaign.kernel.arrivals import ActionListener, action_listeners
from campaign.mailings.service import actions


def register() -> None:
    """Fill the registries."""
    action_listeners.register("mailings", ActionListener(actions.list_codes, actions.note))
