// Times and ages in words.

import { language, say } from "./words.js";

const STEPS = [
  [86_400, "days"],
  [3_600, "hours"],
  [60, "minutes"],
];

// Two steps at most: "2 h 5 min", "45 s".
export function age(fromMs, nowMs) {
  let seconds = Math.max(0, Math.floor((nowMs - fromMs) / 1_000));
  const index = STEPS.findIndex(([size]) => seconds >= size);
  if (index === -1) return say("seconds", { n: seconds });
  const [size, word] = STEPS[index];
  const whole = say(word, { n: Math.floor(seconds / size) });
  seconds %= size;
  const [smaller, smallerWord] = STEPS[index + 1] ?? [1, "seconds"];
  const rest = Math.floor(seconds / smaller);
  return rest === 0 ? whole : `${whole} ${say(smallerWord, { n: rest })}`;
}

// The time of day, with the date when it is not today.
export function clockTime(ms, nowMs = Date.now()) {
  const moment = new Date(ms);
  const isToday = moment.toDateString() === new Date(nowMs).toDateString();
  const form = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", {
    ...form,
    ...(isToday ? {} : { year: "numeric", month: "2-digit", day: "2-digit" }),
  }).format(moment);
}
