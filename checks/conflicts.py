"""Checks of the stage `conflicts`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("conflicts")
expectations_check = expectations("conflicts")
