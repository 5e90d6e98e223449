"""The regions of the embedded AWS."""

from __future__ import annotations

DEFAULT_REGION = "eu-west-1"


def is_region(name: str) -> bool:
    """Tell whether the embedded AWS has endpoints of a region: AWS outside China and GovCloud."""
    import botocore.session

    return name in botocore.session.get_session().get_available_regions("s3")
