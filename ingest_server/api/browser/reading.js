// A value, its unit and its quality in words.

import { language, say, sayIfKnown } from "./words.js";

// Units as SenML writes them (RFC 8428, section 12.1) → as people do.
const UNITS = { Cel: "°C", deg: "°", "1/min": "/min", "beat/min": "bpm", count: "" };

export function valueText(value, unit) {
  if (value === null || value === undefined) return say("no_value");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value !== "number") return String(value);
  if (unit === "/") return `${number(value * 100)}\u00a0%`;
  const shown = unit === null || unit === undefined ? "" : (UNITS[unit] ?? unit);
  return shown === "" ? number(value) : `${number(value)}\u00a0${shown}`;
}

function number(value) {
  const locale = language() === "zh" ? "zh-CN" : "en-GB";
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 }).format(value);
}

// `test/` status / reason [/ limit] → { grade, text }. Grades: good, uncertain, bad.
export function quality(text) {
  const parts = text.split("/");
  const isTest = parts[0] === "test";
  const [grade, reason, limit] = isTest ? parts.slice(1) : parts;
  const words = [say(`quality_${grade === "good" || grade === "uncertain" ? grade : "bad"}`)];
  if (grade !== "good" && reason) words.push(sayIfKnown(`reason_${reason}`, reason));
  if (limit) words.push(sayIfKnown(`limit_${limit}`, limit));
  if (isTest) words.push(say("test"));
  return { grade: grade === "good" || grade === "uncertain" ? grade : "bad", text: words.join(" · ") };
}
