"""Devices are named as people know them."""

import pytest

from app.features.people.devices import device_name

CHROME = "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME.format(system="Windows NT 10.0; Win64; x64"), "Chrome · Windows"),
        (CHROME.format(system="Windows NT 10.0") + " Edg/109.0", "Edge · Windows"),
        (CHROME.format(system="Linux; Android 13") + " MicroMessenger/8.0", "WeChat · Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:120.0) Gecko/20100101 Firefox/120.0",
            "Firefox · macOS",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browser_and_system_are_recognised(user_agent, name):
    assert device_name(user_agent) == name
