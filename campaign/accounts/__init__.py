"""Owns who may sign in, and as what: accounts, roles that expire, second factors, sessions and invitations."""
