"""The API speaks of an alarm and of a delivery in the words of the webhook."""

import json

import msgspec

from ingest_server.api.views import AlarmView, alarm_view
from ingest_server.db.alarm_book import list_alarms
from ingest_server.notify.payload import AlarmData, alarm_body
from tests.server_rig import PLACES, ServerRig


async def test_the_alarm_is_the_data_of_the_webhook(rig: ServerRig) -> None:
    await rig.feed("birth", "urgent_good")
    page = await rig.files.book.read(list_alarms)
    for snapshot in page.alarms:
        body = json.loads(alarm_body(snapshot, PLACES, "http://x/v1/alarms"))
        view = alarm_view(snapshot, PLACES, "http://x/v1/alarms")
        assert view.model_dump(by_alias=True) == body["data"]


def test_no_word_of_the_webhook_is_missing() -> None:
    words = {field.encode_name for field in msgspec.structs.fields(AlarmData)}
    assert {field.alias or name for name, field in AlarmView.model_fields.items()} == words
