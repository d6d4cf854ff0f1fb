"""`edge-agent decode`: what one frame from or to a device means, without any configuration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from device_profiles.load import SHIPPED, CatalogError, load_profile
from device_profiles.model import Profile
from device_profiles.transport import Modbus
from edge_agent.bus.modbus import Verdict
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.decode_cut import Form, Piece, pieces
from edge_agent.show.decode_hex import HexError, bytes_of
from edge_agent.show.decode_labels import label_of
from edge_agent.show.decode_modbus import explain_modbus
from edge_agent.show.decode_said import OK, Row, Said, Sentence
from edge_agent.show.decode_stream import explain_stream
from edge_agent.show.decode_words import lines, notes, sentence
from runtime.language import Language
from runtime.likeness import nearest
from wire.quality import GOOD

_FINE, _REFUSED, _USAGE = 0, 1, 2
_EMPTY = "empty"


class _UsageError(Exception):
    """The command can not be carried out; the message says what would be right."""


def decode(
    profile: str, text: str, *, request: str | None, json: bool, language: Language
) -> Answer:
    """Of the profile by its id or file; code 2 when there is none, or nothing can be looked at."""
    try:
        known = _profile(profile)
    except _UsageError as error:
        return Answer(_USAGE, "", (str(error),))
    except CatalogError as error:
        return Answer(_USAGE, "", tuple(map(str, error.problems)))
    return decode_with(known, text, request=request, json=json, language=language)


def decode_with(
    profile: Profile, text: str, *, request: str | None, json: bool, language: Language
) -> Answer:
    """Code 0 when every frame is good, 1 when one is refused, 2 for what is no hexadecimal."""
    try:
        says = _explain(profile, _bytes("HEX", text), _request(profile, request))
    except _UsageError as error:
        return Answer(_USAGE, "", (str(error),))
    frame = _verdict(says)
    shown = (
        as_json(_document(profile, frame, says, language))
        if json
        else "\n".join(lines(frame, says, language))
    )
    return Answer(_FINE if frame == OK else _REFUSED, shown)


def _profile(name: str) -> Profile:
    """Of the catalogue by its id, or a file."""
    if name.endswith(".toml"):
        return load_profile(Path(name))
    shipped = {path.stem: path for path in SHIPPED.rglob("*.toml")}
    if name in shipped:
        return load_profile(shipped[name])
    near = nearest(name, shipped, most=3, least=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else "`device-profiles list` names all"
    raise _UsageError(f"profile: {name[:80]!r} is not in the catalogue; {remedy}")


def _bytes(what: str, text: str) -> bytes:
    try:
        return bytes_of(text)
    except HexError as error:
        raise _UsageError(f"{what}: {error}") from None


def _request(profile: Profile, text: str | None) -> Piece | None:
    """What was asked; of a stream only whether it is a frame, since its answers name themselves."""
    if text is None:
        return None
    data = _bytes("--request", text)
    if isinstance(profile.transport, Modbus):
        found = pieces(data)
        if len(found) == 1 and isinstance(found[0], Piece):
            if Form.REQUEST in found[0].forms or Form.ECHO in found[0].forms:
                return found[0]
            raise _UsageError("--request: it is a reply, not a request")
        refused = next((one for one in found if isinstance(one, Verdict)), "more than one frame")
        raise _UsageError(f"--request: {refused}; give the one frame that was sent")
    frame = _verdict(_explain(profile, data, None))
    if frame != OK:
        raise _UsageError(f"--request: {frame}; give the one frame that was sent")
    return None


def _explain(profile: Profile, data: bytes, request: Piece | None) -> list[Said]:
    if not data:
        return [Said(_EMPTY, Sentence.REFUSED, {"reason": _EMPTY})]
    if isinstance(profile.transport, Modbus):
        return list(explain_modbus(profile, pieces(data), request))
    return list(explain_stream(profile, profile.transport, data))


def _verdict(says: Sequence[Said]) -> str:
    """`ok`, or the first reason why one is refused; noise beside a good frame is no reason."""
    has_good = any(said.frame == OK for said in says)
    refused = (said.frame for said in says if said.frame != OK)
    if has_good:
        refused = (said.frame for said in says if said.frame != OK and not said.skipped)
    return next(refused, OK)


def _document(
    profile: Profile, frame: str, says: Sequence[Said], language: Language
) -> dict[str, Any]:
    """`frame` and `points` always; the rest where there is something to say."""
    told = [said for said in says if not (said.skipped and frame == OK)]
    document: dict[str, Any] = {
        "frame": frame,
        "points": [_row(row, language) for said in told for row in said.rows],
        "profile": profile.id,
        "says": [sentence(said, language) for said in told],
    }
    assumed = [dict(said.assumed) for said in told if said.assumed is not None]
    if assumed:
        document["assumed"] = assumed[0] if len(assumed) == 1 else assumed
    refused = [said.details for said in told if said.sentence is Sentence.EXCEPTION]
    if refused:
        document["exception"] = {"code": refused[0]["code"], "name": refused[0]["name"]}
    remarks = [note for said in told for note in notes(said, language)]
    if remarks:
        document["notes"] = remarks
    return document


def _row(row: Row, language: Language) -> dict[str, Any]:
    return {
        "name": row.name,
        "raw": row.raw,
        "value": row.value,
        "unit": row.unit,
        "label": label_of(row.label, language),
        "quality": "good" if row.quality == GOOD else str(row.quality),
    }
