"""The AWS account over HTTP."""
