// The script of a board: it keeps one socket open, shows what frames bring, lets
// waits tick, and marks numbers that may no longer be true. Plain ES5, because
// the browsers of televisions are never updated.
(function () {
	'use strict';

	var STALE = 10000; // ms; older numbers are marked
	var GONE = 60000; // ms; older numbers are not shown
	var SILENCE = 12000; // ms without a frame after which a socket is given up; the server sends one every 5 s
	var JUMP = 2000; // ms by which the clocks may disagree between two beats
	var BEAT = 500; // ms
	var QUIET = 4000; // ms without a frame after which one is asked for by HTTP; more than the server's pause, well below STALE
	var IDENTIFY = 10000; // ms for which a screen shows its name
	var ENDED = 4401; // the close code for who may no longer look
	var RELOAD = 4402; // and for a page that is to be loaded again
	var PATIENCE = 4000; // ms for an answer by HTTP; after an outage a new request gets through before an old one does
	var RENEW_EVERY = 600000; // ms between reloads for a new version, lest two servers take turns at it
	var RETRY_LEAST = 500; // ms
	var RETRY_MOST = 15000; // ms

	var root = document.getElementById('board');
	if (!root) {
		return;
	}
	var region = root.querySelector('[data-region]');
	var banner = root.querySelector('[data-banner]');
	var badge = root.querySelector('[data-connection]');
	var word = root.querySelector('[data-connection-word]');
	var clock = root.querySelector('[data-clock]');

	var words = JSON.parse(root.getAttribute('data-words')); // in the board's language
	var cells = {}; // by id: {elements, drawings, text, state, start, age}
	var layout = root.getAttribute('data-layout');
	var epoch = root.getAttribute('data-epoch');
	var seq = parseInt(root.getAttribute('data-seq'), 10) || 0;
	var asOf = Date.parse(root.getAttribute('data-as-of')); // by the server's clock
	// trueAt is when the numbers were true, by our monotonic clock. That clock begins
	// when the page was asked for, so the way here counts as age.
	var trueAt = -(parseInt(root.getAttribute('data-age-ms'), 10) || 0);
	var suspect = false; // time passed that no clock of ours counted
	var socket = null;
	var openedAt = 0;
	var heardAt = 0; // on this socket
	var asked = null; // the request that is under way
	var askAt = 0; // before that none is made
	var unanswered = 0; // requests in a row
	var renewing = false;
	var framedAt = 0; // when the last frame came, by socket or asked for
	var quickest = null; // the least (receipt - sending) on this socket, across two clocks
	var failures = 0;
	var retry = null;
	var apart = Date.now() - now();

	// now is the monotonic clock, in milliseconds.
	function now() {
		return window.performance && performance.now ? performance.now() : Date.now();
	}

	function two(n) {
		return n < 10 ? '0' + n : String(n);
	}

	// text is a text of the board's language, with what is to be filled in.
	function text(key, values) {
		return words[key].replace(/\{([a-z]+)\}/g, function (all, name) {
			return values && values.hasOwnProperty(name) ? values[name] : all;
		});
	}

	// The two formats below are those of the server's tongue.
	function duration(ms) {
		var s = Math.max(0, Math.floor(ms / 1000));
		var minutes = Math.floor(s / 60);
		if (s < 3600) {
			return minutes + ':' + two(s % 60);
		}
		if (s >= 36000) {
			return text('duration.hours', {h: Math.floor(s / 3600), m: two(minutes % 60)});
		}
		return Math.floor(s / 3600) + ':' + two(minutes % 60) + ':' + two(s % 60);
	}

	function ago(ms) {
		var s = Math.max(0, Math.floor(ms / 1000));
		if (s < 60) {
			return text('age.seconds', {n: s});
		}
		if (s < 3600) {
			return text('age.minutes', {n: Math.floor(s / 60)});
		}
		if (s < 48 * 3600) {
			return text('age.hours', {n: Math.floor(s / 3600)});
		}
		return text('age.days', {n: Math.floor(s / 86400)});
	}

	// clockText is a time of the server's in the board's zone.
	function clockText(time) {
		var title = region.querySelector('[data-utc-offset]');
		var offset = title ? parseInt(title.getAttribute('data-utc-offset'), 10) || 0 : 0;
		var d = new Date(time + offset * 1000);
		if (isNaN(d.getTime())) {
			return '–';
		}
		return two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds());
	}

	function write(element, text) {
		if (element && element.textContent !== text) {
			element.textContent = text;
		}
	}

	function attribute(element, name, value) {
		if (element.getAttribute(name) !== value) {
			element.setAttribute(name, value);
		}
	}

	// draw makes a drawing from a cell's text, and an empty one from none.
	function draw(element, shown) {
		var as = element.getAttribute('data-as');
		attribute(element, as, as === 'width' ? shown || '0' : shown);
	}

	// size tells the style how many letters a large number has.
	function size(element, shown) {
		var e = element.parentNode;
		if (e.className === 'opens') {
			e = e.parentNode;
		}
		if (e.className === 'sized') {
			attribute(e, 'data-sized', String(shown.length));
		}
	}

	// collect reads the region's cells from its HTML.
	function collect() {
		var found = region.querySelectorAll('[data-cell]');
		var i, id, e, since;
		cells = {};
		for (i = 0; i < found.length; i++) {
			e = found[i];
			id = e.getAttribute('data-cell');
			if (!cells.hasOwnProperty(id)) {
				since = e.getAttribute('data-since');
				cells[id] = {
					elements: [],
					drawings: [],
					text: e.textContent,
					state: e.getAttribute('data-state') || '',
					corrected: e.getAttribute('data-corrected') || '',
					start: since === null ? null : trueAt - parseInt(since, 10),
					age: e.getAttribute('data-format') === 'age'
				};
			}
			cells[id].elements.push(e);
		}
		found = region.querySelectorAll('[data-draw]');
		for (i = 0; i < found.length; i++) {
			id = found[i].getAttribute('data-draw');
			if (cells.hasOwnProperty(id)) {
				cells[id].drawings.push(found[i]);
			}
		}
	}

	// change takes in what a frame says of one cell.
	function change(id, news) {
		var cell = cells.hasOwnProperty(id) ? cells[id] : null;
		var start;
		if (!cell) {
			return;
		}
		start = typeof news.since_ms === 'number' ? trueAt - news.since_ms : null;
		// A start that only trembles stays, so that no clock runs backwards.
		if (start === null || cell.start === null || Math.abs(start - cell.start) > 1000) {
			cell.start = start;
		}
		cell.text = news.text;
		cell.state = news.state || '';
		cell.corrected = news.corrected ? String(news.corrected) : '';
	}

	function show() {
		var t = now();
		var age = t - trueAt;
		var gone = age > GONE;
		var stale = gone || suspect || age > STALE;
		var id, cell, shown, state, i;
		attribute(root, 'class', gone ? 'stale gone' : stale ? 'stale' : 'fresh');
		write(banner, gone || stale ? text(gone ? 'connection.gone' : 'connection.stale', {t: clockText(asOf)}) : '');
		write(clock, clockText(asOf));
		for (id in cells) {
			if (!cells.hasOwnProperty(id)) {
				continue;
			}
			cell = cells[id];
			if (!stale && cell.start !== null) {
				cell.text = cell.age ? ago(t - cell.start) : duration(t - cell.start);
			}
			shown = gone ? (cell.text === '' ? '' : '–') : cell.text;
			state = gone ? '' : cell.state;
			for (i = 0; i < cell.elements.length; i++) {
				write(cell.elements[i], shown);
				attribute(cell.elements[i], 'data-state', state);
				attribute(cell.elements[i], 'data-corrected', gone ? '' : cell.corrected);
				size(cell.elements[i], shown);
			}
			for (i = 0; i < cell.drawings.length; i++) {
				draw(cell.drawings[i], gone ? '' : cell.text);
			}
		}
	}

	function say(state) {
		attribute(badge, 'data-connection', state);
		write(word, text('connection.' + state));
	}

	// doubt checks that both clocks counted the same time since the last look. They
	// do not when the machine slept: then nothing that is shown is to be trusted.
	function doubt() {
		var d = Date.now() - now();
		var jump = d - apart;
		apart = d;
		if (Math.abs(jump) <= JUMP) {
			return false;
		}
		suspect = true;
		if (jump > 0) {
			trueAt -= jump;
		}
		return true;
	}

	// replace puts another region in the place of this one; who had the focus keeps it.
	function replace(html) {
		var focused = document.activeElement;
		var href = focused && region.contains(focused) ? focused.getAttribute('href') : null;
		var links, i;
		region.innerHTML = html;
		links = href === null ? [] : region.querySelectorAll('a[href]');
		for (i = 0; i < links.length; i++) {
			if (links[i].getAttribute('href') === href) {
				links[i].focus();
				break;
			}
		}
	}

	// take shows one frame whose numbers were true at a moment of our clock. A frame that
	// is older than what is shown changes nothing. It returns whether the frame could be used.
	function take(frame, when) {
		var id;
		if (frame.epoch === epoch && frame.seq < seq) {
			framedAt = now();
			return true;
		}
		if (!frame.full && (frame.epoch !== epoch || frame.seq > seq + 1)) {
			return false;
		}
		if (frame.layout !== layout && !frame.html) {
			return false;
		}
		framedAt = now();
		renew(frame.version);
		epoch = frame.epoch;
		seq = frame.seq;
		asOf = Date.parse(frame.as_of);
		trueAt = when;
		suspect = false;
		if (frame.layout !== layout) {
			replace(frame.html);
			layout = frame.layout;
			collect();
		}
		for (id in frame.cells) {
			if (frame.cells.hasOwnProperty(id)) {
				change(id, frame.cells[id]);
			}
		}
		return true;
	}

	// accept takes in a frame of the socket. What was under way for long counts as old: how
	// long shows against the quickest frame of this socket, whatever the clocks say.
	function accept(frame) {
		var t = now();
		var sent = Date.parse(frame.as_of) + (frame.age_ms || 0);
		var first = quickest === null;
		var delay;
		if (first || t - sent < quickest) {
			quickest = t - sent;
		}
		delay = first ? t - openedAt : t - sent - quickest;
		if (isNaN(delay)) {
			delay = 0;
		}
		if (!take(frame, t - delay - (frame.age_ms || 0))) {
			again();
			return;
		}
		heardAt = t;
		failures = 0;
		say('live');
		show();
		if (delay > STALE) {
			again();
		}
	}

	// get asks for a path once. done is told the answer's text, or null, and when it was
	// asked, by which request.
	function get(path, done) {
		var t = now();
		var request = new XMLHttpRequest();
		request.open('GET', path);
		request.timeout = PATIENCE;
		request.onloadend = function () {
			done(request.status === 200 ? request.responseText : null, t, request);
		};
		request.send();
		return request;
	}

	// refused tells that the server itself says so, and not something on the way.
	function refused(request) {
		return (request.status === 401 || request.status === 403 || request.status === 404) &&
			/problem\+json/.test(request.getResponseHeader('Content-Type') || '');
	}

	function parse(text) {
		try {
			return JSON.parse(text);
		} catch (e) {
			return null;
		}
	}

	// parameter adds one to a path.
	function parameter(path, name, value) {
		return path + (path.indexOf('?') < 0 ? '?' : '&') + name + '=' + encodeURIComponent(value);
	}

	// ask fetches a frame by HTTP, for as long as no socket brings any: there are networks
	// that let none through. What came counts as old as the whole request took.
	function ask() {
		if (asked || now() < askAt || !root.getAttribute('data-frame')) {
			return;
		}
		asked = get(parameter(root.getAttribute('data-frame'), 'layout', layout), function (body, t, request) {
			var frame;
			asked = null;
			if (refused(request)) {
				away(true);
				return;
			}
			if (doubt()) {
				show();
				reconnect();
				return;
			}
			frame = body && parse(body);
			unanswered = frame ? 0 : Math.min(unanswered + 1, 3);
			askAt = frame ? 0 : now() + unanswered * BEAT * (1 + Math.random());
			if (frame && take(frame, t - (frame.age_ms || 0))) {
				say('polling');
				show();
			}
		});
	}

	// renew loads the page anew when the server has another version of it. It makes sure
	// first that the page comes and is of that version: a board that is old but readable
	// must not become an error page.
	function renew(version) {
		var last;
		if (renewing || !version || version === root.getAttribute('data-version')) {
			return;
		}
		try {
			last = parseInt(sessionStorage.getItem('wallboard.renewed'), 10) || 0;
		} catch (e) {
			return; // without a memory it might not end
		}
		if (Math.abs(Date.now() - last) < RENEW_EVERY) {
			return;
		}
		renewing = true;
		get(location.href, function (text) {
			if (text && text.indexOf('data-version="' + version + '"') >= 0) {
				sessionStorage.setItem('wallboard.renewed', String(Date.now()));
				location.reload();
				return;
			}
			setTimeout(function () {
				renewing = false;
			}, SILENCE);
		});
	}

	// turn shows another board in the place of this one, from a frame of its own on, which
	// was asked for at t. It returns whether that could be.
	function turn(path, frame, t) {
		var before = {epoch: epoch, seq: seq, layout: layout};
		var query = root.getAttribute('data-frame').replace(/^[^?]*/, '');
		epoch = layout = null;
		seq = 0;
		if (!frame || !frame.html || !take(frame, t - (frame.age_ms || 0))) {
			epoch = before.epoch;
			seq = before.seq;
			layout = before.layout;
			return false;
		}
		if (asked) {
			asked.abort();
		}
		root.setAttribute('data-live', path + '/live' + query);
		root.setAttribute('data-frame', path + '/frame' + query);
		document.title = (region.querySelector('h1') || root).textContent;
		drop();
		failures = 0;
		connect();
		show();
		return true;
	}

	function connect() {
		var s;
		clearTimeout(retry);
		retry = null;
		if (!window.WebSocket) {
			return;
		}
		try {
			s = new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + parameter(root.getAttribute('data-live'), 'v', root.getAttribute('data-version') || ''));
		} catch (e) {
			later();
			return;
		}
		socket = s;
		openedAt = heardAt = now();
		quickest = null;
		s.onmessage = function (message) {
			var frame;
			if (s !== socket) {
				return;
			}
			if (doubt()) {
				show();
				again();
				return;
			}
			frame = parse(message.data);
			if (!frame) {
				again();
				return;
			}
			if (typeof frame.identify === 'string') {
				identify(frame.identify);
				return;
			}
			accept(frame);
		};
		s.onclose = function (event) {
			if (s !== socket) {
				return;
			}
			if (event.code === ENDED || event.code === RELOAD) {
				away(event.code === ENDED);
				return;
			}
			again();
		};
	}

	// away leaves the page by loading it anew, for another board or a way to sign in. What may
	// no longer be seen is taken off the screen first.
	function away(dark) {
		drop();
		if (dark) {
			region.textContent = '';
		}
		location.reload();
	}

	// identify shows the screen's name all over it for a while.
	function identify(name) {
		var e = document.createElement('p');
		e.className = 'identify';
		e.textContent = name;
		document.body.appendChild(e);
		setTimeout(function () {
			document.body.removeChild(e);
		}, IDENTIFY);
	}

	function drop() {
		var s = socket;
		socket = null;
		if (s) {
			s.onmessage = s.onclose = null;
			s.close();
		}
	}

	// again gives the socket up and opens another one after a while.
	function again() {
		drop();
		later();
	}

	function later() {
		var most = Math.min(RETRY_MOST, 2 * RETRY_LEAST * Math.pow(2, failures));
		if (now() - framedAt > STALE || badge.getAttribute('data-connection') !== 'polling') {
			say('reconnecting');
		}
		failures = Math.min(failures + 1, 10);
		clearTimeout(retry);
		retry = setTimeout(connect, RETRY_LEAST + Math.random() * (most - RETRY_LEAST));
	}

	// reconnect does not wait: something says that the old socket is of no use.
	function reconnect() {
		drop();
		failures = 0;
		say('reconnecting');
		connect();
	}

	// wake reconnects, unless the socket has just proved that it lives.
	function wake() {
		if (doubt() || !socket || now() - heardAt > STALE / 2) {
			show();
			reconnect();
		}
	}

	function beat() {
		if (doubt()) {
			reconnect();
		} else if (socket && now() - heardAt > SILENCE) {
			again();
		}
		if (now() - framedAt > QUIET) {
			ask();
		}
		show();
	}

	// For the script of the screen's life.
	window.wallboard = {
		get: get,
		parse: parse,
		turn: turn,
		// time is what the clock says now where the board is, whatever this machine's says.
		time: function () {
			return clockText(asOf + now() - trueAt);
		}
	};

	root.removeAttribute('data-still');
	collect();
	// A page that the browser took from its history is as old as it likes.
	if (window.performance && performance.navigation && performance.navigation.type === 2) {
		suspect = true;
	}
	show();
	setInterval(beat, BEAT);
	if (!root.getAttribute('data-live')) {
		return;
	}
	window.addEventListener('pageshow', function (event) {
		if (event.persisted) {
			suspect = true;
			show();
			reconnect();
		}
	});
	window.addEventListener('pagehide', drop);
	window.addEventListener('online', wake);
	document.addEventListener('visibilitychange', function () {
		if (!document.hidden) {
			wake();
		}
	});
	say('connecting');
	connect();
}());
