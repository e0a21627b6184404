"""Runs on disk: the journal that is written while they happen, and what is read from it afterwards."""
