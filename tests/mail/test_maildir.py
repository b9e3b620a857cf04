"""Reading what came back from a folder: safe twice, and trusting nothing it finds there."""

import pytest
from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.returns.models import MailReturn, ReturnState
from tests.mail.corpus import BY_NAME
from tests.support import make
from workers.run_jobs import run_due_jobs


@pytest.fixture
def folder(tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def run(app, folder):
    return app.test_cli_runner().invoke(args=["mail", "read-returns", str(folder)])


def test_a_folder_is_read_once(app, folder):
    assert post_office.sender is not None
    path = post_office.sender.return_path(make.petition().id, "nobody@example.net")
    session.commit()
    bounce = b"Delivered-To: <%s>\r\n" % path.encode() + BY_NAME["postfix-no-user"].content()
    (folder / "new" / "1").write_bytes(bounce)
    (folder / "new" / "2").write_bytes(b"To: petitions@localhost\r\nFrom: a@b.example\r\n\r\nHello")
    (folder / "new" / "3").write_bytes(b"To: somebody@example.com\r\n\r\nHello")
    (folder / "new" / "4").write_bytes(b"To: petitions@localhost\r\n\r\n" + b"a" * 2_000_000)
    (folder / "new" / "5").symlink_to("/etc/hostname")
    result = run(app, folder)
    assert (result.exit_code, result.stdout) == (0, "taken in 2, not ours or too long 2\n")
    assert sorted(each.name for each in (folder / "new").iterdir()) == ["5"]
    assert len(list((folder / "cur").iterdir())) == 4

    (folder / "new" / "6").write_bytes(bounce)
    assert run(app, folder).stdout == "taken in 0, not ours or too long 0\n"
    run_due_jobs()
    session.remove()
    assert set(session.scalars(select(MailReturn.state))) == {ReturnState.SETTLED, ReturnState.REPLY}


def test_what_is_no_maildir_is_refused(app, tmp_path):
    assert run(app, tmp_path).exit_code == 2
