"""Signing in: throttle, sessions that end at once, initial passwords, remembered devices."""

from tests.client import Client
from tests.factories import PASSWORD


def test_sign_in_by_staff_number_leads_to_the_page_asked_for(client: Client, salesperson):
    response = client.get("/people")
    assert (response.status_code, response.location) == (303, "/login?next=/people")
    response = client.submit("/login", {"login": "s1", "password": PASSWORD, "next": "/people"})
    assert (response.status_code, response.location) == (303, "/people")
    assert client.get("/people").status_code == 200
