/* The chat itself: puts the wire, the screen and the visitor together. */

import { begin, data, on, say, tell } from './host.js';
import { $, bubble, dayOf, fill, keyboard, make, paint, waiting } from './view.js';
import { Wire } from './wire.js';

const log = $('log'), lines = $('lines'), text = $('text');
const known = new Map(); // lines by key
const pressing = new Set();
let arriving = []; // what the server has stored; its line has not been heard yet
let isOpen = false, unseen = 0, seen = 0, state = { status: 'none' }, chosen = [], editing = null, begun = '', typingTimer = 0, starters = [];

const wire = new Wire({
  session(answer) {
    known.clear();
    arriving = [];
    lines.replaceChildren();
    starters = answer.starters;
    seen = answer.seen;
    unseen = answer.unseen;
    answer.lines.forEach((line) => put(line));
    $('earlier').hidden = answer.lines.length < 50;
    showState(answer.state);
    greet();
    showUnsent(wire.unsent);
    toEnd();
    noteSeen();
  },
  line(line) {
    if (line.from !== 'visitor') hideTyping();
    const wasAtEnd = isAtEnd();
    put(line);
    showUnsent(wire.unsent);
    if (line.from !== 'visitor' && !line.edit_of) unseen++;
    if (line.from === 'operator' && !line.edit_of) sound?.ring();
    if (wasAtEnd || line.from === 'visitor') toEnd();
    else $('newer').hidden = false;
    noteSeen();
    if (line.from === 'visitor' && ['none', 'active', 'closed'].includes(state.status)) showTyping('', 6000);
  },
  state: showState,
  typing: (name) => showTyping(name, 5000),
  online(is) { $('offline').hidden = is; },
  unsent: showUnsent,
  stored(item) { arriving.push(item); },
});

// --- lines

const does = {
  press(line, token, label) {
    if (pressing.has(line.key + token)) return;
    pressing.add(line.key + token);
    setTimeout(() => pressing.delete(line.key + token), 2000);
    mark(line.key, token);
    send('presses', { key: line.key, token, label });
  },
  file: (line, n) => wire.askSurely(`files/${line.id}/${n}`),
  quote: (key) => known.get(key)?.text?.slice(0, 120),
  edit: startEditing,
  seen(element, look) {
    const watcher = new IntersectionObserver((found) => {
      if (found.some((one) => one.isIntersecting)) { watcher.disconnect(); look(); }
    }, { root: log, rootMargin: '300px' });
    watcher.observe(element);
  },
  again: (item) => wire.again(item),
  drop: (item) => wire.drop(item),
};

function put(line, isEarlier = false) {
  if (line.edit_of) {
    const before = known.get(line.edit_of);
    if (before) replace({ ...before, text: line.text, buttons: line.buttons || before.buttons, edited: true });
    return;
  }
  if (known.has(line.key)) return;
  known.set(line.key, line);
  const row = bubble(line, does);
  row.dataset.day = dayOf(line.at);
  if (isEarlier) lines.prepend(row); else lines.append(row);
  tidyDays();
  if (line.pressed) mark(line.reply_to, line.pressed);
  greet();
}

function replace(line) {
  known.set(line.key, line);
  const old = find(line.key);
  const row = bubble(line, does);
  row.dataset.day = old.dataset.day;
  old.replaceWith(row);
}

const find = (key) => lines.querySelector(`[data-key="${CSS.escape(key)}"]`);

function mark(key, token) {
  const line = key && known.get(key), row = line && find(key);
  if (!row || !line.buttons) return;
  const place = line.buttons.flat().findIndex((pair) => pair[1] === token);
  row.querySelectorAll('.keys .chip').forEach((chip, at) => chip.classList.toggle('chosen', at === place));
}

function tidyDays() {
  let day = '';
  lines.querySelectorAll('.day').forEach((one) => one.remove());
  for (const row of [...lines.children]) {
    if (row.dataset.day && row.dataset.day !== day) {
      day = row.dataset.day;
      row.before(make('p', { cls: 'day', textContent: day }));
    }
  }
}

