"""Every bound of the wire contract in one place: sizes, counts, the range of time."""

SENT_BYTES = 64 * 1024
INFLATED_BYTES = 512 * 1024
PROPERTY_BYTES = 65_535  # a user property: the longest string of MQTT v5 (section 1.5.4)
RECORDS = 5_000
EPOCHS_STATED = 32
RANGES = 32
ANCHORS = 32
COVERS = 2_000
COUNT = 2**53 - 1
MONO = 10 * 366 * 86_400_000  # ms on the clock of one boot: with more, a time is beyond any year
TEXT = 4_096
RESULT_TEXT = 32_768  # characters of a result's detail: a gateway's diagnosis fits
WORD = 128  # characters of an id, a hash or a name that is not ours to define
BOOT = 64
DEVICES = 2_000
DROP_REASONS = 32
OVERRIDES = 64  # rules that one device's site has changed
WISHES = 16  # of one rule

# RFC 8428 section 4.5.3: below this a time is relative; we add what can not be honest.
RELATIVE_SECONDS = 2**28
EARLIEST_US = 1_577_836_800_000_000  # 2020-01-01T00:00:00Z
LATEST_US = 4_102_444_800_000_000  # 2100-01-01T00:00:00Z
