from __future__ import annotations

import pytest
from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy
from scene_search.engine_link.setup.proxy import proxy_environment


@pytest.fixture
def manager(qgis_app):
    manager = QgsNetworkAccessManager.instance()
    yield manager
    manager.setFallbackProxyAndExcludes(QNetworkProxy(), [], [])


def test_without_a_proxy_nothing_changes(manager):
    manager.setFallbackProxyAndExcludes(QNetworkProxy(), [], [])
    assert proxy_environment() == {}


def test_an_http_proxy_with_credentials_and_exceptions(manager):
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.local", 3128, "me", "p@ss:/w")
    manager.setFallbackProxyAndExcludes(proxy, ["https://intranet.local/x"], ["localhost"])
    env = proxy_environment()
    assert env["HTTPS_PROXY"] == "http://me:p%40ss%3A%2Fw@proxy.local:3128"
    assert env["https_proxy"] == env["HTTP_PROXY"] == env["HTTPS_PROXY"]
    assert set(env["NO_PROXY"].split(",")) == {"intranet.local", "localhost"}


def test_a_socks_proxy(manager):
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.Socks5Proxy, "socks.local", 1080)
    manager.setFallbackProxyAndExcludes(proxy, [], [])
    assert proxy_environment()["HTTPS_PROXY"] == "socks5://socks.local:1080"
