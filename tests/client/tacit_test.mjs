// web/client/tacit.js against a window and a network of the test's own, and against a real server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { webcrypto } from 'node:crypto';

// As a module whatever the nearest package.json says.
const source = readFileSync(new URL('../../web/client/tacit.js', import.meta.url));
const { connect, TacitError } = await import(`data:text/javascript;base64,${source.toString('base64')}`);

const TOKEN = 'ab'.repeat(32);
const RANK = {
	type: 'rank', domain: 'films', purpose: 'dpv:ProvideProductRecommendations', precision: 'order',
	candidates: [{ id: 'b' }, { id: 'a' }], limit: 2,
};
const PERMIT = {
	decision: 'permit', precision: 'order', answer: { items: [{ id: 'a' }, { id: 'b' }] },
	receipt: { uid: 'urn:uuid:c0', receipt: { 'dct:identifier': 'urn:uuid:c0' } },
};

class Store {
	map = new Map();
	getItem(key) { return this.map.has(key) ? this.map.get(key) : null; }
	setItem(key, value) { this.map.set(key, value); }
	removeItem(key) { this.map.delete(key); }
}

// A window. `permission`: a function from a permission's name to its state; it may throw.
function makePage({ hash = '', permission } = {}) {
	const listeners = new Set();
	const page = {
		address: [],
		location: {
			origin: 'https://shop.example', hostname: 'shop.example', pathname: '/list', search: '?q=1', hash,
		},
		history: {
			state: { kept: 1 },
			replaceState(state, title, url) { page.address.push([state, url]); page.location.hash = ''; },
		},
		crypto: webcrypto,
		localStorage: new Store(),
		navigator: {
			permissions: {
				async query({ name }) {
					if (!permission)
						throw new TypeError(`no permission ${name}`);
					return { state: permission(name) };
				},
			},
		},
		document: {
			createElement(tag) {
				return {
					tag, attributes: {}, style: {}, contentWindow: { frame: true },
					setAttribute(key, value) { this.attributes[key] = value; },
					remove() { this.removed = true; },
				};
			},
		},
		addEventListener(type, listener) { assert.equal(type, 'message'); listeners.add(listener); },
		removeEventListener(type, listener) { listeners.delete(listener); },
		listeners,
		message(event) { for (const listener of listeners) listener(event); },
	};
	return page;
}

// A network that gives these answers in turn and keeps what was asked; an Error is a dead line.
function network(...answers) {
	const asked = [];
	const send = async (url, options) => {
		asked.push({ url, ...options, body: options.body && JSON.parse(options.body) });
		assert.ok(answers.length > 0, 'a request too many');
		const next = answers.shift();
		if (next instanceof Error)
			throw next;
		const [status, body] = next;
		return new Response(body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
			{ status });
	};
	send.asked = asked;
	return send;
}

function paired(fetch, page = makePage(), options = {}) {
	page.localStorage.setItem('tacit.pairing.1', JSON.stringify({ port: 7380, token: TOKEN }));
	return connect({ page, fetch, name: 'Shop', ...options });
}

async function fails(promise, code) {
	try {
		await promise;
	} catch (error) {
		assert.ok(error instanceof TacitError, String(error.stack));
		assert.equal(error.code, code);
		assert.match(error.words, /^[A-Z].*\.$/);
		return error;
	}
	assert.fail(`not ${code}`);
}

test('a page without a pairing sends nothing', async () => {
	const fetch = network();
	let queried = 0;
	const page = makePage({ permission: () => { queried++; return 'granted'; } });
	const tacit = connect({ page, fetch });
	assert.equal(tacit.state, 'not-paired');
	await fails(tacit.ask(RANK), 'not-paired');
	await fails(tacit.outcome('x', { outcome: 'used' }), 'not-paired');
	await fails(tacit.pair(), 'not-paired');
	await fails(tacit.pair('short'), 'not-paired');
	await fails(tacit.frame({ append() { assert.fail(); } }, RANK), 'not-paired');
	assert.equal(fetch.asked.length, 0);
	assert.equal(queried, 0);
	assert.equal(page.address.length, 0);
});

