// The status page: signs in, keeps asking, shows what came and how old it is.

import { showAlarms, showCounts, titleOf, whereOf } from "./alarms.js";
import { fits, joined, showDevices } from "./devices.js";
import { make, setText } from "./element.js";
import { Feed } from "./feed.js";
import { showGateways } from "./gateways.js";
import { age, clockTime } from "./moment.js";
import { OrderDialog } from "./order.js";
import { ask, askAll, serverNow } from "./server.js";
import { session } from "./session.js";
import { language, preferred, say, speak } from "./words.js";

const ALARMS = 2_000;
const GATEWAYS = 1_000;
const READINGS = 5_000;
const DEVICES_SHOWN = 200;

const byId = (id) => document.getElementById(id);
const seenAlarms = new Set();
const devices = new Map();
const births = new Map();
let profiles = new Map();
let isFirstLook = true;

const soon = { everyMs: 2_000, patienceMs: 7_000, onChange: changed };
const calm = { everyMs: 5_000, patienceMs: 16_000, onChange: changed };
const feeds = {
  alarms: new Feed(() => askAll("/v1/alarms?state=open", ALARMS), soon),
  ready: new Feed(() => ask("/readyz"), soon),
  gateways: new Feed(askGateways, calm),
  readings: new Feed(() => askAll("/v1/readings/latest", READINGS), calm),
};
const orders = new OrderDialog(() => feeds.alarms.hurry());

// Devices are asked for only when their gateway has spoken a new birth.
async function askGateways() {
  const found = await askAll("/v1/gateways", GATEWAYS);
  for (const one of found.items) {
    if (births.get(one.gateway) === one.born) continue;
    const path = `/v1/gateways/${encodeURIComponent(one.gateway)}/devices`;
    const { items } = await askAll(path, READINGS);
    for (const device of items) {
      devices.set(`${one.gateway}:${device.device}`, { ...device, gateway: one.gateway });
    }
    if (profiles.size === 0 || items.some((device) => !profiles.has(device.profile))) {
      const known = await askAll("/v1/profiles", READINGS);
      profiles = new Map(known.items.map((profile) => [profile.profile, profile]));
    }
    births.set(one.gateway, one.born);
  }
  return found;
}

// Showing --------------------------------------------------------------------------------------

function changed(feed) {
  if (feed.error?.kind === "token") {
    signOut(say("token_wrong"));
    return;
  }
  if (feed === feeds.alarms && feed.error === null) announce(feed.data.items);
  show();
}

function show() {
  const alarms = feeds.alarms.data?.items ?? [];
  const gateways = feeds.gateways.data?.items ?? [];
  showAlarms(listOf("alarms"), alarms, devices, openOrder);
  showCounts(byId("counts"), alarms);
  showGateways(listOf("gateways"), gateways);
  const found = joined(devices, feeds.readings.data?.items ?? [], alarms, profiles);
  const wanted = byId("filter").value.trim().toLowerCase();
  const fitting = wanted === "" ? found : found.filter((one) => fits(one, wanted));
  showDevices(listOf("devices"), fitting.slice(0, DEVICES_SHOWN));
  note("alarms", feeds.alarms, alarms.length, isAllWatched() ? "no_alarms" : "no_alarms_but");
  note("gateways", feeds.gateways, gateways.length, "no_gateways");
  note("devices", feeds.readings, fitting.length, found.length ? "none_found" : "no_devices");
  if (fitting.length > DEVICES_SHOWN) noteText("devices", say("more_hidden", { n: DEVICES_SHOWN }));
  const open = alarms.filter((one) => !one.state.acknowledged).length;
  document.title = open > 0 ? say("unacknowledged_title", { n: open }) : "Lifeline";
  showTroubles();
  tick();
}

function isAllWatched() {
  const isReady = feeds.ready.data?.status === "ready";
  return isReady && (feeds.gateways.data?.items ?? []).every((one) => !one.silent);
}

function listOf(section) {
  return byId(section).querySelector("[role=list]");
}

function note(section, feed, count, whenEmpty) {
  let text = "";
  if (feed.data === null) text = feed.error === null ? say("loading") : "";
  else if (count === 0) text = say(whenEmpty);
  else if (feed.data.more) text = say("more_hidden", { n: feed.data.items.length });
  noteText(section, text);
}

function noteText(section, text) {
  const element = byId(section).querySelector(".state-note");
  element.hidden = text === "";
  setText(element, text);
}

function showTroubles() {
  const said = feeds.ready.data;
  const box = byId("troubles");
  const lines = [
    ...(said?.reasons ?? []).map((one) => [say("not_ready"), one.detail]),
    ...(said?.notices ?? []).map((text) => [say("notice"), text]),
  ];
  const signature = JSON.stringify(lines);
  box.hidden = lines.length === 0;
  if (box.dataset.signature === signature) return;
  box.dataset.signature = signature;
  box.replaceChildren(...lines.map(([head, text]) => make("p", {}, make("b", {}, `${head}: `), text)));
}

