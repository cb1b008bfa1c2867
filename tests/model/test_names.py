"""The name that was probably meant."""

from __future__ import annotations

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.model.names import MAX_EFFORT, effort, misspelt, nearest

WORDS = st.text("abcd12", min_size=1, max_size=9)


@given(WORDS, st.lists(WORDS, max_size=9, unique=True))
def test_it_is_the_closest_by_difflib(name: str, known: list[str]) -> None:
    known = [other for other in known if other != name]
    best = get_close_matches(name, known, n=1, cutoff=0.75)
    assert nearest(name, known) == (best[0] if best else None)


def test_too_many_are_not_compared() -> None:
    many = [f"{'x' * 190}{i:06}" for i in range(200)]
    assert effort(many[0] + "y", many) > MAX_EFFORT
    assert nearest(many[0] + "y", many) is None
    assert nearest(many[7].upper(), many) == many[7], "one that differs in letter case alone is found all the same"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Filter", "Filters"),
        ("describeSnapshot", "describeSnapshots"),
        ("createTraningJob", "createTrainingJob"),
        ("getSecretValu", "getSecretValue"),
        ("getSecretVallue", "getSecretValue"),
        ("getSecretValie", "getSecretValue"),
        ("getSecertValue", "getSecretValue"),
        ("geteRecords", "getRecords"),
        ("CreateTransfromJobNmae", "CreateTransformJobName"),
        ("lamda", "lambda"),
        ("awsVpcConfiguration", "AwsvpcConfiguration"),
        ("create-endpoint", "createEndpoint"),
    ],
)
def test_a_slip_makes_a_name_misspelt(name: str, near: str) -> None:
    assert misspelt(name, near)


@pytest.mark.parametrize(
    ("name", "near"),
    # each pair stands in the API of some service, the first later than the second
    [
        ("cancelJobs", "cancelJob"),
        ("terminateServiceJobs", "terminateServiceJob"),
        ("getBucketAbac", "getBucketAcl"),
        ("setRcsMessageSpendLimitOverride", "setVoiceMessageSpendLimitOverride"),
        ("describeImportTasks", "describeExportTasks"),
        ("registerDaemonTaskDefinition", "registerTaskDefinition"),
        ("createSubdomain", "createDomain"),
        ("updateOdbPeeringConnection", "deleteOdbPeeringConnection"),
        ("AvailabilityZoneId", "AvailabilityZone"),
        ("InstanceIds", "InstanceId"),
        ("DomainIpv6List", "DomainIpv4List"),
        ("DnsIpv6Addrs", "DnsIpAddrs"),
        ("SegmentSqlQuery", "SegmentQuery"),
        ("sagemakerjobruntime", "sagemakerruntime"),
        ("lexmodelsv2", "lexmodels"),
        # and these are of one kind with them
        ("setMetadata", "getMetadata"),
        ("Enabled", "Enable"),
        ("x" * 300 + "y", "x" * 300),
    ],
)
def test_what_an_api_adds_is_not_misspelt(name: str, near: str) -> None:
    assert not misspelt(name, near)


@given(st.text("abIİé1-s", max_size=6), st.text("abI1-s", min_size=1, max_size=6))
def test_any_two_names_are_told_apart_or_not(name: str, near: str) -> None:
    assert misspelt(name, near) in (True, False)
    assert misspelt(near, near)
