"""The features: each folder is one capability, from its tables to its pages."""
