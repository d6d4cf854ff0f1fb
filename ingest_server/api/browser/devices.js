// The devices: what each says, how far it may be trusted, and how old it is.

import { SEVERITIES, badge } from "./alarms.js";
import { make, showList } from "./element.js";
import { age } from "./moment.js";
import { quality, valueText } from "./reading.js";
import { serverNow } from "./server.js";
import { inOwnWords, language, say } from "./words.js";

// `devices`: key → device; `readings`: the newest of each point; `alarms`: the open ones.
export function joined(devices, readings, alarms, profiles) {
  const found = new Map();
  const entry = (key, gateway, device) => {
    if (!found.has(key)) {
      found.set(key, { key, gateway, device, about: devices.get(key), points: [], severity: null });
    }
    return found.get(key);
  };
  for (const [key, about] of devices) entry(key, about.gateway, about.device);
  for (const one of readings) {
    entry(`${one.gateway}:${one.device}`, one.gateway, one.device).points.push(one);
  }
  for (const alarm of alarms) {
    const one = alarm.device === null ? null : found.get(`${alarm.gateway}:${alarm.device}`);
    if (one && alarm.state.active) one.severity = worst(one.severity, alarm.severity);
  }
  for (const one of found.values()) one.profile = profiles.get(one.about?.profile) ?? null;
  return [...found.values()].sort(bySeverityThenName);
}

function worst(one, other) {
  if (one === null) return other;
  return SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(other) ? one : other;
}

function bySeverityThenName(one, other) {
  const rank = (device) => (device.severity === null ? SEVERITIES.length : SEVERITIES.indexOf(device.severity));
  return rank(one) - rank(other) || (one.key < other.key ? -1 : 1);
}

export function fits(device, wanted) {
  const words = [device.key, device.about?.name, device.about?.place, device.about?.profile];
  const titles = Object.values(device.profile?.title ?? {});
  return [...words, ...titles].some((word) => (word ?? "").toLowerCase().includes(wanted));
}

export function showDevices(list, devices) {
  showList(
    list,
    devices.map((one) => [one.key, JSON.stringify([language(), one]), () => card(one)]),
  );
}

function card(device) {
  const { about } = device;
  return make(
    "li",
    { class: `device ${device.severity ? `in-alarm ${device.severity}` : ""}` },
    make(
      "div",
      { class: "device-head" },
      make("h3", {}, about?.name ?? device.device),
      device.severity ? make("span", { class: "in-alarm-words" }, badge(device.severity), say("in_alarm")) : null,
    ),
    make("p", { class: "facts" }, ...facts(device)),
    device.points.length === 0
      ? make("p", { class: "state-note" }, say("no_readings"))
      : make("table", { class: "points" }, head(), make("tbody", {}, ...device.points.map((one) => row(one, device)))),
  );
}

function facts(device) {
  const { about } = device;
  const texts = [
    device.profile ? inOwnWords(device.profile.title, about.profile) : about?.profile,
    about?.place ? `${say("place")} ${about.place}` : null,
    device.key,
    about?.retired ? say("retired") : null,
  ];
  return texts.filter(Boolean).map((text) => make("span", { class: "fact" }, text));
}

function head() {
  const words = ["point", "value", "quality", "reading_age"];
  return make("thead", {}, make("tr", {}, ...words.map((word) => make("th", { scope: "col" }, say(word)))));
}

function row(one, device) {
  const { grade, text } = quality(one.quality);
  const title = device.profile?.points.find((point) => point.point === one.point)?.title;
  const since = Date.parse(one.time);
  const looks = one.stale ? "stale" : grade;
  const last = grade === "good" ? "" : ` · ${text}`;
  const words = one.stale ? `${say("not_current")}${last}` : text;
  return make(
    "tr",
    { class: looks },
    make("th", { scope: "row", title: one.point }, inOwnWords(title, one.point)),
    make("td", { class: "value" }, valueText(one.value, one.unit)),
    make("td", { class: "quality" }, make("span", { class: "sign", "aria-hidden": "true" }, sign(looks)), words),
    make("td", { class: "age", "data-since": since }, age(since, serverNow())),
  );
}

function sign(looks) {
  return { good: "✓", uncertain: "?", bad: "✗", stale: "✗" }[looks];
}
