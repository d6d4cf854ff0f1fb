from device_profiles.keys_page import keys_page

ENGLISH = keys_page("en", "[中文](keys.zh-CN.md)", "Made.")
CHINESE = keys_page("zh", "[English](keys.md)", "生成。")


def test_a_key_says_what_may_stand_there_and_what_does_without_it() -> None:
    for line in (
        "| `schema` | `2` | required | Version of this format. |",
        "| `poll_period` | duration such as `500ms`, `10min` | `1s` | How often it is asked. |",
        "| `latched` | true or false | `false` | Stays until it is acknowledged and reset. |",
        "| `kind` | `modbus` | required | `modbus` |",
        "| `evidence` | [Evidence](#evidence) | required | Where the facts come from. |",
        (
            "| `transport` | [Modbus](#modbus) or [Stream](#stream) | required | "
            "How it is spoken to: `kind` is `modbus` or `stream`. |"
        ),
        "| `stop_bits` | whole number | `1` | 1 or 2. |",
    ):
        assert line in ENGLISH.splitlines()
    assert "| `en` | 文本 | 必填 | 英文。 |" in CHINESE.splitlines()


def test_every_table_stands_once_in_both() -> None:
    for page in (ENGLISH, CHINESE):
        titles = [line for line in page.splitlines() if line.startswith("## ")]
        assert len(titles) == len(set(titles)) > 30
