"""The staff side of the reports: the page of all of them, and one module each."""

from campaign.people.staff_views.reports import activity, growth, origins, overview, retention, workload
from campaign.people.staff_views.reports.blueprint import bp

__all__ = ["activity", "bp", "growth", "origins", "overview", "retention", "workload"]
