"""The demo's partners have keys of this demo alone: none is written down where everybody can read it."""

import io
import json
import uuid
import zipfile
from pathlib import Path

import pyrage

from campaign.kernel.db import session, transaction
from campaign.partners.models import PartnerExport
from campaign.partners.service import exports
from campaign.petitions.models import Petition
from campaign.site import demo_beside
from campaign.web.settings import settings
from tests.support import make


def test_keys_are_made_with_the_demo_and_open_its_exports(app, monkeypatch):
    monkeypatch.setattr(demo_beside, "_account", lambda name: uuid.uuid5(uuid.NAMESPACE_URL, name))
    petition = make.petition()
    with transaction():
        demo_beside.stand_beside(session.get_one(Petition, petition.id))
    with transaction():
        row = session.query(PartnerExport).filter(PartnerExport.is_approved).one()
        content = exports.download(row, actor=row.asked_by)
    path = settings().data_dir / demo_beside.KEYS / "demo-storm-glass.txt"
    assert path.stat().st_mode & 0o77 == 0
    key = pyrage.x25519.Identity.from_str(path.read_text().strip())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".age"))
        assert json.loads(pyrage.decrypt(archive.read(name), [key]))["address"]
    beside = Path(demo_beside.__file__).parent
    assert not any("AGE-SECRET-KEY-1" in each.read_text() for each in beside.iterdir() if each.is_file())
