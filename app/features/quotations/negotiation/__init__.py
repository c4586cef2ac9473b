"""Negotiations (商务谈判): what was asked and offered in talks about a quotation, and the manager's word on it."""
