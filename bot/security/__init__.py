"""Accounts, roles, sessions, audit and field encryption."""
