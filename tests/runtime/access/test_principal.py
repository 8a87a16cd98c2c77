"""Roles include each other, and a principal may what its roles say."""

import pytest

from runtime.access.principal import OWNER, ROLES, Principal, Role, up_to


@pytest.mark.parametrize(
    ("role", "all_of_them"),
    [
        ("viewer", {"viewer"}),
        ("runner", {"viewer", "runner"}),
        ("admin", {"viewer", "runner", "admin"}),
    ],
)
def test_a_role_includes_those_before_it(role: Role, all_of_them: set[str]) -> None:
    assert up_to(role) == all_of_them


def test_who_has_a_role_may_only_what_it_includes() -> None:
    anna = Principal("anna", up_to("runner"))

    assert [anna.may(role) for role in ROLES] == [True, True, False]


def test_the_owner_may_everything_in_the_house_itself() -> None:
    assert all(OWNER.may(role) for role in ROLES)
    assert OWNER.tenant == ""
