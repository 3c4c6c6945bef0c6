"""QGIS's network settings as environment variables for pip."""

from __future__ import annotations

from urllib.parse import quote

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy


def proxy_environment() -> dict[str, str]:
    """Return ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY`` as QGIS has them.

    Empty where QGIS has no proxy of its own: what the environment says then stays. To be
    called on the main thread.
    """
    manager = QgsNetworkAccessManager.instance()
    proxy = manager.fallbackProxy()
    schemes = {
        QNetworkProxy.ProxyType.HttpProxy: "http",
        QNetworkProxy.ProxyType.HttpCachingProxy: "http",
        QNetworkProxy.ProxyType.Socks5Proxy: "socks5",
    }
    if proxy.type() not in schemes or not proxy.hostName():
        return {}
    credentials = ""
    if proxy.user():
        credentials = quote(proxy.user(), safe="")
        if proxy.password():
            credentials += ":" + quote(proxy.password(), safe="")
        credentials += "@"
    port = f":{proxy.port()}" if proxy.port() else ""
    url = f"{schemes[proxy.type()]}://{credentials}{proxy.hostName()}{port}"
    variables = {"HTTPS_PROXY": url, "HTTP_PROXY": url, "https_proxy": url, "http_proxy": url}
    excluded = [entry for entry in (*manager.excludeList(), *manager.noProxyList()) if entry]
    hosts = [_host(entry) for entry in excluded]
    if hosts:
        variables["NO_PROXY"] = variables["no_proxy"] = ",".join(dict.fromkeys(hosts))
    return variables


def _host(url: str) -> str:
    """Return the host of a URL prefix from QGIS's list, which is what pip compares."""
    return url.split("://", 1)[-1].split("/", 1)[0]
