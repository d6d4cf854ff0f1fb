"""The units that may travel: primary SenML units only (IANA "SenML Units" registry)."""

from wire.refusal import Refusal, WireError

# RFC 8428 section 12.1, RFC 8798 section 2 and their IANA registry. Secondary units (RFC 8798
# section 3) need bver 26: not used. `%` is taken from strangers; we send the ratio `/`.
_TABLE = (
    "m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s "
    "m/s2 m3/s l/s W/m2 cd/m2 bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min "
    "beat/min beats S/m B VA VAs var vars J/m kg/m3 deg NTU"
)
PRIMARY_UNITS = frozenset(_TABLE.split())


def check_unit(unit: str) -> str:
    """Return the unit; raise WireError(UNIT_UNKNOWN) if it is not a primary SenML unit."""
    if unit not in PRIMARY_UNITS:
        raise WireError(Refusal.UNIT_UNKNOWN, f"{unit!r} is not a primary SenML unit")
    return unit
