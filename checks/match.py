"""Checks of the stage `match`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("match")
expectations_check = expectations("match")