/** What an empty chat begins with; only the visitor sees it, so that looking costs nobody anything. */
function greet() {
  lines.querySelector('.greeting')?.remove();
  if (known.size) return;
  const line = { key: '', from: 'bot', text: say.greeting, buttons: starters.map((pair) => [pair]) };
  const row = bubble({ ...line, buttons: undefined }, does);
  row.append(keyboard(line, does));
  row.classList.add('greeting');
  lines.prepend(row);
}

function showUnsent(list) {
  arriving = arriving.filter((item) => item.line > wire.cursor);
  lines.querySelectorAll('.row.waiting').forEach((row) => row.remove());
  for (const item of [...arriving, ...list]) {
    if (known.has(`c.${item.body.nonce}`) || item.path === 'changes') continue;
    lines.append(waiting(item, does));
  }
}

$('earlier').addEventListener('click', async () => {
  const first = [...known.values()].reduce((least, line) => Math.min(least, line.id), Infinity);
  const answer = await wire.askSurely(`lines?before=${first}`);
  const from = log.scrollHeight - log.scrollTop;
  [...answer.lines].reverse().forEach((line) => put(line, true));
  log.scrollTop = log.scrollHeight - from;
  $('earlier').hidden = answer.lines.length < 50;
});

// --- where one is

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  $('newer').hidden = true;
}

function noteSeen() {
  if (isOpen && !document.hidden && isAtEnd()) {
    if (unseen || wire.cursor > seen) {
      seen = wire.cursor;
      unseen = 0;
      if (known.size) wire.mention('seen', { line: seen });
    }
  }
  tell('unread', { count: unseen });
}

log.addEventListener('scroll', () => {
  if (isAtEnd()) { $('newer').hidden = true; noteSeen(); }
});
document.addEventListener('visibilitychange', noteSeen);
$('newer').addEventListener('click', toEnd);
new ResizeObserver(() => { if (log.dataset.end) toEnd(); }).observe(lines);
log.addEventListener('scroll', () => { log.dataset.end = isAtEnd() ? '1' : ''; });

function showState(now) {
  state = now;
  const words = {
    queued: say.queued,
    assigned: now.operator ? fill(say.assigned, { name: now.operator }) : say.assigned_unnamed,
  };
  $('state').textContent = words[now.status] || say.hint;
  document.body.dataset.status = now.status;
}

function showTyping(name, time) {
  clearTimeout(typingTimer);
  $('typing').querySelector('.unseen').textContent = `${name || say.bot} ${say.typing}`;
  const wasAtEnd = isAtEnd();
  $('typing').hidden = false;
  if (wasAtEnd) toEnd();
  typingTimer = setTimeout(hideTyping, time);
}

function hideTyping() {
  clearTimeout(typingTimer);
  $('typing').hidden = true;
}

// --- writing

let typedAt = 0;

text.addEventListener('input', () => {
  fitText();
  if (text.value.trim() && ['queued', 'assigned'].includes(state.status) && Date.now() - typedAt > 4000) {
    typedAt = Date.now();
    wire.mention('typing', {});
  }
});
text.addEventListener('keydown', (event) => {
  const isSending = event.key === 'Enter' && !event.shiftKey && !event.isComposing && !matchMedia('(pointer: coarse)').matches;
  if (isSending) { event.preventDefault(); submit(); }
});
// a field is filled without typing, too: by the browser, when a page comes back, and by what helps people to write
for (const type of ['change', 'focus']) text.addEventListener(type, fitText);
addEventListener('pageshow', fitText);
$('form').addEventListener('submit', (event) => { event.preventDefault(); submit(); });

