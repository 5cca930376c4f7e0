"""Checks of the stage `claims`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("claims")
expectations_check = expectations("claims")
