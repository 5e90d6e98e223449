"""LandedFiles: the data folder's files as bucket objects. Last of all, so that no file lands unheard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

from infra.landing_place import LandingPlace
from landing_keys import DataFile


@dataclass(frozen=True)
class LandedFilesArgs:
    """What lands.

    Attributes:
        place: the landing bucket.
        files: the files.
        listening: what has to be there before the first file lands, beside the bucket's protections.
    """

    place: LandingPlace
    files: Sequence[DataFile]
    listening: Sequence[pulumi.Resource]


class LandedFiles(pulumi.ComponentResource):
    """One bucket object per file, under its content-addressed key.

    A changed file has another key, so it is another object: the pipe, which remembers names, loads it.
    """

    def __init__(self, name: str, args: LandedFilesArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:storage:LandedFiles", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=[*args.place.protections, *args.listening])
        for file in args.files:
            key = file.landing_key()
            s3.BucketObjectv2(
                key, bucket=args.place.bucket, key=key, source=pulumi.FileAsset(str(file.path)), opts=child
            )
        self.register_outputs({"count": len(args.files)})
