"""Pipes: what CREATE PIPE accepts, loading by the queue, and their status."""
