// What happens, for this page: through the browser's shared worker, or directly where there is none.
import { Stream } from "./stream.js";

const takers = new Map();

export function on(kind, taker) {
  if (!takers.has(kind)) takers.set(kind, []);
  takers.get(kind).push(taker);
}

function give(event) {
  for (const taker of takers.get(event.kind) ?? []) taker(event.data, event);
}

export function follow(page, language) {
  if (typeof SharedWorker === "undefined") {
    const stream = new Stream(page.cursor, language, give, (up) => give({ kind: "state", data: { up } }));
    addEventListener("pagehide", () => stream.close());
    return;
  }
  const worker = new SharedWorker(page.worker, { type: "module", name: `otklik-${page.me}-${language}` });
  worker.port.onmessage = ({ data }) => give(data);
  worker.port.start();
  worker.port.postMessage({ kind: "join", cursor: page.cursor, language });
  addEventListener("pagehide", () => worker.port.postMessage({ kind: "leave" }));
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
