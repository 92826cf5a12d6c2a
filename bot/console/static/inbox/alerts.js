// Heard and seen from another tab: a sound, and a notification where the browser allows one.
import { on } from "../live.js";
import { page, words } from "../page.js";
import { isOpen } from "./state.js";

let sound = null;
addEventListener("pointerdown", () => { sound ??= new AudioContext(); }, { once: true });
addEventListener("keydown", () => { sound ??= new AudioContext(); }, { once: true });

function ring() {
  if (!page.sound || !sound) return;
  const now = sound.currentTime;
  const gain = sound.createGain();
  gain.connect(sound.destination);
  gain.gain.setValueAtTime(0.0001, now);
  gain.gain.exponentialRampToValueAtTime(0.12, now + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.5);
  for (const [pitch, at] of [[660, 0], [880, 0.12]]) {
    const tone = sound.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(gain);
    tone.start(now + at);
    tone.stop(now + 0.5);
  }
  document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang ?? 0) + 1);
}

function notify(one) {
  if (!page.notifications || document.visibilityState === "visible") return;
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const note = new Notification(one.name, { body: words.new_message, tag: `otklik-${one.conv}`, icon: "/favicon.svg" });
  note.onclick = () => {
    focus();
    location.href = `/inbox/${one.conv}`;
  };
}

on("message.created", (one) => {
  const isMine = one.holder === page.me || one.status === "queued";
  if (one.author !== "customer" || !isMine || isOpen(one.conv)) return;
  ring();
  notify(one);
});
