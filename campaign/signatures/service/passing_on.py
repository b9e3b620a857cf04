"""What signers let be passed on: it rides along with the pending signature, sealed, and is gone once they confirm."""

import json
import uuid
from collections.abc import Mapping, Sequence

from campaign.partners.models import Partner, PartnerTerms
from campaign.partners.service import optins
from campaign.partners.service.optins import Signer, Ticks
from campaign.petitions.models import petition_scope
from campaign.signatures.models import EMAIL, OPTINS, Signature, SignatureState


def write_ticks(terms: Mapping[uuid.UUID, int], *, name: str, from_outside: bool) -> str:
    """What is sealed with a pending signature whose signer ticked anything."""
    ticked = {partner.hex: number for partner, number in terms.items()}
    return json.dumps({"terms": ticked, "name": name, "outside": from_outside}, ensure_ascii=False)


def pass_on(signature: Signature) -> int:
    """Seal what a signature in hand passes on to each partner; gives to how many. Before its address is erased."""
    if signature.optins_sealed is None or signature.email_sealed is None:
        return 0
    name, ticks = _read(signature)
    address = EMAIL.unseal(petition_scope(signature.petition_id), signature.id, signature.email_sealed)
    signer = Signer(address, name, signature.country, signature.language)
    return optins.keep_optins(signature.petition_id, signature.id, signer, ticks)


def list_ticked(signature: Signature) -> Sequence[tuple[Partner, PartnerTerms]]:
    """Who gets something when this signature is confirmed, with the terms that were read."""
    if signature.state != SignatureState.PENDING or signature.optins_sealed is None:
        return []
    _name, ticks = _read(signature)
    return optins.list_ticked(signature.petition_id, signature.country, ticks)


def list_given(signature: Signature) -> Sequence[Partner]:
    """Who has a consent of this signature that stands."""
    if signature.state == SignatureState.PENDING:
        return []
    return optins.list_given(signature.petition_id, signature.id)


def _read(signature: Signature) -> tuple[str, Ticks]:
    text = OPTINS.unseal(petition_scope(signature.petition_id), signature.id, signature.optins_sealed or b"")
    kept = json.loads(text)
    terms = {uuid.UUID(partner): int(number) for partner, number in kept["terms"].items()}
    return str(kept["name"]), Ticks(terms, from_outside=bool(kept["outside"]))
