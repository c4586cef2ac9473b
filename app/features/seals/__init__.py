"""Seals: the legal entities, their seals in three hands, the register of use, the signing key."""

from app.features.seals import registry as registry
