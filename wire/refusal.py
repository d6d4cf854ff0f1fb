"""Why a message is refused: the closed list of reasons, and the error that carries one."""

from enum import StrEnum

DETAIL = 300


class Refusal(StrEnum):
    """A named reason. It is shown in the quarantine and counted in the ledger as `rejected`."""

    TOPIC_GRAMMAR = "topic_grammar"
    SHARD_MISMATCH = "shard_mismatch"
    GATEWAY_MISMATCH = "gateway_mismatch"
    TOO_LARGE = "too_large"
    INFLATES_TOO_LARGE = "inflates_too_large"
    NOT_ZLIB = "not_zlib"
    ENCODING_UNKNOWN = "encoding_unknown"
    CONTENT_TYPE = "content_type"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    TOO_MANY_RECORDS = "too_many_records"
    SENML_VERSION = "senml_version"
    MUST_UNDERSTAND = "must_understand"
    NAME_GRAMMAR = "name_grammar"
    NO_VALUE = "no_value"
    TWO_VALUES = "two_values"
    VALUE_KIND = "value_kind"
    NOT_FINITE = "not_finite"
    TEXT_TOO_LONG = "text_too_long"
    UNIT_UNKNOWN = "unit_unknown"
    TIME_RANGE = "time_range"
    TIME_MIXED = "time_mixed"
    QUALITY_GRAMMAR = "quality_grammar"
    BAD_WITH_VALUE = "bad_with_value"
    VALUE_MISSING = "value_missing"
    DOUBLED_RECORD = "doubled_record"
    PROPERTY_MALFORMED = "property_malformed"
    PROPERTY_DOUBLED = "property_doubled"
    KEY_MISSING = "key_missing"
    KEY_LANE = "key_lane"
    KEY_COUNT = "key_count"
    COVERS_INCONSISTENT = "covers_inconsistent"
    STATEMENT_INCONSISTENT = "statement_inconsistent"
    SAME_KEY_OTHER_BYTES = "same_key_other_bytes"


class WireError(ValueError):
    """A message that the contract does not allow: `reason` for machines, `detail` for people."""

    def __init__(self, reason: Refusal, detail: str) -> None:
        if len(detail) > DETAIL:  # it quotes a stranger: a number of 4 000 digits, a long name
            detail = f"{detail[: DETAIL - 1]}…"
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
