// The list of open alarms: the worst first, each with its state and what may be done.

import { make, showList } from "./element.js";
import { age, clockTime } from "./moment.js";
import { valueText } from "./reading.js";
import { serverNow } from "./server.js";
import { inOwnWords, language, say, sayIfKnown } from "./words.js";

export const SEVERITIES = ["critical", "high", "warning", "notice"];
const DOUBTFUL_CLOCKS = new Set(["unset", "server", "clock_suspect"]);

export function inOrder(alarms) {
  const rank = (one) => [
    SEVERITIES.indexOf(one.severity),
    one.state.acknowledged ? 1 : 0,
    one.state.active ? 0 : 1,
    -Date.parse(one.since),
  ];
  return [...alarms].sort((one, other) => {
    const [left, right] = [rank(one), rank(other)];
    const index = left.findIndex((part, at) => part !== right[at]);
    return index === -1 ? 0 : left[index] - right[index];
  });
}

// What may be done to an alarm at this moment: "acknowledge", "reset" or nothing.
export function possibleOrder(alarm) {
  const { acknowledged, active, latched, closed } = alarm.state;
  if (closed) return null;
  if (!acknowledged) return "acknowledge";
  return latched && !active ? "reset" : null;
}

export function titleOf(alarm) {
  return inOwnWords(alarm.title, alarm.rule);
}

// "Smoke, bicycle shed 3 · Xinhua Street 12": for people, most telling first.
export function whereOf(alarm, devices) {
  if (alarm.device === null) return alarm.gateway === "server" ? say("the_server") : alarm.gateway;
  const name = devices.get(`${alarm.gateway}:${alarm.device}`)?.name ?? alarm.device;
  const address = alarm.place?.address ?? alarm.place?.id;
  return address ? `${name} · ${address}` : name;
}

export function showAlarms(list, alarms, devices, onOrder) {
  showList(
    list,
    inOrder(alarms).map((alarm) => {
      const where = whereOf(alarm, devices);
      const signature = JSON.stringify([language(), alarm, where]);
      return [alarm.alarm_id, signature, () => card(alarm, where, onOrder)];
    }),
  );
}

export function showCounts(list, alarms) {
  showList(
    list,
    SEVERITIES.flatMap((severity) => {
      const n = alarms.filter((one) => one.severity === severity).length;
      if (n === 0) return [];
      return [[severity, `${language()}${n}`, () => make("li", {}, badge(severity), ` × ${n}`)]];
    }),
  );
}

export function badge(severity) {
  const index = SEVERITIES.indexOf(severity);
  const word = sayIfKnown(`severity_${severity}`, severity);
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, String(index + 1));
  return make("span", { class: `badge ${index === -1 ? "" : severity}` }, mark, word);
}

function card(alarm, where, onOrder) {
  const { state } = alarm;
  const known = SEVERITIES.includes(alarm.severity) ? alarm.severity : "notice";
  const looks = `alarm ${known} ${state.active ? "active" : "over"}`;
  return make(
    "li",
    { class: `${looks} ${state.acknowledged ? "acknowledged" : "unacknowledged"}` },
    make(
      "div",
      { class: "alarm-head" },
      badge(alarm.severity),
      make("h3", {}, titleOf(alarm)),
      make("span", { class: "alarm-state" }, stateText(alarm)),
    ),
    make("p", { class: "where" }, where),
    make("p", { class: "facts" }, ...facts(alarm)),
    guidance(alarm),
    buttons(alarm, where, onOrder),
  );
}

function stateText(alarm) {
  const { active, acknowledged, latched } = alarm.state;
  const first = say(active ? "is_active" : "is_over");
  const seen = latched && !active ? "waits_for_reset" : "is_acknowledged";
  return say("state", { first, second: say(acknowledged ? seen : "is_unacknowledged") });
}

function facts(alarm) {
  const since = Date.parse(alarm.since);
  const doubtful = DOUBTFUL_CLOCKS.has(alarm.clock);
  const flags = [
    alarm.life_safety && "life_safety",
    alarm.test && "test",
    alarm.late && "late",
    alarm.state.shelved && "shelved",
    alarm.state.suppressed && "suppressed",
    alarm.state.out_of_service && "out_of_service",
  ].filter(Boolean);
  return [
    fact(sayIfKnown(`class_${alarm.class}`, alarm.class)),
    fact(`${say("since")} ${clockTime(since, serverNow())}`),
    make(
      "span",
      { class: "fact" },
      `${say("age")} `,
      make("span", { class: "age", "data-since": since }, age(since, serverNow())),
    ),
    doubtful ? fact(say("clock_doubtful"), "doubt") : null,
    typeof alarm.value === "boolean" || alarm.value === null ? null : fact(valueFact(alarm)),
    fact(alarm.device === null ? alarm.gateway : `${alarm.gateway}:${alarm.device}`, "id"),
    ...flags.map((flag) => fact(say(flag), `flag ${flag}`)),
    alarm.actor ? fact(`${alarm.actor}${alarm.comment ? `: ${alarm.comment}` : ""}`, "actor") : null,
  ];
}

function valueFact(alarm) {
  const value = `${say("value")} ${valueText(alarm.value, alarm.unit)}`;
  if (typeof alarm.limit !== "number") return value;
  return `${value} (${say("limit", { limit: valueText(alarm.limit, alarm.unit) })})`;
}

function fact(text, looks = "") {
  return make("span", { class: `fact ${looks}` }, text);
}

function guidance(alarm) {
  const text = inOwnWords(alarm.guidance, "");
  return text ? make("p", { class: "guidance" }, make("b", {}, say("guidance")), text) : null;
}

function buttons(alarm, where, onOrder) {
  const order = possibleOrder(alarm);
  if (order === null) return null;
  const label = `${say(order)}: ${titleOf(alarm)}, ${where}`;
  const on = { click: () => onOrder(order, alarm) };
  const looks = order === "acknowledge" ? "strong" : "";
  const attributes = { type: "button", class: looks, "data-action": order, "aria-label": label, on };
  return make("div", { class: "orders" }, make("button", attributes, say(order)));
}
