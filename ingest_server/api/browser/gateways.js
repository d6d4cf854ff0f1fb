// The gateways: who is heard, how far behind each lane is, and where its readings are.

import { make, showList } from "./element.js";
import { age } from "./moment.js";
import { serverNow } from "./server.js";
import { language, say, sayIfKnown } from "./words.js";

const COUNTS = ["taken", "stored", "buffered", "thinned", "rejected"];

export function showGateways(list, gateways) {
  showList(
    list,
    gateways.map((one) => [
      one.gateway,
      JSON.stringify([language(), one]),
      () => card(one),
    ]),
  );
}

// What is to be thought of it: silent beats what it said of itself.
export function presence(gateway) {
  if (gateway.silent) return "silent";
  return gateway.presence === "offline" ? "offline" : "heard";
}

function card(gateway) {
  const state = presence(gateway);
  return make(
    "li",
    { class: `gateway ${state}` },
    make(
      "div",
      { class: "gateway-head" },
      make("h3", {}, gateway.gateway),
      make("span", { class: `presence ${state}` }, say(`presence_${state}`)),
      make("span", { class: "heard" }, heard(gateway)),
    ),
    clones(gateway),
    make(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": `${say("ledger")} ${gateway.gateway}` },
      ledger(gateway),
    ),
  );
}

function heard(gateway) {
  if (gateway.last_heard === null) return say("never_heard");
  const since = Date.parse(gateway.last_heard);
  const words = say("last_heard", { age: age(since, serverNow()) });
  return make("span", { "data-since": since, "data-form": "last_heard" }, words);
}

function clones(gateway) {
  const n = Object.values(gateway.lanes).reduce((sum, lane) => sum + lane.clones, 0);
  return n > 0 ? make("p", { class: "problem" }, say("clones")) : null;
}

function ledger(gateway) {
  const heads = ["lane", "lag", ...COUNTS, "dropped", "lost", "ledger"];
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...heads.map((word) => make("th", { scope: "col" }, say(word))))),
    make("tbody", {}, ...Object.entries(gateway.lanes).map(([lane, view]) => row(lane, view))),
  );
}

function row(lane, view) {
  const { ledger: account } = view;
  const dropped = Object.values(account.dropped).reduce((sum, n) => sum + n, 0);
  const why = Object.entries(account.dropped)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(", ");
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, sayIfKnown(`lane_${lane}`, lane)),
    make("td", {}, lag(view)),
    ...COUNTS.map((word) => make("td", {}, String(account[word]))),
    make("td", { class: dropped > 0 ? "warn" : "", title: why || null }, why || String(dropped)),
    make("td", { class: account.lost_after_receipt > 0 ? "warn" : "" }, String(account.lost_after_receipt)),
    make(
      "td",
      { class: account.balanced ? "" : "warn" },
      `${account.balanced ? "✓" : "✗"} ${say(account.balanced ? "balanced" : "unbalanced")}`,
    ),
  );
}

function lag(view) {
  if (view.complete_through === null) return say("lag_unknown");
  return age(0, view.lag_seconds * 1_000);
}
