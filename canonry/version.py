"""The version of the code; a release names it."""

VERSION = "0.1.0"
