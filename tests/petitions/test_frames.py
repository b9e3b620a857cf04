"""Staff say which sites may show a petition in a frame."""

from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.petitions.queries.frames import list_frame_origins
from tests.petitions.pages import home, send, text_of
from tests.support import make


def test_an_organiser_names_sites_and_takes_them_out(author):
    petition = make.petition()
    page = f"{home(petition.id)}/frames"
    assert "None yet" in text_of(author.get(page).get_data(as_text=True))
    wrong = send(author, page, page, site="http://friend.example")
    assert wrong.status_code == 422
    assert 'value="http://friend.example"' in wrong.get_data(as_text=True)
    assert list_frame_origins(petition.id) == []
    for _ in range(2):
        assert send(author, page, page, site="https://friend.example/page").status_code == 303
    assert list_frame_origins(petition.id) == ["https://friend.example"]
    shown = author.get(page).get_data(as_text=True)
    assert f"/embed/petitions/{petition.slug}" in shown
    preview = author.get(f"{page}/preview")
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert "disabled" in preview.get_data(as_text=True)
    assert send(author, page, f"{page}/remove", origin="https://friend.example").status_code == 303
    assert list_frame_origins(petition.id) == []
    actions = session.query(AuditEntry.action).filter(AuditEntry.action.like("petition.frame%")).all()
    assert sorted(each.action for each in actions) == ["petition.frame_allowed", "petition.frame_forbidden"]
