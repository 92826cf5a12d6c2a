// A reply that does not leave after all, undone in time or not confirmed: its words return to where they were written.
import { words } from "../page.js";
import { post, toast } from "../tools.js";
import { draftOf, nameOf, putAway } from "./files.js";
import { hasDraft, setDraft } from "./list.js";
import { act } from "./talk.js";
import { $, state } from "./state.js";

/** `sent`: { conv, text, files }. `putBack` fills the box if that conversation is still open. */
export function offerUndo({ undo: seconds, message }, sent, putBack) {
  toast(words.sent.replace("{seconds}", seconds), { seconds, label: words.undo, action: () => undo(message, sent, putBack) });
}

export function askToConfirm({ text, message }, sent, putBack) {
  const dialog = $("confirm");
  $("confirm-text").textContent = text;
  dialog.onclose = () => {
    if (dialog.returnValue === "yes") return act("send", { message_id: message }, sent.conv);
    giveBack(sent, putBack); // at once: a note may be begun before the answer is there
    act("drop", { message_id: message }, sent.conv);
  };
  dialog.returnValue = "no";
  dialog.showModal();
}

async function undo(message, sent, putBack) {
  const answer = await act("undo", { message_id: message }, sent.conv);
  if (answer.ok && answer.value.kind === "done") giveBack(sent, putBack);
}

function giveBack(sent, putBack) {
  if (state.opened === sent.conv) putBack(sent);
  else if (!hasDraft(sent.conv)) {
    putAway(sent.conv, sent.files);
    setDraft(sent.conv, nameOf(sent.text, sent.files));
    post(`/inbox/${sent.conv}/draft`, draftOf(sent.text, "", sent.files)).catch(() => toast(words.no_network, { isBad: true }));
  }
}
