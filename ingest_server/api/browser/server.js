// Asks the server's API. The token travels in a header only, never in an address.

import { session } from "./session.js";

const PATIENCE_MS = 5_000;
const PAGE = 500;

// `kind`: "token" (missing or wrong), "away" (no answer), "refused" (it answered, with `reason`).
export class ServerError extends Error {
  constructor(kind, reason, detail) {
    super(detail);
    this.kind = kind;
    this.reason = reason;
  }
}

let aheadMs = 0;

// The server's clock, as far as its answers tell it: ages do not depend on this machine's clock.
export function serverNow() {
  return Date.now() + aheadMs;
}

export async function ask(path, body) {
  const headers = { Accept: "application/json" };
  const token = session.token();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  let said;
  try {
    answer = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
    said = await answer.json();
  } catch (error) {
    throw new ServerError("away", "away", String(error));
  }
  takeTime(answer);
  if (answer.status === 401) throw new ServerError("token", said.reason, said.detail);
  if (!answer.ok && path !== "/readyz") {
    throw new ServerError("refused", said.reason ?? String(answer.status), said.detail ?? "");
  }
  return said;
}

// All pages of a list, up to `most` items; `more` when there would be others.
export async function askAll(path, most) {
  const items = [];
  let after = null;
  const sign = path.includes("?") ? "&" : "?";
  do {
    const from = after === null ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await ask(`${path}${sign}limit=${PAGE}${from}`);
    items.push(...page.items);
    after = page.next;
  } while (after !== null && items.length < most);
  return { items, more: after !== null };
}

function takeTime(answer) {
  const date = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(date)) return;
  const seen = date + 500 - Date.now();
  // The header has whole seconds: small differences are rounding, not drift.
  if (Math.abs(seen - aheadMs) > 1_000) aheadMs = seen;
}
