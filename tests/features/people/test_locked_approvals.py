"""An administrator cannot reach an approval by way of a role he gives to himself."""

import pytest

from app.core import settings
from app.core.errors import Denied
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.people import actions
from app.features.quotations.enums import QuotationPerm
from tests import factories


def test_role_that_was_given_an_approval_is_not_for_oneself() -> None:
    administrator = factories.user(name="管理员", roles=[Role.ADMINISTRATOR])
    with unit_of_work():
        settings.put("roles.matrix", {str(QuotationPerm.REVIEW): [Role.MANAGER.value, Role.WAREHOUSE.value]})
    actor = factories.actor(administrator)
    with pytest.raises(Denied), unit_of_work():
        actions.assign_role(administrator, Role.WAREHOUSE, actor=actor)
    with unit_of_work():
        assert actions.assign_role(administrator, Role.DRIVER, actor=actor).role == "driver"
