"""Who may sign or pledge at once, and who is asked for a proof first (SAFETY.md 21).

Nothing here refuses anybody: a network or a small mail domain that sends many signatures at once is asked for work or
patience, and everybody else notices nothing.
"""

from dataclasses import dataclass
from datetime import date

from disposable_email_domains import blocklist
from sqlalchemy import delete

from campaign.kernel import clock
from campaign.kernel.db import execute_alone, session
from campaign.kernel.limits import Buckets, Rate
from campaign.signatures.challenge import Subject, solved, waited
from campaign.signatures.models import SpentProof
from campaign.signatures.providers import LARGE_PROVIDERS

_SPEND = "INSERT INTO spent_proof (digest, spent_on) VALUES (%(digest)s, %(today)s) ON CONFLICT DO NOTHING RETURNING 1"


@dataclass(frozen=True, slots=True)
class Gate:
    """Buckets of one form alone, so that a rush on one keeps nobody from another."""

    networks: Buckets
    domains: Buckets

    def admits(self, network: str | None, domain: str) -> bool:
        """Whether what comes from here may be taken without a proof; counts it.

        Disposable mail domains are slowed and not refused: some of their users have good reasons.
        """
        if domain in blocklist:
            return False
        from_network = network is None or self.networks.take(network)
        # Large providers are left out: on the day of a verdict half of all signers share one.
        from_domain = domain in LARGE_PROVIDERS or self.domains.take(domain)
        return from_network and from_domain

    def lets_in(
        self, subject: Subject, network: str | None, domain: str, *, proof: str | None, ticket: str | None
    ) -> bool:
        """The same for a form that may bring a proof; that is looked at first, so that it is never lost."""
        if proof or ticket:
            return proved(subject, proof=proof or "", ticket=ticket or "")
        return self.admits(network, domain)


# A class or a household behind one address signs at once; a flood does not get far.
networks = Buckets(Rate(burst=60, seconds=5))
domains = Buckets(Rate(burst=200, seconds=2))
signing = Gate(networks, domains)


def admits(network: str | None, domain: str) -> bool:
    """Whether a signature from here may be taken without a proof; counts it."""
    return signing.admits(network, domain)


def proved(subject: Subject, *, proof: str, ticket: str) -> bool:
    """Whether a valid proof of work or a ticket that is due came along, and spend it: a replay is refused."""
    digest = solved(proof, subject) or waited(ticket, subject, clock.now())
    return digest is not None and bool(execute_alone(_SPEND, {"digest": digest, "today": clock.today()}))


def forget_spent(today: date) -> int:
    """Delete spent proofs that are too old to be used again; gives how many."""
    gone = session.execute(delete(SpentProof).where(SpentProof.spent_on < today).returning(SpentProof.spent_on))
    return len(gone.all())