test('the code leaves the address at once and becomes a token once', async () => {
	const fetch = network([200, { token: TOKEN }], [200, PERMIT], [200, PERMIT]);
	const page = makePage({ hash: '#tacit=7391.one-time_CODE1' });
	const tacit = connect({ page, fetch });
	assert.deepEqual(page.address, [[{ kept: 1 }, '/list?q=1']]);
	assert.equal(tacit.state, 'code');
	assert.equal(fetch.asked.length, 0);
	// Two at once pair once.
	await Promise.all([tacit.ask(RANK), tacit.ask(RANK)]);
	assert.equal(tacit.state, 'paired');
	assert.deepEqual(fetch.asked.map((request) => request.url), [
		'http://127.0.0.1:7391/v1/pair', 'http://127.0.0.1:7391/v1/ask', 'http://127.0.0.1:7391/v1/ask',
	]);
	assert.equal(fetch.asked[0].headers.Authorization, 'Bearer one-time_CODE1');
	assert.equal(fetch.asked[1].headers.Authorization, `Bearer ${TOKEN}`);
	assert.deepEqual([...page.localStorage.map.keys()], ['tacit.pairing.1']);
});

test('a code that is wrong is used once, and an old pairing outlives it', async () => {
	const fetch = network([401, { error: 'code' }], [200, PERMIT]);
	const page = makePage({ hash: '#tacit=7380.one-time-CODE' });
	const tacit = paired(fetch, page);
	await fails(tacit.ask(RANK), 'not-paired');
	assert.equal(tacit.state, 'paired');
	await tacit.ask(RANK);
});

test('fragments that are no code', async () => {
	for (const hash of ['#tacit=', '#tacit=80.one-time-CODE', '#tacit=99999.one-time-CODE', '#tacit=1.2.3',
		'#tacit=7380.code@evil.example/', '#tacit=7380.' + 'a'.repeat(129)]) {
		const page = makePage({ hash });
		assert.equal(connect({ page, fetch: network() }).state, 'not-paired', hash);
		assert.equal(page.address.length, 1, hash);
	}
	const page = makePage({ hash: '#chapter' });
	connect({ page, fetch: network() });
	assert.equal(page.location.hash, '#chapter');
});

test('pasted codes, with and without the port', async () => {
	for (const [text, url] of [['7400.abcdefgh', 'http://127.0.0.1:7400/v1/pair'],
		[' abcdefgh\n', 'http://127.0.0.1:7390/v1/pair']]) {
		const fetch = network([200, { token: TOKEN }]);
		await connect({ page: makePage(), fetch, port: 7390 }).pair(text);
		assert.equal(fetch.asked[0].url, url);
	}
	await fails(connect({ page: makePage(), fetch: network([200, { token: 'no hex' }]) }).pair('abcdefgh'),
		'not-reachable');
});

