"""Checks of the stage `publish`."""

from checks.contract import contract
from checks.expectations import expectations

contract_check = contract("publish")
expectations_check = expectations("publish")
