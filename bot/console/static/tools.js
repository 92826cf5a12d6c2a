// Small things every module needs.

export function data(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

const page = data("page");

export async function post(path, fields, options = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { "X-CSRF-Token": page.csrf, Accept: "application/json" };
  const answer = await fetch(path, { method: "POST", body, headers, ...options });
  if (answer.status === 401) location.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  const value = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, value };
}

export async function fragment(path) {
  const answer = await fetch(path, { headers: { "X-Fragment": "1" }, cache: "no-store" });
  if (answer.status === 401) location.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

const toasts = document.getElementById("toasts");

// Where they take room of their own and cover nothing: above the box, in the open drawer, or below the page.
export function seatToasts() {
  const beside = document.querySelector(".panel.is-open .panel-head") ?? document.getElementById("messages");
  if (beside) beside.after(toasts);
  else document.body.append(toasts);
}

export function toast(text, { isBad = false, action, label, seconds = 6 } = {}) {
  const log = document.getElementById("messages");
  const wasAtEnd = log && log.scrollHeight - log.scrollTop - log.clientHeight < 8;
  const line = document.createElement("p");
  line.textContent = text;
  if (isBad) line.className = "bad";
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.onclick = () => {
      line.remove();
      action();
    };
    line.append(button);
  }
  seatToasts();
  toasts.append(line);
  if (wasAtEnd) log.scrollTop = log.scrollHeight;
  const timer = setTimeout(() => line.remove(), seconds * 1000);
  return () => {
    clearTimeout(timer);
    line.remove();
  };
}

export function nonce() {
  // crypto.randomUUID is missing over plain http; getRandomValues is there
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
