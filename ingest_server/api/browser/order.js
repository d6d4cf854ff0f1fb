// The dialogue in which a person acknowledges or resets an alarm, under a name.

import { titleOf } from "./alarms.js";
import { ask } from "./server.js";
import { session } from "./session.js";
import { say, sayIfKnown } from "./words.js";

const byId = (id) => document.getElementById(id);

export class OrderDialog {
  // `onDone`: called after every order, whatever came of it.
  constructor(onDone) {
    this._dialog = byId("order");
    this._onDone = onDone;
    this._asked = null;
    this._busy = false;
    byId("order-cancel").addEventListener("click", () => this._dialog.close());
    this._dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this._send();
    });
  }

  open(order, alarm, where) {
    this._asked = { order, id: alarm.alarm_id };
    byId("order-title").textContent = say(order);
    byId("order-alarm").textContent = `${titleOf(alarm)} · ${where}`;
    byId("order-confirm").textContent = say(order);
    byId("order-problem").textContent = "";
    byId("comment").value = "";
    byId("actor").value = session.actor();
    this._dialog.showModal();
    byId(session.actor() ? "order-confirm" : "actor").focus();
  }

  close() {
    if (this._dialog.open) this._dialog.close();
  }

  async _send() {
    const actor = byId("actor").value.trim();
    if (this._busy || actor === "") {
      byId("actor").focus();
      return;
    }
    session.nameActor(actor);
    this._busy = true;
    byId("order-confirm").disabled = true;
    byId("order-problem").textContent = "";
    const comment = byId("comment").value.trim() || null;
    const { order, id } = this._asked;
    try {
      await ask(`/v1/alarms/${encodeURIComponent(id)}/${order}`, { actor, comment });
      this._dialog.close();
    } catch (error) {
      byId("order-problem").textContent = whyNot(error);
    } finally {
      this._busy = false;
      byId("order-confirm").disabled = false;
      this._onDone();
    }
  }
}

function whyNot(error) {
  if (error.kind === "away") return say("order_unsure");
  if (error.kind === "token") return say("token_wrong");
  return say("order_failed", { why: sayIfKnown(`refused_${error.reason}`, error.message) });
}