test('what is sent', async () => {
	const fetch = network([200, PERMIT], [200, PERMIT]);
	const tacit = paired(fetch);
	const before = Math.floor(Date.now() / 1000) * 1000;
	const got = await tacit.ask({ ...RANK, offer: { declared_value: 'free delivery' } }, { seconds: 30 });
	assert.deepEqual(got, { precision: 'order', answer: PERMIT.answer, receipt: PERMIT.receipt });
	await tacit.ask({ type: 'disclose', domain: 'shop', purpose: 'dpv:DeliveryOfGoods', precision: 'facts',
		facts: ['postcode'], retention: 'P3D', recipient: ['https://shop.example', 'https://post.example'] });
	const [{ body, ...request }, second] = fetch.asked;
	assert.equal(request.url, 'http://127.0.0.1:7380/v1/ask');
	assert.equal(request.method, 'POST');
	assert.deepEqual(request.headers, { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' });
	assert.equal(request.credentials, 'omit');
	assert.equal(request.redirect, 'error');
	assert.equal(request.referrerPolicy, 'no-referrer');
	const { uid, nonce, issued, expires, ...rest } = body;
	assert.match(uid, /^urn:uuid:[0-9a-f-]{36}$/);
	assert.match(nonce, /^[A-Za-z0-9_-]{22}$/);
	assert.match(issued, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	assert.ok(Date.parse(issued) >= before && Date.parse(issued) <= Date.now());
	assert.equal(Date.parse(expires) - Date.parse(issued), 30000);
	assert.deepEqual(rest, {
		'@type': 'Request',
		profile: 'https://tacit.example/odrl/1',
		client: { id: 'https://shop.example', name: 'Shop' },
		authorization_details: [{
			type: 'https://tacit.example/ask/rank/1', actions: ['rank'],
			datatypes: ['dpv:ObservedPersonalData', 'dpv:InferredPersonalData'],
			locations: ['tacit:domain/films'], purpose: RANK.purpose, precision: 'order',
			candidates: RANK.candidates, limit: 2,
		}],
		retention: { 'dpv:hasStorageCondition': 'P0D' },
		recipient: ['https://shop.example'],
		offer: { declared_value: 'free delivery' },
	});
	assert.notEqual(second.body.nonce, nonce);
	assert.notEqual(second.body.uid, uid);
	assert.deepEqual(second.body.recipient, ['https://shop.example', 'https://post.example']);
	assert.deepEqual(second.body.retention, { 'dpv:hasStorageCondition': 'P3D' });
	assert.deepEqual(second.body.authorization_details[0].facts, ['postcode']);
});

test('each refusal is an error of one kind, after one request', async () => {
	const cases = [
		[202, { decision: 'pending', uid: 'urn:uuid:1', words: 'The person is asked.' }, 'pending'],
		[409, { decision: 'less', reason: 'precision', words: 'Only a set.', smallest: { precision: 'subset' } }, 'less'],
		[403, { decision: 'deny', reason: 'used-up', words: 'No answers are left.' }, 'denied'],
		[403, { error: 'origin' }, 'not-paired'],
		[400, { error: 'format', words: 'Unknown term "foo".' }, 'format'],
		[401, {}, 'not-paired'],
		[429, {}, 'busy'],
		[503, { error: 'locked' }, 'locked'],
		[503, {}, 'busy'],
		[500, 'oops', 'not-reachable'],
		[404, '<html>', 'not-reachable'],
		[200, '<html>another program</html>', 'not-reachable'],
		[200, 'null', 'not-reachable'],
		[200, { decision: 'less' }, 'not-reachable'],
	];
	for (const [status, body, code] of cases) {
		const fetch = network([status, body]);
		const error = await fails(paired(fetch).ask(RANK), code);
		assert.equal(fetch.asked.length, 1);
		if (body.words)
			assert.equal(error.words, body.words);
		assert.equal(error.reason, body.reason);
		assert.equal(error.uid, body.uid);
		assert.deepEqual(error.smallest, body.smallest);
	}
});

test('a token that is no longer good is dropped', async () => {
	const fetch = network([401, {}]);
	const tacit = paired(fetch);
	await fails(tacit.ask(RANK), 'not-paired');
	assert.equal(tacit.state, 'not-paired');
	await fails(tacit.ask(RANK), 'not-paired');
});

test('the smaller ask is the ask with its changed members', async () => {
	const smallest = { precision: 'subset', epsilon: '1', retention: { 'dpv:hasStorageCondition': 'P0D' } };
	const fetch = network([409, { decision: 'less', smallest }], [200, PERMIT]);
	const tacit = paired(fetch);
	const details = { ...RANK, retention: 'P9D' };
	const error = await fails(tacit.ask(details), 'less');
	await tacit.ask({ ...details, ...error.smallest });
	const { body } = fetch.asked[1];
	assert.deepEqual(body.retention, smallest.retention);
	assert.equal(body.authorization_details[0].precision, 'subset');
	assert.equal(body.authorization_details[0].epsilon, '1');
});

test('a smaller ask that is no drawn list leaves the epsilon of that out', async () => {
	const smallest = { precision: 'silent' };
	const fetch = network([409, { decision: 'less', smallest }], [200, PERMIT]);
	const tacit = paired(fetch);
	const details = { ...RANK, precision: 'subset', epsilon: '1' };
	const error = await fails(tacit.ask(details), 'less');
	await tacit.ask({ ...details, ...error.smallest });
	const sent = fetch.asked.map(({ body }) => body.authorization_details[0]);
	assert.equal(sent[0].epsilon, '1');
	assert.ok(!('epsilon' in sent[1]));
});

test('nobody there: one request, and it is not told why', async () => {
	const fetch = network(new TypeError('Failed to fetch'), new TypeError('Failed to fetch'));
	const page = makePage({ permission: () => 'granted' });
	await fails(paired(fetch, page).ask(RANK), 'not-reachable');
	await fails(paired(fetch).ask(RANK), 'not-reachable');
	assert.equal(fetch.asked.length, 2);
});

test('the browser has said no: nothing is sent', async () => {
	const page = makePage({ permission: () => 'denied' });
	const fetch = network();
	await fails(paired(fetch, page, { explain: () => assert.fail() }).ask(RANK), 'browser-refused');
});

test('the page explains before the browser asks, and both ask once', async () => {
	let state = 'prompt', explained = 0;
	const page = makePage({ permission: () => state });
	const fetch = network(new TypeError('dismissed'));
	const explain = async () => { explained++; assert.equal(fetch.asked.length, 0); };
	const tacit = paired(fetch, page, { explain });
	// Two at once: the second is not sent into the same question.
	const both = [fails(tacit.ask(RANK), 'browser-refused'), fails(tacit.ask(RANK), 'browser-refused')];
	await Promise.all(both);
	await fails(tacit.ask(RANK), 'browser-refused');
	assert.equal(explained, 1);
	assert.equal(fetch.asked.length, 1);
	assert.equal(fetch.asked[0].signal, undefined);
	// Allowed in the browser's own settings: goes on, and says nothing more.
	state = 'granted';
	const again = network([200, PERMIT]);
	await paired(again, page, { explain }).ask(RANK);
	assert.equal(explained, 1);
	assert.ok(again.asked[0].signal instanceof AbortSignal);
});

test('the person lets the browser, or stops at the explanation', async () => {
	let state = 'prompt';
	const fetch = async () => { state = 'granted'; return new Response(JSON.stringify(PERMIT)); };
	await paired(fetch, makePage({ permission: () => state })).ask(RANK);
	state = 'prompt';
	const none = network();
	await fails(paired(none, makePage({ permission: () => state }), { explain: () => false }).ask(RANK),
		'browser-refused');
	// The permission's older name.
	const old = makePage({ permission: (name) => {
		if (name !== 'local-network-access')
			throw new TypeError(name);
		return 'denied';
	} });
	await fails(paired(none, old).ask(RANK), 'browser-refused');
});

test('waiting for the person', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1700000000000 });
	const pending = [202, { decision: 'pending', uid: 'urn:uuid:1' }];
	const run = async (promise) => {
		const state = { done: false };
		promise.then(() => { state.done = true; }, () => { state.done = true; });
		for (let i = 0; i < 200 && !state.done; i++) {
			for (let turn = 0; turn < 20; turn++)
				await null;
			await new Promise((resolve) => setImmediate(resolve));
			t.mock.timers.tick(1000);
		}
		return promise;
	};
	let fetch = network(pending, [200, { state: 'pending' }], [200, { state: 'granted' }], [200, PERMIT]);
	await run(paired(fetch).ask(RANK, { wait: 60000 }));
	assert.equal(fetch.asked[1].url, 'http://127.0.0.1:7380/v1/asks/urn%3Auuid%3A1');
	assert.equal(fetch.asked[1].method, 'GET');
	assert.notEqual(fetch.asked[3].body.uid, fetch.asked[0].body.uid);
	fetch = network(pending, [200, { state: 'declined' }]);
	await run(fails(paired(fetch).ask(RANK, { wait: 60000 }), 'declined'));
	fetch = network(pending, [200, { state: 'expired' }]);
	await run(fails(paired(fetch).ask(RANK, { wait: 60000 }), 'pending'));
	fetch = network(pending, [200, { state: 'pending' }], [200, { state: 'pending' }]);
	await run(fails(paired(fetch).ask(RANK, { wait: 4000 }), 'pending'));
	// After the wait the ask is sent once more, and no second wait begins.
	fetch = network(pending, [200, { state: 'granted' }], pending);
	await run(fails(paired(fetch).ask(RANK, { wait: 60000 }), 'pending'));
});

