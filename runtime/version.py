"""The version of this release; to read package metadata would cost a gateway 20 ms and 1 MB."""

VERSION = "0.1.0"
