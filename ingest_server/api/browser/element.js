// Makes elements. Everything from outside becomes text: nothing here reads HTML.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Keeps the list's elements that did not change, and the focus where it was.
// `entries`: [key, signature, build] in order; a signature that stays keeps the element.
export function showList(list, entries) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const focused = focusIn(list);
  entries.forEach(([key, signature, build], index) => {
    let element = old.get(key);
    old.delete(key);
    if (!element || element.dataset.signature !== signature) {
      const made = build();
      made.dataset.key = key;
      made.dataset.signature = signature;
      if (element) element.replaceWith(made);
      element = made;
    }
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  for (const element of old.values()) element.remove();
  restoreFocus(list, focused);
}

function focusIn(list) {
  const active = document.activeElement;
  const entry = active && list.contains(active) ? active.closest("[data-key]") : null;
  return entry ? { key: entry.dataset.key, action: active.dataset.action } : null;
}

function restoreFocus(list, focused) {
  if (!focused || list.contains(document.activeElement)) return;
  const entry = [...list.children].find((child) => child.dataset.key === focused.key);
  const button = entry?.querySelector(`[data-action="${CSS.escape(focused.action ?? "")}"]`);
  (button ?? entry?.querySelector("button") ?? list.closest("section"))?.focus();
}
