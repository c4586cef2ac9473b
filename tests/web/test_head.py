"""HEAD answers what GET would, without a body: monitors and link checkers ask so."""

import pytest

from tests.web import small_world

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("address", ["/login", "/", "/verify", "/nowhere"])
def test_a_stranger_gets_the_same_status(client, salesperson, address):
    client.as_(None)
    assert client.browser.head(address, buffered=True).status_code == client.get(address).status_code


def test_every_address_that_can_be_read_answers_head_as_get(client, at):
    at(2026, 11, 23, 9, 41)
    world = small_world.world(("draft", "review", "issued"))
    client.as_(world.accounts["m1"])
    found = []
    addresses = sorted(filled(client.app))
    for address in addresses:
        answer, head = client.get(address), client.browser.head(address, buffered=True)
        if (head.status_code, head.mimetype) != (answer.status_code, answer.mimetype):
            found.append(f"{address}: GET {answer.status_code}, HEAD {head.status_code}")
    assert len(addresses) > 50
    assert not found, "\n".join(found)


def filled(app):
    """Yield every address that can be read, each variable part 1 or the first choice."""
    texts = {
        "step": "report",
        "name": "approve",
        "subject": "technical",
        "code": "0",
        "doc_type": "inquiry",
        "kind": "opening",
    }
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static" and not str(rule).startswith("/_ui"):
            built = rule.build({name: texts.get(name, 1) for name in rule.arguments})
            if built is not None:
                yield built[1]
