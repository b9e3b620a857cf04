"""Forwarded-for headers are believed only from as many proxies as the operator says there are (SAFETY.md 21)."""

from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.web.i18n import WsgiApp


def trusted(app: WsgiApp, proxies: int) -> WsgiApp:
    """The application behind `proxies` reverse proxies; with 0 no header is believed."""
    if proxies == 0:
        return app
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=proxies)
