/* A short sound for a reply. Off until the visitor turns it on; a browser lets it out only after a click. */

import { say, tell } from './host.js';
import { $ } from './view.js';

let isOn = false, context = null;

const wake = () => { if (isOn) context ??= new AudioContext(); };
addEventListener('pointerdown', wake);
addEventListener('keydown', wake);

export function setSound(wanted) {
  isOn = wanted;
  const button = $('sound');
  button.setAttribute('aria-pressed', String(isOn));
  button.title = isOn ? say.sound_on : say.sound_off;
  button.querySelector('use').setAttribute('href', isOn ? '#i-sound' : '#i-mute');
}

/** Kept for the next visit, and heard at once. */
export async function chosen() {
  tell('sound', { value: isOn ? '1' : '' });
  wake();
  await context?.resume();
  ring();
}

export function toggle() {
  setSound(!isOn);
  chosen();
}

export function ring() {
  if (!isOn || context?.state !== 'running') return;
  const now = context.currentTime, gain = context.createGain(), tone = context.createOscillator();
  gain.gain.setValueAtTime(0.0001, now);
  gain.gain.exponentialRampToValueAtTime(0.1, now + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.4);
  tone.frequency.setValueAtTime(660, now);
  tone.frequency.setValueAtTime(880, now + 0.1);
  tone.connect(gain).connect(context.destination);
  tone.start(now);
  tone.stop(now + 0.4);
  document.body.dataset.rang = String(Number(document.body.dataset.rang || 0) + 1);
}
