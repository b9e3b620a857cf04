"""The use cases of this feature."""

from campaign.designations.service.register import BadRegister, Loaded, load_register

__all__ = ["BadRegister", "Loaded", "load_register"]
