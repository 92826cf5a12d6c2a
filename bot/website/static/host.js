/* The page around the chat: the loader on a site, or nothing when the chat stands alone. */

export const data = JSON.parse(document.getElementById('data').textContent);
export const say = data.texts;

const isAlone = window.parent === window;
const heard = {};
let parent = isAlone ? location.origin : '';

function isAllowed(origin) {
  if (data.isOwn) return origin === location.origin;
  return data.origins.some((pattern) => {
    const [scheme, tail] = pattern.split('*');
    if (tail === undefined) return pattern === origin;
    return origin.startsWith(scheme) && origin.endsWith(tail) && origin.length > scheme.length + tail.length;
  });
}

/** Hear of `hello`, `show`, `hide`, `identity`. */
export function on(type, hear) {
  heard[type] = hear;
}

export function tell(type, body = {}) {
  if (isAlone) remember(type, body);
  else if (parent) window.parent.postMessage({ otklik: type, ...body }, parent);
}

/** The origin of the page around us. */
export const parentOrigin = () => parent;

function remember(type, body) {
  try {
    if (type === 'token') localStorage.setItem('otklik:alone', body.value);
    if (type === 'sound') localStorage.setItem('otklik:alone:sound', body.value);
    if (type === 'unsent') sessionStorage.setItem('otklik:alone', body.value);
  } catch { /* the chat lives as long as the page */ }
}

export function begin() {
  if (isAlone) {
    let token = '', unsent = '', sound = '';
    try {
      token = localStorage.getItem('otklik:alone') || '';
      sound = localStorage.getItem('otklik:alone:sound') || '';
      unsent = sessionStorage.getItem('otklik:alone') || '';
    } catch { /* as above */ }
    heard.hello({ token, unsent, identity: '', colour: '', sound, isOpen: true });
    return;
  }
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || !isAllowed(event.origin)) return;
    const type = event.data?.otklik;
    if (!parent && type === 'hello') parent = event.origin;
    if (event.origin === parent && Object.hasOwn(heard, type)) heard[type](event.data);
  });
  window.parent.postMessage({ otklik: 'ready' }, '*'); // says nothing but that we are here
}