// Every second: ages grow, and silence is noticed.
function tick() {
  if (!session.token()) return;
  setText(byId("clock"), clockTime(serverNow(), serverNow()));
  for (const element of document.querySelectorAll("[data-since]")) {
    const words = age(Number(element.dataset.since), serverNow());
    const { form } = element.dataset;
    setText(element, form ? say(form, { age: words }) : words);
  }
  showLink();
  showOutdated("alarms", feeds.alarms);
  showOutdated("gateways", feeds.gateways);
  showOutdated("devices", feeds.readings);
}

function showLink() {
  const feed = feeds.alarms;
  const isAway = feed.isOutdated();
  const state = isAway ? "away" : feed.answeredAt === null ? "loading" : "connected";
  const link = byId("link");
  link.dataset.state = state;
  setText(link, say({ away: "disconnected", loading: "loading", connected: "connected" }[state]));
  const banner = byId("banner");
  const since = feed.answeredAt === null ? null : clockTime(feed.answeredAt);
  setText(banner, since === null ? say("no_answer_yet") : say("no_answer_since", { time: since }));
  banner.hidden = !isAway;
  document.body.classList.toggle("away", isAway);
}

function showOutdated(section, feed) {
  const isOutdated = feed.isOutdated() && feed.error !== null;
  byId(section).classList.toggle("outdated", isOutdated);
  const element = byId(section).querySelector(".outdated-note");
  element.hidden = !isOutdated;
  if (!isOutdated) return;
  const why = feed.error.kind === "away" ? say("disconnected") : feed.error.message;
  const time = feed.answeredAt === null ? "" : clockTime(feed.answeredAt);
  setText(element, say(time ? "part_outdated" : "part_never", { time, why }));
}

// Says aloud (to a screen reader) what was not there before.
function announce(alarms) {
  const fresh = alarms.filter((one) => !seenAlarms.has(one.alarm_id));
  for (const one of fresh) seenAlarms.add(one.alarm_id);
  if (!isFirstLook && fresh.length > 0) {
    const texts = fresh.slice(0, 3).map((one) =>
      say("new_alarm", {
        severity: say(`severity_${one.severity}`),
        title: titleOf(one),
        where: whereOf(one, devices),
      }),
    );
    byId("spoken").textContent = texts.join("; ");
  }
  isFirstLook = false;
}

function openOrder(order, alarm) {
  orders.open(order, alarm, whereOf(alarm, devices));
}

// Signing in and out ---------------------------------------------------------------------------

function enter() {
  byId("sign-in").hidden = true;
  byId("status").hidden = false;
  byId("sign-out").hidden = false;
  for (const feed of Object.values(feeds)) feed.start();
  show();
}

function signOut(problem = "") {
  session.signOut();
  orders.close();
  for (const feed of Object.values(feeds)) feed.stop();
  for (const known of [seenAlarms, devices, births]) known.clear();
  isFirstLook = true;
  show();
  byId("banner").hidden = true;
  document.body.classList.remove("away");
  byId("status").hidden = true;
  byId("sign-out").hidden = true;
  byId("sign-in").hidden = false;
  byId("link").dataset.state = "signed-out";
  setText(byId("link"), say("signed_out"));
  setText(byId("clock"), "");
  setText(byId("sign-in-problem"), problem);
  byId("token").focus();
}

async function signIn(event) {
  event.preventDefault();
  const field = byId("token");
  const token = field.value.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    setText(byId("sign-in-problem"), say("token_wrong"));
    return;
  }
  session.signIn(token);
  try {
    await ask("/v1/alarms?limit=1");
  } catch (error) {
    session.signOut();
    setText(byId("sign-in-problem"), say(error.kind === "token" ? "token_wrong" : "token_away"));
    field.select();
    return;
  }
  field.value = "";
  setText(byId("sign-in-problem"), "");
  enter();
}

function changeLanguage(chosen) {
  speak(chosen);
  const button = byId("language");
  setText(button, say("language"));
  button.setAttribute("aria-label", say("language_label"));
  button.lang = chosen === "zh" ? "en" : "zh-CN";
  byId("troubles").dataset.signature = "";
  if (session.token()) show();
  else setText(byId("link"), say("signed_out"));
}

byId("language").addEventListener("click", () => {
  const chosen = language() === "zh" ? "en" : "zh";
  session.chooseLanguage(chosen);
  changeLanguage(chosen);
});
byId("sign-in").addEventListener("submit", signIn);
byId("sign-out").addEventListener("click", () => signOut());
byId("filter").addEventListener("input", show);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const feed of Object.values(feeds)) feed.hurry();
});
setInterval(tick, 1_000);
changeLanguage(session.language() ?? preferred([...navigator.languages]));
if (session.token()) enter();
else signOut();
