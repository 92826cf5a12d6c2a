// What the modules of the inbox share.
import { page } from "../page.js";

export const state = {
  view: page.view,
  opened: Number(document.querySelector("#talk .conversation")?.dataset.conv) || null,
};

export const $ = (id) => document.getElementById(id);

export function isOpen(conv) {
  return state.opened === conv && document.visibilityState === "visible";
}

export function conversation() {
  return document.querySelector("#talk .conversation");
}
