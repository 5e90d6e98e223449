"""Other people's programs, in the shapes that the published templates have: two ways to load files by Snowpipe."""

from __future__ import annotations

from pathlib import Path

PROJECT = "name: {name}\nruntime: python\n"

# The current resource types, everything named: a file per event, by a pattern-less pipe on a folder.
ORDERS = """
import json

import pulumi
import pulumi_aws as aws
import pulumi_snowflake as snow

from names import DATABASE

account = aws.get_caller_identity().account_id
bucket = aws.s3.Bucket("inbox", bucket="orders-inbox", force_destroy=True)
arn = f"arn:aws:iam::{account}:role/orders-reader"
integration = snow.StorageIntegrationAws(
    "integration", name="ORDERS", enabled=True, storage_provider="S3", storage_aws_role_arn=arn,
    storage_allowed_locations=[bucket.bucket.apply(lambda name: f"s3://{name}/")],
)
described = integration.describe_outputs[0]
role = aws.iam.Role(
    "role", name="orders-reader",
    assume_role_policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": described.iam_user_arn}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": described.external_id}}}]}),
)
rights = aws.iam.RolePolicy(
    "rights", name="read", role=role.name,
    policy=bucket.arn.apply(lambda it: json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": [it, f"{it}/*"]}]})),
)
database = snow.Database("database", name=DATABASE)
schema = snow.Schema("schema", database=database.name, name="RAW")
table = snow.Table("orders", database=database.name, schema=schema.name, name="ORDERS",
                   columns=[{"name": "BODY", "type": "VARIANT"}])
stage = snow.StageExternalS3(
    "stage", database=database.name, schema=schema.name, name="INBOX", storage_integration=integration.name,
    url=bucket.bucket.apply(lambda name: f"s3://{name}/"), opts=pulumi.ResourceOptions(depends_on=[rights]),
)
pipe = snow.Pipe(
    "pipe", database=database.name, schema=schema.name, name="ORDERS", auto_ingest=True,
    copy_statement=pulumi.Output.format(
        "copy into {0} from @{1}/orders/ file_format = (type = json)",
        table.fully_qualified_name, stage.fully_qualified_name),
)
aws.s3.BucketNotification("events", bucket=bucket.bucket, queues=[
    {"queue_arn": pipe.notification_channel, "events": ["s3:ObjectCreated:*"], "filter_prefix": "orders/"}])
pulumi.export("inbox", bucket.bucket)
"""

# The earlier resource types, names left to the provider, a policy of its own attached to the role, a pattern.
STAFF = '''
import json

import pulumi
import pulumi_aws as aws
import pulumi_snowflake as snow

ROLE = "staff-files-reader"
bucket = aws.s3.Bucket("staff-files")
identity = aws.get_caller_identity()
integration = snow.StorageIntegration(
    "staff-integration", type="EXTERNAL_STAGE", enabled=True, storage_provider="S3",
    storage_aws_role_arn=f"arn:aws:iam::{identity.account_id}:role/{ROLE}", storage_allowed_locations=["*"],
)
trust = pulumi.Output.all(integration.storage_aws_iam_user_arn, integration.storage_aws_external_id).apply(
    lambda known: json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": known[0]}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": known[1]}}}]}))
role = aws.iam.Role("staff-role", name=ROLE, assume_role_policy=trust)
policy = aws.iam.Policy("staff-policy", policy=bucket.arn.apply(lambda arn: json.dumps({
    "Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": f"{arn}/*"},
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": arn}]})))
attached = aws.iam.RolePolicyAttachment("staff-attachment", role=role.name, policy_arn=policy.arn)
database = snow.Database("staff-db")
schema = snow.Schema("staff-schema", name="STAFF", database=database.name)
table = snow.Table("people", name="PEOPLE", database=database.name, schema=schema.name, columns=[
    {"name": "FILE_NAME", "type": "VARCHAR", "nullable": False},
    {"name": "ID", "type": "VARCHAR", "nullable": False},
    {"name": "NAME", "type": "VARCHAR", "nullable": False}])
stage = snow.Stage("staff-stage", database=database.name, schema=schema.name, storage_integration=integration.name,
                   url=pulumi.Output.format("s3://{0}", bucket.bucket),
                   opts=pulumi.ResourceOptions(depends_on=[attached]))
copy = pulumi.Output.format(
    """copy into "{0}"."{1}"."{2}" from (select metadata$filename, $2, $3 from @"{0}"."{1}"."{3}")
    file_format = (type = csv, skip_header = 1) pattern = '.*people/.*[.]csv'""",
    database.name, schema.name, table.name, stage.name)
pipe = snow.Pipe("staff-pipe", auto_ingest=True, database=database.name, schema=schema.name, copy_statement=copy)
aws.s3.BucketNotification("staff-events", bucket=bucket.bucket, queues=[
    {"queue_arn": pipe.notification_channel, "events": ["s3:ObjectCreated:*"]}])
pulumi.export("bucketName", bucket.bucket)
pulumi.export("people", table.fully_qualified_name)
'''


def write_orders(folder: Path) -> Path:
    """Write the program of orders; its modules have names that others use too."""
    return _write(folder, "orders", ORDERS, names="DATABASE = 'ORDERS'\n")


def write_staff(folder: Path) -> Path:
    """Write the program of staff files."""
    return _write(folder, "staff", STAFF)


def _write(folder: Path, name: str, program: str, **modules: str) -> Path:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROJECT.format(name=name))
    (folder / "Pulumi.dev.yaml").write_text("config: {'aws:region': eu-central-1}\n")
    (folder / "__main__.py").write_text(program)
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)
    return folder
