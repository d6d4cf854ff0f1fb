// The gateways: who is heard, how far behind each lane is, and where its readings are.

import { make, showList } from "./element.js";
import { age } from "./moment.js";
import { serverNow } from "./server.js";
import { language, say, sayIfKnown } from "./words.js";

const USUAL = ["taken", "stored", "buffered"];
const RARE = ["thinned", "rejected", "lost_after_receipt"];

export function showGateways(list, gateways) {
  showList(
    list,
    silentFirst(gateways).map((one) => [
      one.gateway,
      JSON.stringify([language(), one]),
      () => card(one),
    ]),
  );
}

function silentFirst(gateways) {
  return [...gateways].sort((one, other) => Number(other.silent) - Number(one.silent));
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
      make("span", { class: "last-heard" }, heard(gateway)),
    ),
    clones(gateway),
    configuration(gateway),
    ledger(gateway),
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

// Only what is open: a configuration that is in force is nobody's business here.
function configuration(gateway) {
  const wanted = gateway.config ?? null;
  if (wanted === null || !["pending", "rejected", "diverged"].includes(wanted.state)) return null;
  const looks = wanted.state === "pending" ? "wanted" : "wanted problem";
  return make("p", { class: looks }, say(`config_${wanted.state}`, { version: wanted.version }));
}

// One column for each lane; counts of what should not happen only where there are any.
function ledger(gateway) {
  const lanes = Object.entries(gateway.lanes);
  const names = lanes.map(([lane]) => sayIfKnown(`lane_${lane}`, lane));
  const columns = ["", ...names].map((name) => make("th", { scope: "col" }, name));
  return make(
    "table",
    { "aria-label": `${say("ledger")} ${gateway.gateway}` },
    make("thead", {}, make("tr", {}, ...columns)),
    make("tbody", {}, ...rows(lanes.map(([, view]) => view))),
  );
}

function rows(views) {
  const counts = (word) => views.map((view) => view.ledger[word]);
  const rare = RARE.filter((word) => counts(word).some((n) => n > 0));
  const reasons = new Set(views.flatMap((view) => Object.keys(view.ledger.dropped)));
  return [
    row(say("lag"), views.map(lag)),
    ...USUAL.map((word) => row(say(word), counts(word))),
    ...rare.map((word) => row(say(word), counts(word), "warn")),
    ...[...reasons].map((why) =>
      row(`${say("dropped")}: ${why}`, views.map((view) => view.ledger.dropped[why] ?? 0), "warn"),
    ),
    row(
      say("ledger"),
      views.map((view) => `${view.ledger.balanced ? "✓" : "✗"} ${say(view.ledger.balanced ? "balanced" : "unbalanced")}`),
      views.every((view) => view.ledger.balanced) ? "" : "warn",
    ),
  ];
}

function row(title, cells, looks = "") {
  return make(
    "tr",
    { class: looks },
    make("th", { scope: "row" }, title),
    ...cells.map((cell) => make("td", {}, String(cell))),
  );
}

function lag(view) {
  if (view.complete_through === null) return say("lag_unknown");
  return age(0, view.lag_seconds * 1_000);
}
