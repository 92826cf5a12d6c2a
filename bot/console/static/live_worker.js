// Holds the one stream of this browser: over HTTP/1.1 a stream in each tab would use up the six connections of a host.
import { Stream } from "./stream.js";

const KEPT = 400;
const ports = new Set();
const kept = [];
let stream = null;
let first = 0;
let isUp = false;
let hello = null;

function tell(event) {
  if (event.kind === "hello") hello = event;
  if (event.kind === "session.revoked" && stream) {
    stream.close();
    stream = null;
  }
  kept.push(event);
  if (kept.length > KEPT) first = kept.shift().id;
  for (const port of ports) port.postMessage(event);
}

function join(port, cursor, language) {
  ports.add(port);
  if (!stream) {
    first = cursor;
    kept.length = 0;
    stream = new Stream(cursor, language, tell, (up) => {
      isUp = up;
      for (const one of ports) one.postMessage({ kind: "state", data: { up } });
    });
    return;
  }
  port.postMessage({ kind: "state", data: { up: isUp } });
  if (hello) port.postMessage(hello);
  if (cursor < first) port.postMessage({ kind: "resync", id: stream.cursor, data: {} });
  else for (const event of kept) if (event.id > cursor && event.kind !== "hello") port.postMessage(event);
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.kind === "join") join(port, data.cursor, data.language);
    if (data.kind === "leave") ports.delete(port);
  };
  port.start();
};
