"""What a frame says, in English or Chinese, as lines that a technician reads."""

from collections.abc import Iterator, Mapping, Sequence

from edge_agent.driver.alone import Unknown
from edge_agent.show.decode_labels import label_of
from edge_agent.show.decode_said import OK, Row, Said, Sentence
from runtime.language import Language, table
from wire.quality import Limit, Quality, Status
from wire.reading import Value

_TEXTS: dict[str, tuple[str, str]] = {
    OK: ("frame: ok", "帧：正常"),
    "not_ok": ("frame: refused, {reason}", "帧：拒收，{reason}"),
    Sentence.READ: (
        "asks unit {unit} for {table} {places}: {points}",
        "向单元 {unit} 读取{table} {places}：{points}",
    ),
    Sentence.REPLY: (
        "unit {unit} answers with {table} {places}: {words}",
        "单元 {unit} 应答{table} {places}：{words}",
    ),
    Sentence.REPLY_TO_NOTHING: (
        "unit {unit} answers {bytes} bytes of {table}, which fits no read here: give --request",
        "单元 {unit} 应答 {bytes} 字节{table}；与本档案的任何读取都不符：请给出 --request",
    ),
    Sentence.WRITE: (
        "writes {number} to holding register {address} of unit {unit}{meaning}",
        "向单元 {unit} 的保持寄存器 {address} 写入 {number}{meaning}",
    ),
    Sentence.WRITE_COIL: (
        "sets coil {address} of unit {unit} to {number} (65280 is on)",
        "将单元 {unit} 的线圈 {address} 置为 {number}（65280 为开）",
    ),
    Sentence.WRITE_MANY: (
        "writes {number} places from {address} of unit {unit}",
        "向单元 {unit} 自 {address} 起写入 {number} 个位置",
    ),
    Sentence.WRITTEN: (
        "unit {unit} confirms {number} places written from {address}",
        "单元 {unit} 确认已自 {address} 起写入 {number} 个位置",
    ),
    Sentence.EXCEPTION: (
        "unit {unit} refuses function {function}: exception {code}, {name}",
        "单元 {unit} 拒绝功能 {function}：异常 {code}，{name}",
    ),
    Sentence.REPORT: ("frame {code} of the device, data {data}", "设备帧 {code}，数据 {data}"),
    Sentence.QUERY: (
        "query or command {code} to the device: {name}",
        "对设备的查询或命令 {code}：{name}",
    ),
    Sentence.ACTION: ("action {name} ({code}, data {data})", "操作 {name}（{code}，数据 {data}）"),
    Sentence.SETTING: (
        "setting {code}, or the device's answer to it, data {data}",
        "设定 {code}（或设备的回应），数据 {data}",
    ),
    Sentence.ANSWER: (
        "answer {code} of the device to {name}, data {data}",
        "设备对 {name} 的回应 {code}，数据 {data}",
    ),
    Sentence.KNOWN: (
        "frame {code}, known and not read, data {data}",
        "帧 {code}，已知但不读取，数据 {data}",
    ),
    Sentence.UNKNOWN: (
        "frame {code}, which the profile does not describe, data {data}",
        "帧 {code}，档案未描述，数据 {data}",
    ),
    Sentence.REFUSED: ("{reason}: {why}", "{reason}：{why}"),
    "skipped": ("some bytes beside it are no frame: passed over", "旁边有非帧字节：已跳过"),
    "assumed": (
        "no address in it: taken for {table} {places}; --request makes it sure",
        "应答不含地址：按{table} {places} 解释；给出 --request 可确认",
    ),
    "fitting": (
        "{fitting} reads fit: what is ambiguous below is what the others would say",
        "有 {fitting} 种读取相符：下面标为“不明确”的是其余读取的解释",
    ),
    Unknown.IDENTITY: (
        "who answers is not in this frame: taken for the profile's device",
        "本帧不含设备身份：按档案所述设备解释",
    ),
    Unknown.SCALE: (
        "{points}: unit and decimals are not in this reply, taken as the profile knows them",
        "{points}：本应答不含单位和小数位，按档案的默认值解释",
    ),
    Unknown.CEILING: (
        "{points}: its ceiling is not in this frame, so it is not compared with it",
        "{points}：本帧不含上限测点，未作比较",
    ),
    Unknown.GATE: (
        "{points}: what decides whether it counts is not in this frame",
        "{points}：决定其是否有效的测点不在本帧",
    ),
    Unknown.BASELINE: (
        "{points}: the site's baseline is not in a frame, so it is against a sensor lying flat",
        "{points}：帧内没有现场基准，此处相对水平放置的传感器",
    ),
    "headings": ("point|title|value|raw|quality", "测点|名称|值|原始值|质量"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "coils": ("coils", "线圈"),
    "discrete_inputs": ("discrete inputs", "离散输入"),
    "holding_registers": ("holding registers", "保持寄存器"),
    "input_registers": ("input registers", "输入寄存器"),
    Status.GOOD: ("good", "良好"),
    Status.UNCERTAIN: ("uncertain", "存疑"),
    Status.BAD: ("bad", "无效"),
    Limit.LOW: ("low", "处于下限"),
    Limit.HIGH: ("high", "处于上限"),
    Limit.CONSTANT: ("constant", "不会变化"),
    "crc": ("the checksum is wrong", "校验错误"),
    "checksum": ("the checksum is wrong", "校验错误"),
    "code": ("no frame here is of such a kind", "没有这种类型的帧"),
    "header_checksum": ("the checksum of its head is wrong", "帧头校验错误"),
    "incomplete": ("the rest is missing", "不完整，缺少后续字节"),
    "cut_short": ("the rest is missing", "不完整，缺少后续字节"),
    "wrong_length": ("it says another length than it has", "声明的长度与实际不符"),
    "columns": ("something stands where its columns are parted", "列与列之间不是空格"),
    "too_long": ("it says a length that no frame has", "声明的长度超出任何帧"),
    "not_followed": ("it is sound, but no frame follows it", "校验无误，但其后不是帧"),
    "too_short": ("it is shorter than such a frame is", "短于该类帧"),
    "tail": ("its end is not where its length says", "帧尾不在长度所示位置"),
    "garbage": ("no frame begins here", "没有帧头"),
    "noise": ("no frame begins here", "没有帧头"),
    "wrong_unit": ("another unit answers than was asked", "应答单元与请求不符"),
    "wrong_function": ("another function than was asked, or none that is", "功能码不符或不存在"),
    "wrong_echo": ("the echo is not what was written", "回显与写入不符"),
    "wrong_transaction": ("the transaction is not that of the request", "事务号与请求不符"),
    "empty": ("there is nothing", "没有内容"),
}
_REASONS_ZH = {
    "out_of_range": "超出量程",
    "sensor_fault": "传感器故障",
    "configuration": "配置问题",
    "device_fault": "设备故障",
    "warm_up": "预热中",
    "inhibited": "被禁止",
    "calibration": "校准中",
    "never_read": "从未读到",
    "not_at_rest": "未静止",
    "ambiguous": "不明确",
}


def say(key: str, language: Language, **details: str | int) -> str:
    """The text of this key; a word that has none stands for itself."""
    texts = _TEXTS.get(key)
    text = key if texts is None else texts[language is Language.ZH]
    return text.format(**details)


def sentence(said: Said, language: Language) -> str:
    """One line on what the frame is."""
    details = _placed(said.details, language)
    if said.sentence is Sentence.REFUSED:
        details["why"] = say(said.frame, language)
    if said.sentence is Sentence.WRITE:
        details["meaning"] = f": {details['meaning']}" if details["meaning"] else ""
    return say(said.sentence, language, **details).rstrip(": ：")


def notes(said: Said, language: Language) -> Iterator[str]:
    """What was taken for granted, each on a line."""
    if said.assumed is not None:
        place = _placed(said.assumed, language)
        yield say("assumed", language, **place)
        if int(said.assumed["fitting"]) > 1:
            yield say("fitting", language, **place)
    for unknown in Unknown:
        points = [row.name for row in said.rows if unknown in row.unknown]
        if points:
            yield say(unknown, language, points=", ".join(points))


def _placed(details: Mapping[str, str | int], language: Language) -> dict[str, str | int]:
    """With the table in words, and the first and the last place of a stretch."""
    found = dict(details)
    if "table" in found:
        found["table"] = say(str(found["table"]), language)
    if "count" in found:
        first, count = int(found["address"]), int(found["count"])
        found["places"] = str(first) if count == 1 else f"{first}…{first + count - 1}"
    return found


def lines(frame: str, says: Sequence[Said], language: Language) -> Iterator[str]:
    """All of it as text."""
    yield say(OK if frame == OK else "not_ok", language, reason=frame)
    for said in says:
        if said.skipped and frame == OK:
            yield say("skipped", language)
            continue
        yield sentence(said, language)
        yield from (f"  ({note})" for note in notes(said, language))
        if said.rows:
            headings = say("headings", language).split("|")
            rows = [headings, *(_cells(row, language) for row in said.rows)]
            yield from (f"  {line}" for line in table(rows))


def _cells(row: Row, language: Language) -> list[str]:
    title = "" if row.title is None else row.title.by_language()[language.value]
    raw = "-" if row.raw is None else str(row.raw)
    label = label_of(row.label, language)
    value = label if label is not None else _value(row.value, row.unit, language)
    return [row.name, title, value, raw, quality_words(row.quality, language)]


def _value(value: Value | None, unit: str | None, language: Language) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if isinstance(value, str):
        return value
    if unit == "/":
        return f"{value * 100:.10g} %"
    return f"{value:.10g} {unit or ''}".rstrip()


def quality_words(quality: Quality, language: Language) -> str:
    words = [say(quality.status, language)]
    if quality.status is not Status.GOOD:
        reason = str(quality.reason)
        is_chinese = language is Language.ZH
        words.append(_REASONS_ZH.get(reason, reason) if is_chinese else reason.replace("_", " "))
    if quality.limit is not Limit.NONE:
        words.append(say(quality.limit, language))
    return ("，" if language is Language.ZH else ", ").join(words)