function fitText() {
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight + 2, 130)}px`; // 2: the border counts
  $('send').disabled = !(text.value.trim() || chosen.length) || chosen.some((one) => !one.id);
}

function submit() {
  const words = text.value.trim();
  if (chosen.some((one) => !one.id)) return;
  if (words.length > data.limits.text) return complain(`${words.length} / ${data.limits.text}`);
  complain('');
  if (editing) {
    if (words && words !== editing.text) {
      send('changes', { key: editing.key, text: words });
      replace({ ...editing, text: words, edited: true });
    }
    stopEditing();
    return;
  }
  if (!words && !chosen.length) return;
  send('messages', { text: words, files: chosen.map((one) => one.id) }, chosen.map((one) => one.file.name));
  chosen = [];
  text.value = '';
  showFiles();
  fitText();
  text.focus();
}

function send(path, body, names) {
  const item = wire.send(path, body);
  if (names?.length) { item.names = names; showUnsent(wire.unsent); }
  lines.querySelector('.greeting')?.classList.add('old');
  toEnd();
}

function startEditing(line) {
  if (!editing) begun = text.value; // it returns when this is done
  editing = known.get(line.key);
  $('editing').hidden = false;
  text.value = editing.text;
  fitText();
  text.focus();
}

function stopEditing() {
  editing = null;
  $('editing').hidden = true;
  text.value = begun;
  fitText();
}
$('cancel').addEventListener('click', stopEditing);

// --- files

$('file').addEventListener('change', (event) => { take([...event.target.files]); event.target.value = ''; });
document.addEventListener('paste', (event) => { if (event.clipboardData.files.length) take([...event.clipboardData.files]); });
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });

async function take(files) {
  complain('');
  for (const file of files) {
    if (chosen.length >= data.limits.files) { complain(fill(say.file_many, { count: data.limits.files })); break; }
    if (file.size > data.limits.bytes) { complain(fill(say.file_big, { size: data.limits.bytes / 1048576 })); continue; }
    const one = { file, id: '' };
    chosen.push(one);
    showFiles();
    try {
      const path = `files?name=${encodeURIComponent(file.name || 'image.png')}`;
      const raw = await file.arrayBuffer();
      one.id = (await wire.askSurely(path, { raw, headers: { 'Content-Type': file.type || 'application/octet-stream' } })).id;
    } catch (error) {
      chosen = chosen.filter((other) => other !== one);
      complain(`${say.file_failed}: ${file.name}`);
    }
    showFiles();
  }
}

function showFiles() {
  $('files').hidden = !chosen.length;
  $('files').replaceChildren(...chosen.map((one) => make('li', { cls: one.id ? '' : 'busy' },
    make('span', { textContent: one.file.name || 'image.png' }),
    make('button', {
      type: 'button', cls: 'plain', textContent: '×', attrs: { 'aria-label': `${say.drop}: ${one.file.name}` },
      on: { click() { chosen = chosen.filter((other) => other !== one); showFiles(); } },
    }))));
  fitText();
}

function complain(words) {
  $('problem').textContent = words;
  $('problem').hidden = !words;
}

// --- sound: loaded by whoever wants it

let sound = null;
async function loadSound() {
  sound ??= await import('./sound.js');
  sound.setSound(true);
}
$('sound').addEventListener('click', () => (sound ? sound.toggle() : loadSound().then(() => sound.chosen())));

// --- the page around

$('close').addEventListener('click', () => tell('close'));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (editing) stopEditing(); else tell('close');
});
on('hello', async (said) => {
  paint(data.colour);
  paint(said.colour);
  tell('colour', { value: data.colour });
  isOpen = said.isOpen;
  if (said.sound) loadSound();
  if (window.parent === window) document.body.classList.add('alone');
  try {
    await wire.open(said);
    if (isOpen && matchMedia('(pointer: fine)').matches) text.focus();
  } catch {
    lines.replaceChildren(make('p', { cls: 'day', textContent: say.refused }));
    text.disabled = true;
  }
});
on('show', () => {
  isOpen = true;
  toEnd();
  noteSeen();
  if (matchMedia('(pointer: fine)').matches) text.focus(); else log.focus();
});
on('hide', () => { isOpen = false; });
on('identity', (said) => wire.become(said.identity));
fitText(); // what was typed before this script came
begin();
