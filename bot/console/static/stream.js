// One stream of events from the server, opened anew for as long as anybody listens.
// The browser resumes by itself only after a network error; after an HTTP error it gives up, so we reopen.

const KINDS = ["hello", "resync", "message.created", "message.updated", "conversation.updated", "counters", "faq.updated",
  "presence", "viewing", "session.revoked", "unanswered.updated", "settings.updated", "ping"];
const SILENCE = 45000;
const SHORTEST = 1000;
const LONGEST = 30000;

export class Stream {
  constructor(cursor, language, onEvent, onState) {
    this.cursor = cursor;
    this.language = language;
    this.onEvent = onEvent;
    this.onState = onState;
    this.pause = SHORTEST;
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    const source = new EventSource(`/events?after=${this.cursor}&language=${this.language}`);
    this.source = source;
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.take(kind, event));
    source.onopen = () => {
      this.pause = SHORTEST;
      this.onState(true);
      this.watch();
    };
    source.onerror = () => {
      this.onState(false);
      if (source.readyState === EventSource.CLOSED) this.again();
      else this.watch();
    };
    this.watch();
  }

  take(kind, event) {
    this.watch();
    const id = Number(event.lastEventId) || 0;
    if (id > this.cursor) this.cursor = id;
    if (kind !== "ping") this.onEvent({ kind, id: this.cursor, data: JSON.parse(event.data) });
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.open(), SILENCE);
  }

  async again() {
    clearTimeout(this.silence);
    if (await this.isOut()) return;
    this.timer = setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(LONGEST, this.pause * 2);
  }

  async isOut() {
    try {
      const answer = await fetch("/api/me", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status !== 401) return false;
    } catch {
      return false;
    }
    this.onEvent({ kind: "session.revoked", id: this.cursor, data: {} });
    return true;
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.source.close();
  }
}
