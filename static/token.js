// The script of pages that are opened by a link with a token behind the # sign. It puts the
// token into the page's form, takes it out of the address, and sends the form on. Plain ES5.
(function () {
	'use strict';

	var form = document.querySelector('[data-token-form]');
	var token = window.location.hash.slice(1);
	if (!form || !/^[A-Za-z0-9]{1,128}$/.test(token)) {
		return;
	}
	form.querySelector('[name="token"]').value = token;
	if (window.history.replaceState) {
		window.history.replaceState(null, '', window.location.pathname);
	}
	form.submit();
}());
