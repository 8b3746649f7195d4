// The script of a board's form: the preview follows what is written. Without it the button
// Preview does the same.
(function () {
	'use strict';

	var PAUSE = 600; // ms without a change before the preview is asked for
	var form = document.querySelector('[data-editor]');
	var frame = document.getElementsByName('preview')[0];
	var wait = null;
	var shown = '';

	if (!form || !frame) {
		return;
	}

	// written is the form as a query.
	function written() {
		var parts = [];
		var i, e;
		for (i = 0; i < form.elements.length; i++) {
			e = form.elements[i];
			if (e.name && e.name !== 'seen' && e.value !== '' && (e.type !== 'checkbox' || e.checked)) {
				parts.push(encodeURIComponent(e.name) + '=' + encodeURIComponent(e.value));
			}
		}
		return parts.join('&');
	}

	function preview() {
		var query = written();
		if (query !== shown) {
			shown = query;
			// Taking the page's place leaves nothing behind for the button Back.
			frame.contentWindow.location.replace('/editor/preview?' + query);
		}
	}

	function later() {
		clearTimeout(wait);
		wait = setTimeout(preview, PAUSE);
	}

	shown = written();
	form.addEventListener('input', later);
	form.addEventListener('change', later);
}());
