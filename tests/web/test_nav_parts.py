"""Parts of an entry: tabs on its pages instead of places in the side bar."""

import pytest

from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("small_world")
