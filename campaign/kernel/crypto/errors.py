"""What can go wrong with sealed data. No message here ever carries content."""

from campaign.kernel.errors import DomainError


class CryptoError(DomainError):
    """Sealed data could not be written or read. It is never answered with plaintext instead."""


class KeyMissing(CryptoError):
    """The scope never had this key here. A keyring restored from an old backup is the usual cause."""


class KeyDestroyed(CryptoError):
    """The scope's keys were destroyed on purpose. What they sealed is unreadable for good."""


class SealBroken(CryptoError):
    """The sealed bytes are damaged, or were moved from another row, column, table or scope."""


class WrongMasterKey(CryptoError):
    """The configured master key is not the one that wrapped the keyring."""
