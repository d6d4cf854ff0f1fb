"""The pages that come from the catalogue: one of each device, their index, and all keys."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

import msgspec

from device_profiles.describe import sheet_of
from device_profiles.handbook import said
from device_profiles.keys_page import keys_page
from device_profiles.model import DeviceKind, Profile
from device_profiles.page import code, escaped, markdown, row
from device_profiles.sheet_words import heads, say
from device_profiles.show import transport_word

DEVICES: Final = PurePosixPath("devices")
KEYS: Final = PurePosixPath("schema/keys")
_MADE: Final = {
    "en": "Written by `device-profiles docs` from the catalogue; do not edit.",
    "zh": "由 `device-profiles docs` 根据设备档案生成，请勿手工修改。",
}


class _Language(msgspec.Struct, frozen=True):
    """`suffix` is that of the files; `other` and `other_suffix` lead to the same page there."""

    code: str
    suffix: str
    other: str
    other_suffix: str


_LANGUAGES: Final = (
    _Language("en", ".md", "中文", ".zh-CN.md"),
    _Language("zh", ".zh-CN.md", "English", ".md"),
)


def all_pages(profiles: Mapping[str, Profile]) -> dict[PurePosixPath, str]:
    """By the path below docs/, the whole text; the same for the same catalogue."""
    pages = {}
    ordered = [profiles[name] for name in sorted(profiles)]
    for language in _LANGUAGES:
        for profile in ordered:
            pages[DEVICES / f"{profile.id}{language.suffix}"] = _device(profile, language)
        pages[DEVICES / f"README{language.suffix}"] = _index(ordered, language)
        pages[KEYS.with_name(f"keys{language.suffix}")] = keys_page(
            language.code, f"[{language.other}](keys{language.other_suffix})", _MADE[language.code]
        )
    return pages


def _device(profile: Profile, language: _Language) -> str:
    index = {"en": "All devices", "zh": "全部设备"}[language.code]
    other = f"[{language.other}]({profile.id}{language.other_suffix})"
    above = [f"[{index}](README{language.suffix}) · {other}", _MADE[language.code]]
    return markdown(sheet_of(profile, language.code, page=True), above)


def _index(profiles: list[Profile], language: _Language) -> str:
    lang = language.code
    lines = [
        {"en": "# Devices", "zh": "# 设备"}[lang],
        "",
        f"[{language.other}](README{language.other_suffix})",
        "",
        _MADE[lang],
        "",
    ]
    for kind in DeviceKind:
        of_kind = [profile for profile in profiles if profile.kind is kind]
        if of_kind:
            lines += [f"## {say(lang, kind)}", "", *_list(of_kind, language), ""]
    return "\n".join(lines)


def _list(profiles: list[Profile], language: _Language) -> Iterator[str]:
    lang = language.code
    yield row(heads(lang, "title", "profile", "transport", "grade"))
    yield row(["---"] * 4)
    for one in profiles:
        link = f"[{escaped(said(one.title, lang))}]({one.id}{language.suffix})"
        transport = say(lang, transport_word(one))
        yield row([link, code(one.id), transport, one.evidence.grade])
