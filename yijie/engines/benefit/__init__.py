"""The benefit engine."""
