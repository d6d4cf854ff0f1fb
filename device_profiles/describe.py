"""A profile as a sheet: all that a technician wants to read of it, in one language."""

from collections.abc import Iterator

from device_profiles.handbook import Remark, said
from device_profiles.model import Profile
from device_profiles.sheet import Command, Items, Section, Sheet, blocks, sections
from device_profiles.sheet_device import connection_section, head_facts, installation_section
from device_profiles.sheet_orders import actions_section, settings_section
from device_profiles.sheet_points import points_section
from device_profiles.sheet_rules import rules_section
from device_profiles.sheet_words import say
from device_profiles.simulated import SIMULATORS


def sheet_of(profile: Profile, lang: str, *, hash_: str | None = None, page: bool = False) -> Sheet:
    """`page`: also what one reads at a desk: what to do at an alarm, a frame, a simulator."""
    evidence = profile.evidence
    found = [
        connection_section(profile, lang),
        installation_section(profile, lang),
        points_section(profile, lang),
        rules_section(profile, lang, with_guidance=page),
        settings_section(profile, lang),
        actions_section(profile, lang),
        _remarks("caveats", evidence.caveats, lang),
        _remarks("verify", evidence.verify_on_hardware, lang),
    ]
    if page:
        found += [
            Section(say(lang, "example"), blocks(*_examples(profile, lang))),
            Section(say(lang, "simulator"), blocks(*_simulator(profile, lang))),
        ]
    return Sheet(
        title=said(profile.title, lang),
        subtitle=say(
            lang, "made", maker=said(profile.maker, lang), model=said(profile.model, lang)
        ),
        facts=head_facts(profile, lang, hash_),
        sections=sections(found),
    )


def _remarks(word: str, remarks: tuple[Remark, ...], lang: str) -> Section:
    return Section(say(lang, word), blocks(Items(tuple(said(one, lang) for one in remarks))))


def _examples(profile: Profile, lang: str) -> Iterator[Command]:
    for example in profile.examples:
        request = "" if example.request is None else f' --request "{example.request}"'
        line = f'edge-agent decode {profile.id} "{example.frame}"{request}'
        yield Command(line, said(example.title, lang))


def _simulator(profile: Profile, lang: str) -> Iterator[Command]:
    name = SIMULATORS.get(profile.id)
    if name is not None:
        yield Command(f"simulators {name} --link ./tty-{name}", say(lang, "simulated"))
