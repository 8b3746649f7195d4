// The script of pages that are opened by a link with a token behind the # sign. It puts the
// token into the page's form, takes it out of the address, and sends the form on where
// nothing else is to be filled in. Plain ES5.
(function () {
	'use strict';

	var form = document.querySelector('[data-token-form]');
	var token = window.location.hash.slice(1);
	var field;
	if (!form || !/^[A-Za-z0-9]{1,128}$/.test(token)) {
		return;
	}
	field = form.querySelector('[data-token]') || form.querySelector('[name="token"]');
	field.value = token;
	if (window.history.replaceState) {
		window.history.replaceState(null, '', window.location.pathname);
	}
	if (!form.hasAttribute('data-stay')) {
		form.submit();
	}
}());
