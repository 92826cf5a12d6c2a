/* To the server and back: the session, what is still to be sent, and the stream of what is new. */

import { data, parentOrigin, tell } from './host.js';

const API = new URL('/widget/api/', location.href);
const SILENCE = 45000; // ms without a word from the stream, which pings every 20 s
const HIDDEN = 60000; // ms after which a page nobody looks at gives its connection back
const LOOK = 20000; // ms between its looks for news

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const backoff = (tries) => Math.min(30000, 1000 * 2 ** Math.min(tries, 5)) * (0.75 + Math.random() / 2);

export class Refused extends Error {
  constructor(status, words, after) {
    super(words);
    Object.assign(this, { status, after });
  }
}

export class Wire {
  /** `told`: session(answer), line(line), state(state), typing(name), online(is), unsent(list), failed(item, error). */
  constructor(told) {
    Object.assign(this, { told, token: '', identity: '', cursor: 0, unsent: [], isOnline: true, run: 0 });
    this.ready = new Promise((done) => { this.isReady = done; });
    document.addEventListener('visibilitychange', () => this.look());
    addEventListener('online', () => this.wake?.());
    addEventListener('pagehide', () => this.stopped?.abort());
  }

  // --- the session

  async open({ token, identity, unsent }) {
    this.token = token;
    this.identity = identity;
    try { this.unsent = JSON.parse(unsent || '[]'); } catch { this.unsent = []; }
    this.told.unsent(this.unsent);
    try { await this.begin(); } finally { this.isReady(); }
    this.follow();
    this.sendAll();
  }

  /** Another customer, or nobody: what was here before is not theirs. */
  async become(identity) {
    await this.beginning?.catch(() => {});
    this.identity = identity;
    if (!identity) this.token = '', this.setUnsent([]);
    await this.begin();
    this.restart();
  }

  /** One at a time, or one visitor would be two. `resumes`: the same page goes on; its identity may have expired since. */
  begin(resumes = false) {
    return this.beginning ||= this.signIn(resumes).finally(() => { this.beginning = null; });
  }

  async signIn(resumes) {
    for (let tries = 0; ; tries++) {
      try {
        const body = { key: data.key, parent: parentOrigin(), token: this.token, identity: this.identity, language: data.language, resumes };
        const answer = await this.ask('session', { body, isFree: true });
        this.token = answer.token;
        this.cursor = answer.cursor;
        tell('token', { value: answer.token });
        this.online(true);
        this.told.session(answer);
        return;
      } catch (error) {
        if (error.status === 403 && this.identity) {
          this.identity = ''; // forged or expired: go on as somebody unknown
          continue;
        }
        if (error.status === 403 || error.status === 404) throw error;
        this.online(false);
        await this.pause(error.after ? error.after * 1000 : backoff(tries));
      }
    }
  }

  // --- asking

  async ask(path, { body, isFree = false, method, headers = {}, raw } = {}) {
    const token = this.token;
    const response = await fetch(new URL(path, API), {
      method: method || (body || raw ? 'POST' : 'GET'),
      headers: { ...(isFree ? {} : { Authorization: `Bearer ${token}` }), ...headers },
      body: raw || (body && JSON.stringify(body)),
    });
    if (response.ok) return response.headers.get('Content-Type')?.startsWith('application/json') ? response.json() : response.blob();
    const words = await response.json().then((said) => said.error, () => '');
    throw new Refused(response.status, words || '', Number(response.headers.get('Retry-After')) || 0);
  }

  /** What may be left undone: who types, how far was read. */
  mention(path, body) {
    if (this.token && !this.beginning) this.ask(path, { body }).catch(() => {});
  }

  /** The same as `ask`, signing in anew where the token is not good any more. */
  async askSurely(path, options) {
    await this.ready; // who writes before the session is there is not somebody else
    await this.beginning;
    const token = this.token;
    try {
      return await this.ask(path, options);
    } catch (error) {
      if (error.status !== 401 && error.status !== 409) throw error;
      if (this.token === token) await this.begin(true);
      this.restart();
      return this.ask(path, options);
    }
  }

  // --- sending: in order, again and again with the same nonce until it was stored

