# made by tools/build_services.py; do not edit
"""When the service models were taken over, and from which version of botocore."""

DATE = "2026-11-30"
BOTOCORE = "1.44.8"
