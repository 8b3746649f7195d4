// Says what in a style sheet, on the standard input, a browser as old as Chromium 53 does not
// have, one a line: by a parser, and the published table of what browsers have since when.
// What such a browser may do without is named here, with the reason.
'use strict';

const csstree = require('css-tree');
const {css} = require('@mdn/browser-compat-data');
const OLDEST = 53;

// Properties that an old browser passes over to no harm.
const spare = {
	'color-scheme': 'only the colour of scroll bars and forms',
	'font-feature-settings': 'is what font-variant-numeric falls back to',
	'font-display': 'the text comes a little later',
	'text-decoration-thickness': 'the line has its usual strength',
	'overflow-wrap': 'word-wrap stands beside it',
	'forced-color-adjust': 'there are no forced colours to be kept out',
	'accent-color': 'a box to tick has its usual colour'
};
// What is older than the table's rows say, which speak of newer refinements.
const older = ['outline', 'word-wrap', 'justify-content: space-between', 'justify-content: space-around'];
// Values without which the property keeps its former value.
const spareValues = {'position: sticky': 'the bar scrolls with the page'};
// Pseudo-classes of rules that such a browser drops, so each has to stand alone.
const spareSelectors = {'focus-visible': 'the browser has an outline of its own', 'focus-within': 'focus on the control itself shows it'};
// Conditions that are never met by such a browser: then the rules around hold.
const spareMedia = {'prefers-color-scheme': 'dark', 'prefers-reduced-motion': 'motion is little anyway', 'prefers-contrast': 'as it is', 'forced-colors': 'as it is'};
const units = ['px', 'rem', 'em', 'ex', 'ch', 'vw', 'vh', 'vmin', 'vmax', 's', 'ms', 'deg', 'turn', 'mm', 'cm', 'pt', 'dpi', 'dppx'];

// since is the Chromium that has it, without a prefix or a switch; Infinity for none.
function since(compat) {
	const support = compat && compat.support && compat.support.chrome;
	const found = [].concat(support || []).filter(s => !s.prefix && !s.alternative_name && !s.flags && !s.version_removed && !s.partial_implementation);
	return Math.min(Infinity, ...found.map(s => parseFloat(String(s.version_added).replace('≤', '')) || Infinity));
}

const functions = {};
(function index(node) {
	for (const [key, value] of Object.entries(node)) {
		if (key === '__compat' || typeof value !== 'object') {
			continue;
		}
		if (value.__compat) {
			const name = key.replace(/_function$/, '');
			functions[name] = Math.min(functions[name] || Infinity, since(value.__compat));
		}
		index(value);
	}
})(css.types);
// These are older than the table's own rows of them.
Object.assign(functions, {var: 49, attr: 2, url: 1, rgb: 1, rgba: 1, hsl: 1, hsla: 1, rect: 1, format: 4});

const text = require('fs').readFileSync(0, 'utf8');
const found = [];
function newer(node, what) {
	found.push(`line ${node.loc.start.line}: ${what}`);
}

const tree = csstree.parse(text, {positions: true, onParseError: e => found.push(`line ${e.line}: ${e.message}`)});

// before tells that the same property has a value already in this block, which an old browser keeps.
function before(declaration, block) {
	for (const other of block || []) {
		if (other === declaration) {
			return false;
		}
		if (other.type === 'Declaration' && other.property === declaration.property) {
			return true;
		}
	}
	return false;
}

csstree.walk(tree, function (node) {
	switch (node.type) {
	case 'Atrule': {
		const row = css['at-rules'][node.name];
		if (!/^-/.test(node.name) && !(since(row && row.__compat) <= OLDEST)) {
			newer(node, `@${node.name}`);
		}
		break;
	}
	case 'Feature': case 'MediaFeature': {
		const name = node.name.replace(/^(min|max)-/, '');
		const row = css['at-rules'].media[name];
		if (!(since(row && row.__compat) <= OLDEST) && !spareMedia[name]) {
			newer(node, `the condition ${node.name}`);
		}
		break;
	}
	case 'FeatureRange':
		newer(node, 'a condition written as a range');
		break;
	case 'PseudoClassSelector': case 'PseudoElementSelector': {
		const row = css.selectors[node.name];
		if (/^-/.test(node.name) || since(row && row.__compat) <= OLDEST) {
			break;
		}
		if (!spareSelectors[node.name] || this.rule.prelude.children.size > 1) {
			newer(node, `:${node.name}` + (spareSelectors[node.name] ? ' beside another selector' : ''));
		}
		break;
	}
	case 'NestingSelector':
		newer(node, 'a nested rule');
		break;
	case 'Declaration': {
		if (/^-/.test(node.property) || this.atrule && this.atrule.name === 'font-face') {
			break;
		}
		const row = css.properties[node.property];
		if (!(since(row && row.__compat) <= OLDEST)) {
			if (!spare[node.property] && !older.includes(node.property)) {
				newer(node, node.property);
			}
			break;
		}
		if (before(node, this.block && this.block.children)) {
			break;
		}
		csstree.walk(node.value, function (part) {
			const value = `${node.property}: ${part.name}`;
			if (part.type === 'Identifier' && row[part.name] && !older.includes(value) && since(row[part.name].__compat) > OLDEST && !spareValues[value]) {
				newer(node, value);
			} else if (part.type === 'Function' && !/^-/.test(part.name) && !(functions[part.name] <= OLDEST)) {
				newer(node, `${part.name}()`);
			} else if (part.type === 'Function' && /^(rgb|hsl)a?$/.test(part.name) && !part.children.some(c => c.type === 'Operator' && c.value === ',')) {
				newer(node, `${part.name}() without commas`);
			} else if (part.type === 'Dimension' && !units.includes(part.unit)) {
				newer(node, `the unit ${part.unit}`);
			} else if (part.type === 'Hash' && (part.value.length === 4 || part.value.length === 8)) {
				newer(node, 'a colour with its opacity in hexadecimal digits');
			}
		});
		break;
	}
	}
});
process.stdout.write(found.map(l => l + '\n').join(''));
