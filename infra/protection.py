"""Protection: what holds data, and what the way to it hangs on, is not deleted or replaced by mistake.

``pulumi destroy`` and a replacement are refused for a protected resource until the stack's config says otherwise.
"""

from __future__ import annotations

import pulumi

PROTECTED_TYPES = frozenset(
    {
        "aws:s3/bucket:Bucket",
        "aws:kms/key:Key",
        "snowflake:index/database:Database",
        "snowflake:index/table:Table",
        "snowflake:index/storageIntegrationAws:StorageIntegrationAws",
    }
)
"""The landing bucket and the key of what lies in it, the database, the raw tables, and the integration, whose external
id the role trusts.
"""


def protect_data(wanted: bool) -> None:
    """Let every resource of these types be protected that the program declares from now on, if that is wanted."""
    if wanted:
        pulumi.runtime.register_stack_transformation(_protected)


def _protected(
    resource: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    if resource.type_ not in PROTECTED_TYPES:
        return None
    opts = pulumi.ResourceOptions.merge(resource.opts, pulumi.ResourceOptions(protect=True))
    return pulumi.ResourceTransformationResult(resource.props, opts)
