// The script of a board's life on a screen: it takes turns with other boards, fits and
// fills the screen and keeps it awake, hides the pointer, spares the panel, sounds for alerts, listens
// to arrow keys, and tells screen readers now and then. Plain ES5; a board shows its numbers
// without it.
(function () {
	'use strict';

	var BEAT = 1000; // ms
	var REST = 3000; // ms without a hand on the controls after which they and the pointer go
	var SHIFT = 180000; // ms after which the picture moves a little, so that nothing burns in
	var SHIFTS = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1]]; // in twice a pixel
	var TELL = 30000; // ms between two things that a screen reader is told by itself
	var CHIME = 10000; // ms between two sounds
	var keys = {
		37: function () { return turn(-1); }, // left
		39: function () { return turn(1); }, // right
		38: function () { return walk(-1); }, // up
		40: function () { return walk(1); }, // down
		32: pause, 179: pause, 19: pause, 415: pause, 10252: pause, // space, and televisions' play and pause
		461: back, 10009: back // LG's and Samsung's back
	};

	var root = document.getElementById('board');
	var board = window.wallboard;
	if (!root || !board) {
		return;
	}
	var page = document.documentElement;
	var region = root.querySelector('[data-region]');
	var controls = root.querySelector('[data-controls]');
	var summary = root.querySelector('[data-summary]');
	var banner = root.querySelector('[data-banner]');

	function find(name) {
		return root.querySelector('[data-' + name + ']');
	}

	function attribute(element, name, value) {
		if (element && element.getAttribute(name) !== value) {
			element.setAttribute(name, value);
		}
	}

	function on(name, press) {
		var button = find(name);
		if (button) {
			button.addEventListener('click', press);
		}
	}

	// now counts while the page shows, whatever the machine's clock is set to.
	function now() {
		return window.performance && performance.now ? performance.now() : Date.now();
	}

	function text(selector) {
		var e = region.querySelector(selector);
		return e ? e.textContent.replace(/\s+/g, ' ').replace(/^ | $/g, '') : '';
	}

	function fresh() {
		return root.className === 'fresh';
	}

	function alerted() {
		return !!region.querySelector('[data-cell][data-state="alert"]');
	}

	// Turns: each board of the rotation has its seconds, and one with an alert twice as many.

	var boards = (root.getAttribute('data-rotation') || '').split(' ');
	var turnEvery = (parseInt(root.getAttribute('data-rotate-seconds'), 10) || 20) * 1000;
	var shown = Math.max(boards.indexOf((root.getAttribute('data-frame') || '').replace(/\/frame.*/, '')), 0);
	var next = shown; // the one that was tried last
	var turnedAt = now();
	var paused = false;
	var asking = false;

	// turn shows the board that is so many places on; false says that there is none. One that
	// cannot be had is passed over at the next beat, and meanwhile this one stays.
	function turn(places) {
		var query = (root.getAttribute('data-frame') || '').replace(/^[^?]*/, '');
		if (boards.length < 2) {
			return false;
		}
		if (asking) {
			return true;
		}
		next = (next + places + boards.length) % boards.length;
		if (next === shown) {
			turnedAt = now();
			return true;
		}
		asking = true;
		board.get(boards[next] + '/frame' + query, function (body, t) {
			asking = false;
			if (board.turn(boards[next], body && board.parse(body), t)) {
				shown = next;
				turnedAt = now();
				place();
			}
		});
		return true;
	}

	function place() {
		var e = find('turns');
		if (e) {
			e.textContent = (shown + 1) + ' / ' + boards.length;
		}
	}

	function pause() {
		if (boards.length < 2) {
			return false;
		}
		paused = !paused;
		turnedAt = now();
		attribute(find('pause'), 'aria-pressed', String(paused));
		attribute(page, 'data-paused', String(paused));
		return true;
	}

	// The whole screen, and a screen that stays awake. Both are for secure pages and newer
	// browsers only; televisions have settings of their own.

	var lock = null;

	function full() {
		var e = document.fullscreenElement || document.webkitFullscreenElement;
		var f = e ? document.exitFullscreen || document.webkitExitFullscreen : page.requestFullscreen || page.webkitRequestFullscreen;
		if (f) {
			f.call(e ? document : page);
		}
	}

	function awake() {
		var wanted = root.hasAttribute('data-screen') || document.fullscreenElement || document.webkitFullscreenElement;
		if (!navigator.wakeLock || document.hidden) {
			return;
		}
		if (wanted && !lock) {
			lock = true; // being asked for
			navigator.wakeLock.request('screen').then(function (got) {
				lock = got;
				got.addEventListener('release', function () {
					lock = null;
				});
			}, function () {
				lock = null;
			});
		} else if (!wanted && lock && lock.release) {
			lock.release();
		}
	}

	// Sound: two tones when an alert begins. Browsers let no page sound before somebody
	// touched it, so it has to be asked for, and asks again after a reload.

	var sounds = false;
	var audio = null;
	var chimedAt = -CHIME;
	var known = {}; // alerts by board; those of a board that is seen first are known already

	function sound() {
		sounds = !sounds;
		try {
			localStorage.setItem('wallboard.sound', sounds ? 'on' : '');
		} catch (e) { /* It is forgotten at the next reload. */ }
		if (sounds) {
			chime();
		}
		sounding();
	}

	function sounding() {
		var button = find('sound');
		attribute(button, 'aria-pressed', String(sounds));
		attribute(controls, 'data-waits', String(sounds && (!audio || audio.state !== 'running')));
	}

	function chime() {
		var Audio = window.AudioContext || window.webkitAudioContext;
		if (!Audio) {
			return;
		}
		audio = audio || new Audio();
		if (audio.resume) {
			audio.resume();
		}
		tone(880, audio.currentTime + 0.02);
		tone(660, audio.currentTime + 0.27);
		chimedAt = now();
	}

	function tone(frequency, at) {
		var oscillator = audio.createOscillator();
		var gain = audio.createGain();
		oscillator.frequency.value = frequency;
		gain.gain.setValueAtTime(0.0001, at);
		gain.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
		oscillator.connect(gain);
		gain.connect(audio.destination);
		oscillator.start(at);
		oscillator.stop(at + 0.25);
	}

	// listen finds out which alerts are new on this board.
	function listen() {
		var name = root.getAttribute('data-frame') || '';
		var before = known[name];
		var found = region.querySelectorAll('[data-cell][data-state="alert"]');
		var is = {};
		var begun = false;
		var i, id;
		for (i = 0; i < found.length; i++) {
			id = found[i].getAttribute('data-cell');
			if (!/^alarm\./.test(id)) {
				is[id] = true;
				begun = begun || !!before && !before[id];
			}
		}
		known[name] = is;
		if (begun && sounds && now() - chimedAt > CHIME) {
			chime();
		}
	}

	// What a screen reader is told: when an alarm or one of the two first numbers changed,
	// and not often; and whenever it is asked for.

	var told = null;
	var toldAt = -TELL;

	function tell(asked) {
		var parts = [];
		var alarms = region.querySelectorAll('.alarms .cell');
		var news, word, i;
		if (!fresh()) {
			parts.push(banner.textContent);
		}
		parts.push(text('h1'));
		parts.push(text('.hero h2') + ' ' + text('.hero .digits .cell'));
		parts.push(text('.hero.waiting h2') + ' ' + text('.hero.waiting .digits .cell'));
		for (i = 0; i < alarms.length; i++) {
			if (alarms[i].textContent) {
				word = alarms[i].parentNode.querySelector('.mark.' + (alarms[i].getAttribute('data-state') || 'none') + ' .word');
				parts.push((word ? word.textContent.replace(/\s/g, '') + ': ' : '') + alarms[i].textContent);
			}
		}
		news = parts.join('. ');
		if (asked || told !== null && news !== told && now() - toldAt > TELL) {
			// The same text twice would not be read twice.
			summary.textContent = asked && summary.textContent === news ? news + ' ' : news;
			toldAt = now();
			told = news;
		}
		told = told === null ? news : told;
	}

	// Keys. Left and right change boards; up and down walk through what can be chosen, and
	// OK chooses it, as browsers do by themselves.

	function back() {
		window.history.back();
	}

	function walk(step) {
		var found = root.querySelectorAll('a[href], button');
		var seen = [];
		var i, at;
		if (page.scrollHeight > window.innerHeight + 2) {
			return false; // the keys are for scrolling
		}
		for (i = 0; i < found.length; i++) {
			if (found[i].offsetWidth) {
				seen.push(found[i]);
			}
		}
		at = seen.indexOf(document.activeElement);
		if (seen.length) {
			seen[at < 0 ? (step > 0 ? 0 : seen.length - 1) : (at + step + seen.length) % seen.length].focus();
		}
		return true;
	}

	function press(event) {
		var act = keys[event.keyCode];
		stir();
		if (!act || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
			return;
		}
		if (event.keyCode === 32 && document.activeElement && document.activeElement !== document.body) {
			return; // space presses the button that has the focus
		}
		if (act() !== false) {
			event.preventDefault();
		}
	}

	// The pointer and the controls go when nobody stirs.

	var stirredAt = now();

	function stir() {
		stirredAt = now();
		attribute(page, 'data-resting', 'false');
		if (sounds && audio && audio.state === 'suspended') {
			audio.resume();
		}
	}

	// moved does not take a picture that moves under the pointer for a hand.
	function moved(event) {
		if (event.movementX || event.movementY || event.movementX === undefined) {
			stir();
		}
	}

	// Hours in which the screen is dark, by the server's clock.

	var hours = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(root.getAttribute('data-dim') || '');

	function dark() {
		var t = board.time().slice(0, 5);
		if (!hours || alerted()) {
			return false;
		}
		return hours[1] <= hours[2] ? hours[1] <= t && t < hours[2] : hours[1] <= t || t < hours[2];
	}

	// A wall does not scroll: of a size above the usual one that was asked for, as much is used
	// as all of the board has room for.

	var size = parseInt(page.getAttribute('data-scale'), 10) || 100;
	var fitted = []; // the header of the region for which that was found, and the window's sizes

	function above(e, names) {
		while (e !== root && !names.test(e.className)) {
			e = e.parentNode;
		}
		return e.getBoundingClientRect();
	}

	function fits() {
		var found = region.querySelectorAll('.tile, .rows, dl, .reasons > div, .digits, .number, .how, .limit, .cell, h1, h2, .sources li');
		var i, e, a, b;
		for (i = 0; i < found.length; i++) {
			e = found[i];
			a = e.getBoundingClientRect();
			b = above(e.parentNode, /(^| )(tile|band|sources|title)( |$)/);
			if (a.right > b.right + 1 || e.className !== 'cell' && a.bottom > b.bottom + 1) {
				return false;
			}
			if (/^(H1|H2|DIV)$/.test(e.tagName) && e.scrollWidth > e.clientWidth + 1) {
				return false;
			}
		}
		return root.scrollHeight <= root.clientHeight + 1;
	}

	function fit() {
		var as = [region.firstElementChild, window.innerWidth, window.innerHeight];
		var least = 100;
		var scale;
		if (size <= least || window.getComputedStyle(document.body).overflowY !== 'hidden') {
			return;
		}
		if (as[0] !== fitted[0] || as[1] !== fitted[1] || as[2] !== fitted[2]) {
			attribute(page, 'data-scale', String(size));
			fitted = as;
		}
		for (scale = parseInt(page.getAttribute('data-scale'), 10); scale > least && !fits(); scale -= 5) {
			attribute(page, 'data-scale', String(scale - 5));
		}
	}

	function beat() {
		var t = now();
		var s = SHIFTS[Math.floor(t / SHIFT) % SHIFTS.length];
		var place = s[0] || s[1] ? 'translate(' + 2 * s[0] + 'px,' + 2 * s[1] + 'px)' : '';
		if (root.style.transform !== place) {
			root.style.transform = place;
		}
		fit();
		attribute(page, 'data-dark', String(dark()));
		attribute(page, 'data-resting', String(t - stirredAt > REST));
		if (!paused && t - turnedAt > turnEvery * (alerted() ? 2 : 1)) {
			turn(1);
		}
		if (fresh()) {
			listen();
		}
		tell(false);
		sounding();
		awake();
	}

	if (!document.fullscreenEnabled && !document.webkitFullscreenEnabled && find('full')) {
		find('full').hidden = true;
	}
	try {
		sounds = localStorage.getItem('wallboard.sound') === 'on';
	} catch (e) { /* Then it is asked for again. */ }
	if (sounds && (window.AudioContext || window.webkitAudioContext)) {
		audio = new (window.AudioContext || window.webkitAudioContext)();
	}
	controls.hidden = false;
	on('pause', pause);
	on('sound', sound);
	on('full', full);
	on('read', function () { tell(true); });
	document.addEventListener('keydown', press);
	document.addEventListener('mousemove', moved);
	document.addEventListener('touchstart', stir);
	document.addEventListener('focusin', stir);
	place();
	setInterval(beat, BEAT);
	beat();
}());
