"""Checks of the stage `staleness`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("staleness")
expectations_check = expectations("staleness")
