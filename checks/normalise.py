"""Checks of the stage `normalise`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("normalise")
expectations_check = expectations("normalise")
