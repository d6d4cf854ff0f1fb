"""The words of the command line in English and Chinese."""

from typing import Final, Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: Final = get_args(Language)

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "good": {
        "en": "{file} is fine: {receivers} receivers, {places} places, {profiles} profiles",
        "zh": "{file} 无误：{receivers} 个接收方，{places} 个地点，{profiles} 个设备型号",
    },
    "where": {
        "en": "broker {broker}, shards {shards}, API {api}, data {data}",
        "zh": "消息代理 {broker}，分片 {shards} 个，接口 {api}，数据 {data}",
    },
    "store_answers": {
        "en": "{store} takes and gives readings",
        "zh": "{store} 可以读写读数",
    },
    "no_receivers": {
        "en": "no receiver: nobody would be told of an alarm (add [receivers.<id>])",
        "zh": "没有接收方：报警将无人得知（请添加 [receivers.<id>]）",
    },
    "no_receiver": {
        "en": "there is no receiver {id}; known: {known}",
        "zh": "没有接收方 {id}；已有：{known}",
    },
    "no_gateways": {"en": "no gateway has been heard yet", "zh": "尚未收到任何网关的消息"},
    "say_which": {
        "en": "say which gateway; and with --set also --expected, the hash in force",
        "zh": "请指明网关；使用 --set 时还须用 --expected 给出当前生效配置的哈希",
    },
    "set_or_withdraw": {
        "en": "--set and --withdraw exclude each other; --wanted goes with --withdraw alone",
        "zh": "--set 与 --withdraw 不能同时使用；--wanted 仅用于 --withdraw",
    },
    "config_in_force": {"en": "{gateway}: in force {hash}", "zh": "{gateway}：生效配置 {hash}"},
    "config_none": {"en": "nothing is wanted of it from here", "zh": "服务端未下发配置"},
    "config_wanted": {
        "en": "version {version} by {actor}, based on {based_on}: {state}",
        "zh": "版本 {version}（{actor}，基于 {based_on}）：{state}",
    },
    "config_differs": {
        "en": "(- as wanted from here, + as in force there)",
        "zh": "（- 为服务端所要求，+ 为现场生效）",
    },
    "config_withdrawn": {
        "en": "withdrawn by {actor} (version {version}), its site's own file counts: {state}",
        "zh": "{actor} 已撤回（版本 {version}），以现场文件为准：{state}",
    },
    "pending": {"en": "PENDING, no answer yet", "zh": "待应答"},
    "applied": {"en": "applied", "zh": "已生效"},
    "rejected": {
        "en": "REJECTED by the gateway, the old one runs on",
        "zh": "网关拒绝，原配置继续运行",
    },
    "diverged": {
        "en": "DIVERGED: it was changed on site, and keeps its own until somebody decides",
        "zh": "与现场不一致：现场已修改，在有人决定之前保持现场配置",
    },
    "superseded": {"en": "superseded", "zh": "已被更新的版本取代"},
    "no_quarantine": {"en": "the quarantine is empty", "zh": "隔离区为空"},
    "replayed": {"en": "message {id}: {outcome}", "zh": "消息 {id}：{outcome}"},
    "no_commands": {"en": "{gateway} has been asked nothing yet", "zh": "{gateway} 尚无命令"},
    "no_alarms": {"en": "no alarms", "zh": "没有报警"},
    "silent": {"en": "SILENT", "zh": "失联"},
    "heard": {"en": "heard", "zh": "在线"},
    "active": {"en": "active", "zh": "报警中"},
    "inactive": {"en": "over", "zh": "已消失"},
    "acknowledged": {"en": "acknowledged", "zh": "已确认"},
    "unacknowledged": {"en": "unacknowledged", "zh": "未确认"},
    "closed": {"en": "closed", "zh": "已关闭"},
    "ledger": {
        "en": "taken {taken} = stored {stored} + rejected {rejected} + thinned {thinned}"
        " + dropped {dropped} + lost {lost_after_receipt} + buffered {buffered}",
        "zh": "采集 {taken} = 入库 {stored} + 拒收 {rejected} + 精简 {thinned}"
        " + 丢弃 {dropped} + 丢失 {lost_after_receipt} + 缓存 {buffered}",
    },
}


def language_of(locale: str) -> Language:
    """Chinese for a zh locale, English for every other."""
    return "zh" if locale.lower().startswith("zh") else "en"


def say(language: Language, word: str, **values: object) -> str:
    return _WORDS[word][language].format(**values)
