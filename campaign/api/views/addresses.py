"""Every address of the API: its modules add theirs to one blueprint, and are imported for that."""

from campaign.api.views import description, dumps, own, public
from campaign.api.views.blueprint import bp
from campaign.api.views.feeds import bp as feeds_bp
from campaign.api.views.page import bp as page_bp

__all__ = ["bp", "description", "dumps", "feeds_bp", "own", "page_bp", "public"]