test('outcomes', async () => {
	const fetch = network([204], [204], [400, { error: 'format', words: 'No such outcome.' }]);
	const tacit = paired(fetch);
	await tacit.outcome(PERMIT.receipt, { item: 'a', outcome: 'used' });
	await tacit.outcome('urn:uuid:c0', { outcome: 'creepy' });
	assert.deepEqual(fetch.asked.map((request) => request.body), [
		{ receipt: 'urn:uuid:c0', item: 'a', outcome: 'used' }, { receipt: 'urn:uuid:c0', outcome: 'creepy' },
	]);
	await fails(tacit.outcome('urn:uuid:c0', { outcome: 'loved' }), 'format');
});

const SILENT = { decision: 'permit', precision: 'silent', answer: { frame: '/frame/h4nd-le_' } };

async function showFrame(options, answer = SILENT) {
	const page = makePage(), fetch = network([200, answer]);
	const shown = [];
	const chosen = paired(fetch, page).frame({ append: (frame) => shown.push(frame) }, RANK, options);
	chosen.catch(() => {});
	for (let i = 0; i < 20 && shown.length === 0; i++)
		await new Promise((resolve) => setImmediate(resolve));
	return { page, fetch, chosen, frame: shown[0] };
}

test('the frame is closed in, and believed only as the window that it is', async () => {
	const clicks = [];
	const { page, fetch, chosen, frame } = await showFrame({ onchoose: (id) => clicks.push(id) });
	assert.equal(fetch.asked[0].body.authorization_details[0].precision, 'silent');
	assert.equal(frame.tag, 'iframe');
	assert.deepEqual(frame.attributes, {
		sandbox: 'allow-scripts', allow: 'loopback-network; local-network-access',
		referrerpolicy: 'no-referrer', src: 'http://127.0.0.1:7380/frame/h4nd-le_',
	});
	const say = (data, source = frame.contentWindow, origin = 'null') => page.message({ source, origin, data });
	say({ tacit: 'chosen', id: 'a' }, {});
	say({ tacit: 'chosen', id: 'a' }, frame.contentWindow, 'https://shop.example');
	say({ tacit: 'chosen', id: 'stranger' });
	say({ tacit: 'other', id: 'a' });
	say(null);
	for (const px of [-1, 0, 1.5, '100', NaN])
		say({ tacit: 'height', px });
	assert.deepEqual(clicks, []);
	assert.equal(frame.style.height, undefined);
	say({ tacit: 'height', px: 480 });
	assert.equal(frame.style.height, '480px');
	say({ tacit: 'height', px: 1e9 });
	assert.equal(frame.style.height, '4096px', 'a list that is longer scrolls');
	say({ tacit: 'chosen', id: 'b' });
	say({ tacit: 'chosen', id: 'a' });
	assert.equal(await chosen, 'b');
	assert.deepEqual(clicks, ['b', 'a']);
});

