"""Stages: the bucket as the integration's role sees it."""
