/* Otklik: the chat on your page. Everything else happens in the frame. */
(function () {
  'use strict';
  var script = document.currentScript;
  if (!script || window.SupportChat) return;
  var set = script.dataset;
  var base = new URL('.', script.src).href, origin = new URL(base).origin;
  var key = set.key || 'help';
  var language = (set.lang || document.documentElement.lang || navigator.language || 'ru').slice(0, 2).toLowerCase();
  var texts = {/* texts */}, say = texts[language] || texts[language = 'en'];
  var name = 'otklik:' + key;
  var identity = set.identity || '';
  var frame = null, panel = null, isReady = false, isOpen = false;

  // the site's own storage: a frame from elsewhere may have none
  function keep(store, field, value) {
    try {
      if (value) store.setItem(name + field, value); else store.removeItem(name + field);
    } catch (e) { /* a private window: the chat lives as long as the page */ }
  }
  function kept(store, field) {
    try { return store.getItem(name + field) || ''; } catch (e) { return ''; }
  }
  function storage(which) {
    try { return window[which]; } catch (e) { return null; }
  }
  var lasting = storage('localStorage'), passing = storage('sessionStorage');

  var host = document.createElement('div');
  var root = host.attachShadow({ mode: 'closed' });
  var sheet = new CSSStyleSheet();
  sheet.replaceSync(
    ':host{all:initial;position:fixed;z-index:2147483000;inset:auto 0 0 auto;color-scheme:light}' +
    ':host(.left){inset:auto auto 0 0}' +
    'button{position:fixed;inset:auto 20px 20px auto;width:60px;height:60px;border:0;border-radius:50%;cursor:pointer;' +
    'background:var(--colour);color:var(--ink);box-shadow:0 6px 20px rgb(0 0 0/.25);transition:transform .15s}' +
    ':host(.left) button{inset:auto auto 20px 20px}' +
    'button:hover{transform:scale(1.06)}button:active{transform:scale(.97)}' +
    'button:focus-visible{outline:3px solid var(--ink);outline-offset:-6px}' +
    'svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}' +
    'b{position:absolute;inset:-2px -2px auto auto;min-width:22px;height:22px;box-sizing:border-box;padding:0 5px;border-radius:11px;' +
    'background:#c62828;color:#fff;font:700 13px/22px system-ui,sans-serif;text-align:center}' +
    '[hidden]{display:none!important}' +
    'div{position:fixed;inset:auto 20px 92px auto;width:min(392px,calc(100vw - 40px));height:min(640px,calc(100dvh - 112px));' +
    'border-radius:18px;overflow:hidden;background:#fff;box-shadow:0 14px 48px rgb(0 0 0/.28)}' +
    ':host(.left) div{inset:auto auto 92px 20px}' +
    'iframe{width:100%;height:100%;border:0;display:block}' +
    '@media(max-width:520px){div,:host(.left) div{inset:0;width:100%;height:100dvh;border-radius:0}.open button{display:none}}' +
    '@media(prefers-reduced-motion:no-preference){div{animation:in .18s ease-out}@keyframes in{from{opacity:0;transform:translateY(12px)}}}' +
    '@media print{:host{display:none}}'
  );
  root.adoptedStyleSheets = [sheet];
  if (set.position === 'left') host.classList.add('left');

  var wrap = document.createElement('span');
  var button = document.createElement('button');
  button.type = 'button';
  var space = 'http://www.w3.org/2000/svg', icon = document.createElementNS(space, 'svg');
  var shape = document.createElementNS(space, 'path');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  icon.append(shape);
  button.append(icon);
  var badge = document.createElement('b');
  badge.hidden = true;
  button.append(badge);
  wrap.append(button);
  root.append(wrap);

  function label() {
    shape.setAttribute('d', isOpen ? 'M5 9l7 7 7-7' : 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.5-4.4A7.5 7.5 0 1 1 20 11.5z');
    var words = isOpen ? say.close : say.open;
    button.setAttribute('aria-label', badge.hidden ? words : words + ', ' + say.unread.replace('{count}', badge.textContent));
    button.setAttribute('aria-expanded', String(isOpen));
  }
  function paint(colour) {
    if (!/^#[0-9a-f]{6}$/i.test(colour || '')) return;
    var part = [1, 3, 5].map(function (at) {
      var one = parseInt(colour.slice(at, at + 2), 16) / 255;
      return one <= 0.03928 ? one / 12.92 : Math.pow((one + 0.055) / 1.055, 2.4);
    });
    host.style.setProperty('--colour', colour);
    host.style.setProperty('--ink', 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] > 0.36 ? '#111' : '#fff');
  }
  paint('#0a7d5a');
  paint(set.color);
  label();

  function tell(type, body) {
    if (isReady) frame.contentWindow.postMessage(Object.assign({ otklik: type }, body), origin);
  }
  function make() {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = say.frame;
    frame.src = base + 'widget/frame?key=' + encodeURIComponent(key) + '&lang=' + language;
    panel = document.createElement('div');
    panel.hidden = true;
    panel.append(frame);
    wrap.append(panel);
  }
  function show(wanted) {
    if (wanted === isOpen) return;
    isOpen = wanted;
    if (wanted) make();
    panel.hidden = !wanted;
    wrap.classList.toggle('open', wanted);
    keep(passing, ':open', wanted ? '1' : '');
    label();
    tell(wanted ? 'show' : 'hide');
    if (wanted) frame.focus(); else button.focus();
  }
  button.addEventListener('click', function () { show(!isOpen); });
  // A slow new tab, or a script that asks for the window, gives the page the focus while the frame still counts as the focused
  // element: keys would then reach nobody, and no click into the chat's field would help. Who clicked elsewhere stays there.
  window.addEventListener('focus', function () {
    setTimeout(function () {
      if (!isOpen || root.activeElement !== frame) return;
      frame.blur();
      frame.focus();
    });
  });

  window.addEventListener('message', function (event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin || !event.data) return;
    var said = event.data;
    switch (said.otklik) {
      case 'ready':
        isReady = true;
        tell('hello', {
          token: kept(lasting, ''), unsent: kept(passing, ':unsent'), identity: identity, page: location.href,
          colour: set.color || '', isOpen: isOpen, sound: kept(lasting, ':sound'),
        });
        break;
      case 'token': keep(lasting, '', String(said.value || '')); break;
      case 'unsent': keep(passing, ':unsent', String(said.value || '')); break;
      case 'sound': keep(lasting, ':sound', said.value ? '1' : ''); break;
      case 'colour': if (!set.color) paint(said.value); break;
      case 'close': show(false); break;
      case 'unread':
        badge.textContent = said.count > 99 ? '99+' : String(said.count);
        badge.hidden = !(said.count > 0);
        label();
    }
  });

  function begin() {
    document.body.append(host);
    // who has a chat already hears of news without opening it
    if (kept(passing, ':open') && innerWidth > 520) show(true);
    else if (kept(lasting, '') || identity) (window.requestIdleCallback || setTimeout)(make);
  }
  if (document.body) begin(); else document.addEventListener('DOMContentLoaded', begin);

  window.SupportChat = {
    open: function () { show(true); },
    close: function () { if (isOpen) show(false); },
    /** The customer signed in on a page that is not loaded anew; `signed` comes from your server. */
    identify: function (signed) { identity = String(signed || ''); make(); tell('identity', { identity: identity }); },
    /** The customer signed out: the next one on this device begins afresh. */
    signOut: function () {
      identity = '';
      keep(lasting, '', '');
      keep(passing, ':unsent', '');
      tell('identity', { identity: '' });
    },
  };
})();