test('a frame that is taken away again', async () => {
	const control = new AbortController();
	const { page, chosen, frame } = await showFrame({ signal: control.signal });
	assert.equal(page.listeners.size, 1);
	control.abort();
	await fails(chosen, 'declined');
	assert.equal(frame.removed, true);
	assert.equal(page.listeners.size, 0);
});

test('a frame of somewhere else is not shown', async () => {
	for (const frame of ['//evil.example/frame/x', '/other/x', '/frame/x/../../y', '/frame/', undefined]) {
		const { chosen, frame: shown } = await showFrame({}, { ...SILENT, answer: { frame } });
		await fails(chosen, 'not-reachable');
		assert.equal(shown, undefined);
	}
});

test('against a real server', async () => {
	const seen = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => {
			seen.push([request.method, request.url, request.headers.host, request.headers.authorization, body]);
			if (request.url === '/v1/outcomes') {
				response.writeHead(204).end();
				return;
			}
			response.writeHead(200, { 'Content-Type': 'application/json' });
			response.end(JSON.stringify(request.url === '/v1/pair' ? { token: TOKEN } : PERMIT));
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	const tacit = connect({ page: makePage({ hash: `#tacit=${port}.one-time-CODE` }), fetch: globalThis.fetch });
	const { answer, receipt } = await tacit.ask(RANK);
	assert.deepEqual(answer, PERMIT.answer);
	await tacit.outcome(receipt, { item: 'a', outcome: 'kept' });
	assert.deepEqual(seen.map(([method, url, host, authorization]) => [method, url, host, authorization]), [
		['POST', '/v1/pair', `127.0.0.1:${port}`, 'Bearer one-time-CODE'],
		['POST', '/v1/ask', `127.0.0.1:${port}`, `Bearer ${TOKEN}`],
		['POST', '/v1/outcomes', `127.0.0.1:${port}`, `Bearer ${TOKEN}`],
	]);
	assert.equal(JSON.parse(seen[1][4]).client.id, 'https://shop.example');
	await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
	await fails(tacit.ask(RANK), 'not-reachable');
});
