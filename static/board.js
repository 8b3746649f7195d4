/* The live part of a board: plain ES5, for the browsers that TVs have.
 *
 * A frame's age is judged by the browser's monotonic clock from the moment it
 * came, plus the age that the server said; the wall clocks of TVs are wrong. */
(function () {
  'use strict';

  var STALE_MS = 10000;   // numbers are marked
  var GONE_MS = 60000;    // numbers are taken away
  var SILENT_MS = 12000;  // a socket without a frame is closed; more than the server's 5 s
  var SLEPT_MS = 2000;    // clocks that disagree by more: the machine slept
  var RETRY_MIN_MS = 500, RETRY_MAX_MS = 15000;

  var board = document.getElementById('board');
  if (!board || !window.WebSocket) { return; }

  function monotonic() { return window.performance && performance.now ? performance.now() : Date.now(); }

  var socket = null, epoch = null, seq = 0, tries = 0;
  var cameAt = monotonic(), wallOffset = Date.now() - cameAt;
  var ageThen = Number(board.getAttribute('data-age')) || 0;
  var asOf = text(document.getElementById('as-of'));
  var since = {};
  var slept = false, gone = false;

  function text(el) { return el ? el.textContent : ''; }
  function age() { return monotonic() - cameAt + ageThen; }
  function pad(n) { return n < 10 ? '0' + n : '' + n; }

  function duration(ms) {
    var s = Math.max(0, Math.floor(ms / 1000));
    if (s >= 3600) { return Math.floor(s / 3600) + ':' + pad(Math.floor(s / 60) % 60) + ':' + pad(s % 60); }
    return Math.floor(s / 60) + ':' + pad(s % 60);
  }

  function find(id) { return board.querySelector('[data-cell="' + id.replace(/["\\]/g, '\\$&') + '"]'); }

  function put(el, value) { if (el.textContent !== value) { el.textContent = value; } }

  function show(id, cell) {
    var all = board.querySelectorAll('[data-cell="' + id.replace(/["\\]/g, '\\$&') + '"]'), i;
    for (i = 0; i < all.length; i++) {
      put(all[i], cell.text);
      all[i].setAttribute('data-state', cell.state || '');
      all[i].setAttribute('data-word', cell.state === 'alert' ? '⬤ alert' : cell.state === 'warn' ? '▲ high' : '');
    }
    if (typeof cell.since_ms === 'number') { since[id] = cell.since_ms; } else { delete since[id]; }
  }

  function link(state) {
    var el = document.getElementById('link');
    if (el) { el.setAttribute('data-link', state); put(el, state); }
  }

  function clock(iso) {
    var d = new Date(iso);
    return isNaN(d.getTime()) ? iso : pad(d.getHours()) + ':' + pad(d.getMinutes()) + ':' + pad(d.getSeconds());
  }

  /* apply takes a frame in. It is false if the frame does not follow what is shown. */
  function apply(frame) {
    var id;
    if (!frame.full && (gone || frame.epoch !== epoch || frame.seq !== seq + 1)) { return false; }
    if (frame.full && frame.epoch === epoch && frame.seq < seq) { return true; }
    if (frame.html) { board.innerHTML = frame.html; }
    if (frame.full) { since = {}; }
    epoch = frame.epoch;
    seq = frame.seq;
    for (id in frame.cells) {
      if (Object.prototype.hasOwnProperty.call(frame.cells, id)) { show(id, frame.cells[id]); }
    }
    cameAt = monotonic();
    wallOffset = Date.now() - cameAt;
    ageThen = frame.age_ms || 0;
    asOf = clock(frame.as_of);
    slept = false;
    gone = false;
    link('live');
    tick();
    return true;
  }

  /* tick runs each second: it counts what ticks, and says how old the numbers are. */
  function tick() {
    var a, id, el, all, i, stale;
    if (Math.abs(Date.now() - monotonic() - wallOffset) > SLEPT_MS) { slept = true; }
    a = age();
    stale = slept || a > STALE_MS;
    board.className = 'board' + (stale ? ' stale' : '') + (a > GONE_MS ? ' gone' : '');
    document.getElementById('stale').hidden = !stale;
    put(document.getElementById('stale-text'), a > GONE_MS ?
      'No current numbers. Last known at ' + asOf : 'Not current: as of ' + asOf);
    if (a > GONE_MS) {
      if (!gone) {
        all = board.querySelectorAll('[data-cell]');
        for (i = 0; i < all.length; i++) { put(all[i], '–'); }
        gone = true;
      }
    } else if (!stale) {
      for (id in since) {
        if (Object.prototype.hasOwnProperty.call(since, id)) {
          el = find(id);
          if (el) { put(el, duration(since[id] + monotonic() - cameAt)); }
        }
      }
      el = document.getElementById('as-of');
      if (el) { put(el, asOf); }
    }
    if (socket && socket.readyState === 1 && monotonic() - cameAt > SILENT_MS && monotonic() - socket.openedAt > SILENT_MS) { socket.close(); drop(socket); }
  }

  function connect() {
    var s = new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + board.getAttribute('data-live'));
    socket = s;
    s.openedAt = monotonic();
    s.onmessage = function (m) {
      var ok = false;
      if (s !== socket) { return; }
      tries = 0;
      try { ok = apply(JSON.parse(m.data)); } catch (e) { ok = false; }
      if (!ok) { s.close(); drop(s); }
    };
    s.onclose = s.onerror = function () { drop(s); };
  }

  /* drop gives a socket up, once, and tries again with jitter. */
  function drop(s) {
    var wait;
    if (s !== socket) { return; }
    socket = null;
    epoch = null;
    link('reconnecting');
    wait = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * Math.pow(2, tries++));
    setTimeout(connect, wait / 2 + Math.random() * wait / 2);
  }

  var first = board.querySelectorAll('[data-since]'), n;
  for (n = 0; n < first.length; n++) {
    if (first[n].getAttribute('data-since')) { since[first[n].getAttribute('data-cell')] = Number(first[n].getAttribute('data-since')); }
  }
  setInterval(tick, 1000);
  document.addEventListener('visibilitychange', tick);
  connect();
}());
