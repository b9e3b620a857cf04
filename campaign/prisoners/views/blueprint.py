"""The blueprints that the public views of prisoners share."""

from flask import Blueprint

bp = Blueprint("prisoners", __name__)
feeds_bp = Blueprint("feeds", __name__)
