"""The office of these tests."""

from tests.features.profiles.office import place as place
