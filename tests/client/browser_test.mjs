// web/client/tacit.js in Chromium: the address, CORS, and a frame that is sandboxed as the client
// has it and served under the policy of docs/doors.md. Both servers are the test's own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { Browser, absent } from '../browser/chromium.mjs';

const client = readFileSync(new URL('../../web/client/tacit.js', import.meta.url));

const PAGE = `<!doctype html><title>Shop</title><div id="list"></div><script type="module">
import { connect } from '/tacit.js';
const told = { address: [location.href] };
const tacit = connect({ name: 'Shop' });
told.address.push(location.href);
const details = { type: 'rank', domain: 'films', purpose: 'dpv:ProvideProductRecommendations',
	candidates: [{ id: 'a' }, { id: 'b' }], limit: 2 };
try {
	told.order = (await tacit.ask({ ...details, precision: 'order' })).answer;
	told.chosen = await tacit.frame(document.getElementById('list'), details);
	const frame = document.querySelector('iframe');
	told.height = frame.style.height;
	try { told.inside = frame.contentDocument && 'seen'; } catch { told.inside = null; }
} catch (error) {
	told.error = error.code + ': ' + error.words;
}
await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
</script>`;

// What the frame may not: read where it came from, store, ask its server, leave, open windows.
const FRAME_SCRIPT = `(async () => {
	const can = [];
	const tries = {
		storage: () => localStorage.length,
		cookie: () => document.cookie,
		parent: () => parent.document.title,
		leave: () => { parent.location = 'about:blank'; },
		open: () => { if (!open('about:blank')) throw 0; },
	};
	for (const [name, attempt] of Object.entries(tries))
		try { attempt(); can.push(name); } catch { /* as it should be */ }
	try { await fetch('/v1/ask', { method: 'POST' }); can.push('fetch'); } catch { /* so too */ }
	const to = document.documentElement.dataset.origin;
	parent.postMessage({ tacit: 'chosen', id: 'no candidate' }, to);
	parent.postMessage({ tacit: 'height', px: 96 }, to);
	parent.postMessage({ tacit: 'chosen', id: can.length ? 'can ' + can : 'b' }, to);
})();`;

function listen(handle) {
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => handle(request, response, body));
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function door(origin, seen) {
	const answers = {
		'/v1/pair': { token: 'ab'.repeat(32) },
		'order': { decision: 'permit', precision: 'order', answer: { items: [{ id: 'b' }] }, receipt: {} },
		'silent': { decision: 'permit', precision: 'silent', answer: { frame: '/frame/handle' }, receipt: {} },
	};
	return (request, response, body) => {
		const cors = { 'Access-Control-Allow-Origin': origin(), Vary: 'Origin' };
		seen.push(`${request.method} ${request.url}`);
		if (request.method === 'OPTIONS') {
			response.writeHead(204, { ...cors, 'Access-Control-Allow-Methods': 'GET, POST',
				'Access-Control-Allow-Headers': 'authorization, content-type',
				'Access-Control-Allow-Private-Network': 'true' }).end();
		} else if (request.url === '/frame/handle') {
			response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy':
				`default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors ${origin()}; ` +
				'sandbox allow-scripts' });
			response.end(`<!doctype html><html data-origin="${origin()}"><script src="/frame.js"></script>`);
		} else if (request.url === '/frame.js') {
			response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(FRAME_SCRIPT);
		} else {
			const key = request.url === '/v1/ask' ?
				JSON.parse(body).authorization_details[0].precision : request.url;
			response.writeHead(200, { ...cors, 'Content-Type': 'application/json' });
			response.end(JSON.stringify(answers[key]));
		}
	};
}

// Opens the page with Chromium taking it for one of the public web; `state` of the permission to
// reach this machine. Resolves with what the page tells and what the door saw.
async function visit(state) {
	const seen = [];
	let origin, tell;
	const told = new Promise((resolve) => { tell = resolve; });
	const shop = await listen((request, response, body) => {
		if (request.url === '/told')
			tell(JSON.parse(body));
		const script = request.url === '/tacit.js';
		response.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html' });
		response.end(script ? client : PAGE);
	});
	const tacit = await listen(door(() => origin, seen));
	origin = `http://localhost:${shop.address().port}`;	// another site than 127.0.0.1
	const browser = new Browser(`--ip-address-space-overrides=127.0.0.1:${shop.address().port}=public`);
	try {
		await browser.permit(origin, state);
		const url = `${origin}/list?q=1#tacit=${tacit.address().port}.one-time-CODE`;
		await browser.send('Target.createTarget', { url });
		return { url, origin, seen, ...await told };
	} finally {
		await browser.close();
		for (const server of [shop, tacit]) {
			server.closeAllConnections();
			server.close();
		}
	}
}

const options = { skip: absent, timeout: 60000 };

test('Chromium lets the page: an answer, and a frame that can do nothing else', options, async () => {
	const { url, origin, seen, ...told } = await visit('granted');
	assert.deepEqual(told, {
		address: [url, `${origin}/list?q=1`], order: { items: [{ id: 'b' }] },
		chosen: 'b', height: '96px', inside: null,
	});
	assert.equal(seen.filter((line) => line === 'POST /v1/pair').length, 1);
	assert.equal(seen.filter((line) => line === 'POST /v1/ask').length, 2);
});

test('Chromium does not let the page: nothing arrives', options, async () => {
	const { url, origin, seen, address, error } = await visit('denied');
	assert.deepEqual(address, [url, `${origin}/list?q=1`]);
	assert.match(error, /^browser-refused: /);
	assert.deepEqual(seen, []);
});
