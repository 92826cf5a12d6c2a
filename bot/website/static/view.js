/* What stands on the screen. Text gets there as text, never as markup. */

import { say, data } from './host.js';

export const $ = (id) => document.getElementById(id);
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]»]/g;
const clock = new Intl.DateTimeFormat(data.language, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(data.language, { day: 'numeric', month: 'long' });

export function make(tag, options = {}, ...children) {
  const { cls, on, attrs, ...rest } = options;
  const element = Object.assign(document.createElement(tag), rest);
  if (cls) element.className = cls;
  for (const [name, value] of Object.entries(attrs || {})) element.setAttribute(name, value);
  for (const [name, hear] of Object.entries(on || {})) element.addEventListener(name, hear);
  element.append(...children.filter((one) => one !== null && one !== undefined && one !== ''));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

function linked(text) {
  const parts = [];
  let place = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(place, found.index));
    parts.push(make('a', { href: found[0], target: '_blank', rel: 'noopener noreferrer nofollow', textContent: found[0] }));
    place = found.index + found[0].length;
  }
  parts.push(text.slice(place));
  return parts;
}

export function dayOf(at) {
  const date = new Date(at), today = new Date();
  const days = Math.round((new Date(today.toDateString()) - new Date(date.toDateString())) / 86400000);
  return days === 0 ? say.today : days === 1 ? say.yesterday : day.format(date);
}

const author = (line) => ({ visitor: say.you, bot: say.bot, operator: line.name || say.operator })[line.from];

/** `does`: press(line, token), file(line, n), edit(line), quote(key) -> text. */
export function bubble(line, does) {
  const isOwn = line.from === 'visitor';
  const content = make('div', { cls: 'bubble' });
  content.append(make('span', { cls: 'unseen', textContent: `${author(line)}: ` }));
  const answered = !line.pressed && line.reply_to && does.quote(line.reply_to);
  if (answered) content.append(make('blockquote', { textContent: answered }));
  for (const file of line.files || []) content.append(shownFile(line, file, does));
  if (line.text) content.append(make('p', {}, ...linked(line.text)));
  const foot = make('small', {});
  if (line.at) foot.append(make('time', { dateTime: line.at, textContent: clock.format(new Date(line.at)) }));
  if (line.edited) foot.prepend(`${say.edited} · `);
  if (isOwn) foot.append(make('span', { cls: 'mark', attrs: { role: 'img', 'aria-label': say.sent }, textContent: '✓' }));
  content.append(foot);
  const row = make('div', { cls: `row ${isOwn ? 'me' : 'them'} ${line.from}${line.pressed ? ' pressed' : ''}` });
  row.dataset.key = line.key;
  if (line.from === 'operator') {
    const name = line.name || say.operator;
    row.append(make('span', { cls: 'face', textContent: [...name][0].toUpperCase(), attrs: { 'aria-hidden': 'true' } }));
    content.prepend(make('strong', { textContent: name, attrs: { 'aria-hidden': 'true' } }));
  }
  if (isOwn && line.text && !line.pressed && does.edit) {
    row.append(make('button', {
      type: 'button', cls: 'plain pen', attrs: { 'aria-label': say.edit }, on: { click: () => does.edit(line) },
    }, icon('edit')));
  }
  row.append(content);
  if (line.buttons?.length) row.append(keyboard(line, does));
  return row;
}

export function keyboard(line, does) {
  const rows = line.buttons.map((buttons) => make('div', {}, ...buttons.map(([label, token]) => make('button', {
    type: 'button', cls: 'chip', textContent: label, on: { click: () => does.press(line, token, label) },
  }))));
  return make('div', { cls: 'keys' }, ...rows);
}

function size(bytes) {
  if (!bytes) return '';
  const [unit, value] = bytes < 1048576 ? ['kilobyte', Math.ceil(bytes / 1024)] : ['megabyte', bytes / 1048576];
  return new Intl.NumberFormat(data.language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}

function shownFile(line, file, does) {
  if (!file.is_file) return place(file);
  const isPicture = ['photo', 'animation', 'sticker'].includes(file.kind) && /^image\/|^$/.test(file.mime || '');
  if (isPicture) {
    const picture = make('img', { alt: file.name || '', cls: 'waiting' });
    does.seen(picture, async () => {
      try {
        picture.src = URL.createObjectURL(await does.file(line, file.n));
        picture.classList.remove('waiting');
      } catch { picture.replaceWith(card(line, file, does)); }
    });
    picture.addEventListener('click', () => save(line, file, does));
    picture.addEventListener('error', () => picture.replaceWith(card(line, file, does)));
    return picture;
  }
  if (['audio', 'voice', 'video', 'video_note'].includes(file.kind)) {
    const player = make(file.kind.startsWith('video') ? 'video' : 'audio', { controls: true, preload: 'none' });
    player.setAttribute('aria-label', file.name || file.kind);
    does.seen(player, async () => {
      try { player.src = URL.createObjectURL(await does.file(line, file.n)); }
      catch { player.replaceWith(card(line, file, does)); }
    });
    return player;
  }
  return card(line, file, does);
}

function card(line, file, does) {
  return make('button', { type: 'button', cls: 'file', on: { click: () => save(line, file, does) } },
    icon('file'), make('span', { textContent: file.name || file.kind }), make('small', { textContent: size(file.size) }));
}

async function save(line, file, does) {
  const link = make('a', { href: URL.createObjectURL(await does.file(line, file.n)), download: file.name || file.kind });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function place(file) {
  if (file.latitude !== undefined) {
    const href = `https://yandex.ru/maps/?pt=${file.longitude},${file.latitude}&z=16`;
    return make('a', { href, target: '_blank', rel: 'noopener noreferrer', textContent: `📍 ${say.place}` });
  }
  return make('p', { textContent: `${file.phone ? '☎' : '📎'} ${[file.name, file.phone].filter(Boolean).join(' ') || file.kind}` });
}

/** One of what is still to be sent, or was stored a moment ago. */
export function waiting(item, does) {
  const { text, label, files } = item.body;
  const content = make('div', { cls: 'bubble' },
    ...(item.names || []).map((name) => make('p', { cls: 'file' }, icon('file'), make('span', { textContent: name }))),
    text || label ? make('p', {}, ...linked(text || label)) : files ? '' : '…');
  const words = item.error ? say.failed : item.line ? say.sent : say.sending;
  const sign = item.error ? `! ${words}` : item.line ? '✓' : '◷';
  content.append(make('small', {}, make('span', { cls: 'mark', textContent: sign, attrs: item.error ? {} : { role: 'img', 'aria-label': words } })));
  const row = make('div', { cls: `row me waiting ${item.error ? 'failed' : ''}` }, content);
  if (item.error) {
    row.append(make('div', { cls: 'keys' }, make('div', {},
      make('button', { type: 'button', cls: 'chip', textContent: say.retry, on: { click: () => does.again(item) } }),
      make('button', { type: 'button', cls: 'chip', textContent: say.drop, on: { click: () => does.drop(item) } }))));
  }
  return row;
}

/** The accent, and ink that can be read on it. */
export function paint(colour) {
  if (!/^#[0-9a-f]{6}$/i.test(colour || '')) return;
  const part = [1, 3, 5].map((at) => {
    const one = parseInt(colour.slice(at, at + 2), 16) / 255;
    return one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  const style = document.documentElement.style;
  style.setProperty('--accent', colour);
  style.setProperty('--on-accent', light > 0.36 ? '#111' : '#fff');
  style.setProperty('--accent-ink', light > 0.18 ? `color-mix(in srgb, ${colour} 45%, #111)` : colour);
}