  send(path, body) {
    const item = { path, body: { ...body, nonce: nonce(), language: data.language }, at: Date.now() };
    this.setUnsent([...this.unsent, item]);
    this.sendAll();
    return item;
  }

  drop(item) {
    this.setUnsent(this.unsent.filter((one) => one !== item));
  }

  again(item) {
    item.error = '';
    this.setUnsent(this.unsent);
    this.sendAll();
  }

  async sendAll() {
    if (this.isSending) return;
    this.isSending = true;
    for (let tries = 0; ;) {
      const item = this.unsent.find((one) => !one.error);
      if (!item) break;
      try {
        const { line } = await this.askSurely(item.path, { body: item.body });
        this.online(true);
        item.line = line;
        tries = 0;
        this.told.stored(item);
        this.drop(item);
      } catch (error) {
        if (error.status >= 400 && error.status < 500 && ![401, 408, 409, 429].includes(error.status)) {
          item.error = error.message || '!';
          this.setUnsent(this.unsent);
          continue;
        }
        if (!error.status) this.online(false);
        await this.pause(error.after ? error.after * 1000 : backoff(tries++));
      }
    }
    this.isSending = false;
  }

  setUnsent(list) {
    this.unsent = list;
    tell('unsent', { value: list.length ? JSON.stringify(list) : '' });
    this.told.unsent(list);
  }

  // --- hearing

  restart() {
    this.run++;
    this.stopped?.abort();
    this.wake?.();
    this.follow();
  }

  async follow() {
    const run = ++this.run;
    for (let tries = 0; run === this.run;) {
      try {
        if (this.isAway) {
          await this.pause(LOOK);
          if (run === this.run && this.isAway) await this.lookOnce();
        } else {
          await this.read(() => { tries = 0; });
          tries = 0;
        }
      } catch (error) {
        if (run !== this.run) return;
        if (error.status === 401 || error.status === 409) {
          await this.begin(true);
          continue;
        }
        if (this.isAway || error.name === 'AbortError' && !this.isSilent) continue;
        this.isSilent = false;
        this.online(false);
        await this.pause(error.after ? error.after * 1000 : backoff(tries++));
      }
    }
  }

  async lookOnce() {
    const { lines } = await this.ask(`lines?after=${this.cursor}`);
    lines.forEach((line) => this.hear('line', line));
  }

  async read(isWell) {
    const stopped = this.stopped = new AbortController();
    let timer = 0;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { this.isSilent = true; stopped.abort(); }, SILENCE);
    };
    alive();
    try {
      const response = await fetch(new URL(`events?after=${this.cursor}`, API), {
        headers: { Authorization: `Bearer ${this.token}` }, signal: stopped.signal, cache: 'no-store',
      });
      if (!response.ok) throw new Refused(response.status, '', Number(response.headers.get('Retry-After')) || 0);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let kept = ''; ;) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        alive();
        kept += value;
        const events = kept.split('\n\n');
        kept = events.pop();
        for (const event of events) this.hear(...read(event), isWell);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  hear(type, body, isWell) {
    switch (type) {
      case 'ready':
        isWell?.();
        this.online(true);
        this.sendAll();
        break;
      case 'line':
        if (body.id <= this.cursor) return;
        this.cursor = body.id;
        this.told.line(body);
        break;
      case 'state': this.told.state(body); break;
      case 'typing': this.told.typing(body.name); break;
      case 'resync': throw new Refused(401, '');
    }
  }

  online(is) {
    if (is !== this.isOnline) this.told.online(this.isOnline = is);
  }

  async pause(ms) {
    await Promise.race([wait(ms), new Promise((woken) => { this.wake = woken; })]);
  }

  /** Browsers allow six connections to a server: a page that is not looked at gives its one back. */
  look() {
    clearTimeout(this.leaving);
    if (document.hidden) {
      this.leaving = setTimeout(() => { this.isAway = true; this.stopped?.abort(); }, HIDDEN);
    } else if (this.isAway) {
      this.isAway = false;
      this.wake?.();
    }
  }
}

function read(event) {
  let type = '', text = '';
  for (const line of event.split('\n')) {
    if (line.startsWith('event: ')) type = line.slice(7);
    if (line.startsWith('data: ')) text += line.slice(6);
  }
  return [type, text ? JSON.parse(text) : {}];
}

export function nonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_');
}
