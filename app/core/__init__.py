"""The platform: mechanisms every feature stands on. Knows no feature and no request."""
