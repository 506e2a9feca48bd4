// A service's page in Chromium against `tacit serve`: what the person grants gets through, and
// nothing else does. The page is https and of the public web as the browser sees it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Browser } from './chromium.mjs';
import { Person, Service, receiptHolds } from './world.mjs';

const SHOP = 'https://shop.example', EVIL = 'https://evil.example';
const NOIR = ['Third Man, The (1949)', 'Double Indemnity (1944)', 'Notorious (1946)', 'Touch of Evil (1958)',
	'Chinatown (1974)', 'L.A. Confidential (1997)', 'Laura (1944)', 'Rear Window (1954)', 'Vertigo (1958)'];
const SPACE = ['Alien (1979)', 'Aliens (1986)', 'Blade Runner (1982)', 'Matrix, The (1999)', 'Brazil (1985)',
	'Terminator, The (1984)', 'Gattaca (1997)', 'Contact (1997)', 'Dark City (1998)'];
const CANDIDATES = ['Toy Story (1995)', 'Maltese Falcon, The (1941)', 'Star Wars: Episode IV - A New Hope (1977)',
	'Notting Hill (1999)', 'Fargo (1996)', 'Day the Earth Stood Still, The (1951)', 'Casablanca (1942)',
	'Twelve Monkeys (a.k.a. 12 Monkeys) (1995)', 'Big Sleep, The (1946)', 'Shrek (2001)',
].map((title, i) => ({ id: `sku-${i}`, title }));
const RANK = {
	type: 'rank', domain: 'films', purpose: 'dpv:ProvideProductRecommendations', precision: 'order',
	candidates: CANDIDATES, limit: 5,
};
const FRAME_ROW = 48, FRAME_EDGE = 72;	// docs/doors.md: the height follows from the number of rows

const people = [];
let service, browser, ada, bo;

async function make(films) {
	people.push(await Person.make(films));
	return people.at(-1);
}

before(async () => {
	service = await Service.make();
	browser = new Browser('--window-size=800,900', ...service.flags('shop.example', 'evil.example'));
	ada = await make(NOIR);
	bo = await make(SPACE);
});

after(async () => {
	await browser?.close();
	service?.end();
	await Promise.all(people.map((person) => person.end()));
});

// A browser of this person's own, at the service's page, which may reach this machine.
async function visit(person, address = person.let(SHOP)) {
	const { browserContextId } = await browser.send('Target.createBrowserContext');
	for (const origin of [SHOP, EVIL])
		await browser.permit(origin, 'granted', browserContextId);
	const page = await browser.open(address, browserContextId);
	page.address = address;
	page.person = browserContextId;
	return page;
}

const ask = (page, details, options) =>
	page.run((...values) => caught(tacit.ask(...values)), details, options ?? {});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Until `look` gives something true; that.
async function until(what, look) {
	for (let tries = 0; tries < 100; tries++) {
		const seen = await look();
		if (seen)
			return seen;
		await pause(100);
	}
	assert.fail(`in time: ${what}`);
}

// What a frame shows, looked at from inside.
const rows = (frame) => frame.run(() => [...document.querySelectorAll('button')].map((row) => {
	const { x, y, width, height } = row.getBoundingClientRect();
	return { id: row.dataset.id, text: row.innerText, x: x + width / 2, y: y + height / 2 };
}));

const shown = (page) => until('a list in a frame', async () => {
	for (const frame of page.frames) {
		const list = await rows(frame).catch(() => []);
		if (list.length > 0)
			return { frame, list };
	}
});

test('pairing: the code is used once and gone from the address', { timeout: 60000 }, async () => {
	const page = await visit(ada);
	const code = page.address.split('#tacit=')[1];
	assert.equal(await page.run(() => before), page.address);
	assert.equal(await page.run(() => after), `${SHOP}/`);
	assert.deepEqual(await page.run(() => caught(tacit.pair())), {});
	const { entries } = await page.send('Page.getNavigationHistory');
	assert.deepEqual(entries.map(({ url }) => url), ['about:blank', `${SHOP}/`]);
	assert.ok(!JSON.stringify(service.seen).includes(code.split('.')[1]), 'the service has not seen the code');

	// The token stays with the page, and works.
	const kept = await page.run(() => JSON.parse(localStorage.getItem('tacit.pairing.1')));
	assert.equal(kept.port, ada.port);
	assert.match(kept.token, /^[0-9a-f]{64}$/);
	assert.equal((await ask(page, RANK)).error.code, 'pending');
	const again = await browser.open(`${SHOP}/`, page.person);
	assert.equal(await again.run(() => tacit.state), 'paired');
	assert.equal((await ask(again, RANK)).error.code, 'pending');

	// The code is not good a second time.
	const other = await visit(ada, page.address);
	assert.equal((await other.run(() => caught(tacit.pair()))).error.code, 'not-paired');
	assert.equal(await other.run(() => tacit.state), 'not-paired');
	ada.tacit('asks', 'no', '1');
});

test('an ask that is new to the person waits for their word', { timeout: 60000 }, async () => {
	const page = await visit(ada);
	const first = { ...RANK, purpose: 'dpv:ProvideEventRecommendations' };
	const { error } = await ask(page, first);
	assert.deepEqual([error.name, error.code], ['TacitError', 'pending']);
	const card = ada.tacit('asks').split(/\n */);
	assert.deepEqual(card.slice(0, 3), ['2', 'https://shop.example ("Shop") asks about your films.',
		'Leaves: your order of the first 5 of 10 things.']);
	assert.equal(await page.run((uid) => tacit.asked(uid), error.uid), 'pending');
	ada.tacit('asks', 'no', '2');
	assert.equal(await page.run((uid) => tacit.asked(uid), error.uid), 'declined');
	const denied = (await ask(page, first)).error;
	assert.deepEqual([denied.code, denied.reason], ['denied', 'declined']);

	// A page that waits has its answer when the person has said yes.
	const second = ask(page, { ...RANK, purpose: 'dpv:ProvidePersonalisedRecommendations' }, { wait: 30000 });
	await until('the second card', () => /^3\n/.test(ada.tacit('asks')));
	ada.tacit('asks', 'yes', '3', '--precision', 'order');
	const { value } = await second;
	assert.equal(value.precision, 'order');
	assert.deepEqual(value.answer.items.map(({ id }) => id), ada.order(CANDIDATES).slice(0, 5));
});

test('what is granted is the order of the person, with a receipt', { timeout: 60000 }, async () => {
	const orders = [];
	for (const person of [ada, bo]) {
		person.tacit('grant', SHOP, '--precision', 'order');
		const page = await visit(person);
		const { value } = await ask(page, { ...RANK, purpose: 'dpv:ProvidePersonalisedRecommendations' });
		const { answer, receipt } = value;
		orders.push(answer.items.map(({ id }) => id));
		assert.deepEqual(orders.at(-1), person.order(CANDIDATES).slice(0, 5));
		assert.ok(receiptHolds(receipt), 'the receipt that the page got holds');
		const other = structuredClone(receipt);
		other.receipt['tacit:precision'] = 'silent';
		assert.ok(!receiptHolds(other), 'a changed one does not');

		// What became of it comes back to the person.
		const { used } = person.value(SHOP);
		assert.deepEqual(await page.run((of, item) => caught(tacit.outcome(of, { item, outcome: 'used' })),
			receipt, orders.at(-1)[0]), {});
		assert.equal(person.value(SHOP).used, used + 1);
	}
	assert.notDeepEqual(orders[0], orders[1], 'two people have two orders');
});

// Everything that a page can see of a frame without its help, as it is; but for times.
const look = () => {
	const frame = document.querySelector('iframe'), box = frame.getBoundingClientRect();
	const attempt = (what) => { try { return String(what()); } catch (error) { return error.name; } };
	const plain = (entry) => Object.fromEntries(Object.entries(entry.toJSON())
		.filter(([, value]) => !(typeof value === 'number' && !Number.isInteger(value)))
		.filter(([key]) => !['startTime', 'fetchStart', 'responseEnd', 'duration', 'navigationId'].includes(key)));
	return {
		watched, box: [box.x, box.y, box.width, box.height],
		page: [document.body.scrollHeight, document.body.scrollWidth, history.length, window.length,
			document.activeElement.tagName, scrollX, scrollY],
		inside: {
			document: attempt(() => frame.contentDocument),
			window: attempt(() => frame.contentWindow.document),
			address: attempt(() => frame.contentWindow.location.href),
			name: attempt(() => frame.contentWindow.name),
			history: attempt(() => frame.contentWindow.history.length),
			scroll: attempt(() => frame.contentWindow.scrollY),
			height: attempt(() => frame.contentWindow.innerHeight),
			frames: attempt(() => frame.contentWindow.length),
			closed: attempt(() => frame.contentWindow.closed),
		},
		entries: performance.getEntries().filter(({ name }) => name.includes('127.0.0.1')).map(plain),
	};
};

// Watches before there is anything, and asks for a list in a frame.
const show = async (details) => {
	await tacit.pair();
	window.watched = { messages: [], sizes: [], loads: 0, reply: [] };
	addEventListener('message', ({ origin, data }) => watched.messages.push([origin, data]));
	addEventListener('load', (event) => { watched.loads += event.target.tagName === 'IFRAME'; }, true);
	const sizes = new ResizeObserver((seen) => seen.forEach(({ contentRect: { width, height } }) =>
		watched.sizes.push([width, height])));
	new MutationObserver(() => document.querySelectorAll('iframe').forEach((frame) => sizes.observe(frame)))
		.observe(document.getElementById('list'), { childList: true });
	const { fetch } = window;
	window.tacit = window.connect({ name: 'Shop', fetch: async (...request) => {
		const response = await fetch(...request);
		watched.reply.push(response.status, [...response.headers], await response.clone().text());
		return response;
	} });
	window.chosen = caught(tacit.frame(document.getElementById('list'), details));
};

// Random values, ports and times are another each time, whoever it is.
const masked = (seen) => JSON.stringify(seen, null, '\t')
	.replace(/(?<![\w+/-])[\w+/-]{22,}=?(?![\w+/-]|":)/g, '*').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:*')
	.replace(/T\d\d:\d\d:\d\d\.\d{3}Z/g, 'T*');

test('a frame: the person sees the order, the page sees the same for everybody', { timeout: 60000 }, async () => {
	const sights = [], inside = [];
	for (const [name, films] of Object.entries({ noir: NOIR, space: SPACE })) {
		const person = await make(films);	// new ones: nothing of them differs but their history
		person.tacit('grant', SHOP, '--precision', 'silent');
		const page = await visit(person);
		await page.run(show, RANK);
		const { frame, list } = await shown(page);
		await pause(500);
		const seen = await page.run(look);
		sights.push(masked(seen));
		inside.push(list.map(({ id }) => id));
		assert.deepEqual(inside.at(-1), person.order(CANDIDATES), 'the whole list, in the order of the person');
		assert.ok(list[0].text.includes(CANDIDATES.find(({ id }) => id === list[0].id).title));
		assert.deepEqual(seen.watched.messages,
			[['null', { tacit: 'height', px: FRAME_EDGE + FRAME_ROW * CANDIDATES.length }]]);
		assert.equal(seen.inside.document, 'null');
		for (const what of ['window', 'address', 'name', 'history', 'scroll', 'height'])
			assert.equal(seen.inside[what], 'SecurityError', `the frame's ${what} cannot be read`);
		for (const { transferSize, encodedBodySize } of seen.entries.filter((e) => e.initiatorType === 'iframe'))
			assert.deepEqual([transferSize, encodedBodySize], [0, 0]);
		await picture(name, page, frame);

		// The click, as of a mouse on the page's window: on the third row.
		const { used, bits } = person.value(SHOP);
		const { x, y } = await page.run(() => document.querySelector('iframe').getBoundingClientRect().toJSON());
		await page.click(x + list[2].x, y + list[2].y);
		assert.deepEqual(await page.run(() => chosen), { value: list[2].id });
		const clicked = person.value(SHOP);
		assert.equal(clicked.used, used + 1, 'the choice counts as something that came back');
		// one of ten: log2(10) = 3.3219 bits
		assert.ok(Math.abs(clicked.bits - bits - 3.3219) < 0.001, 'and as what left');
		await page.click(x + list[0].x, y + list[0].y);
		await pause(300);
		await picture(name + '-chosen', page, frame);
		assert.deepEqual(await page.run(() => watched.messages.slice(1)),
			[['null', { tacit: 'chosen', id: list[2].id }]], 'one click, and no other');
		assert.equal(person.value(SHOP).used, used + 1);
	}
	assert.notDeepEqual(inside[0], inside[1], 'two people have two orders');
	assert.equal(sights[0], sights[1], 'and the page sees no difference');
});

test('a click that reaches nobody tells nobody', { timeout: 60000 }, async () => {
	const person = await make(NOIR);
	person.tacit('grant', SHOP, '--precision', 'silent');
	const page = await visit(person);
	await page.run(show, RANK);
	const { frame, list } = await shown(page);
	await pause(500);
	await person.close();
	const { x, y } = await page.run(() => document.querySelector('iframe').getBoundingClientRect().toJSON());
	await page.click(x + list[2].x, y + list[2].y);
	await until('words in the frame', () => frame.run(() => document.body.innerText.includes('did not work')));
	assert.ok(await frame.run(() => [...document.querySelectorAll('button')].every((row) => !row.disabled)));
	assert.equal(await page.run(() => watched.messages.length), 1, 'but for the height');
});

// With SHOTS=FOLDER the frames are there to be looked at.
async function picture(name, page, frame) {
	for (const scheme of process.env.SHOTS ? ['light', 'dark'] : []) {
		mkdirSync(process.env.SHOTS, { recursive: true });
		await frame.send('Emulation.setEmulatedMedia',
			{ features: [{ name: 'prefers-color-scheme', value: scheme }] });
		writeFileSync(join(process.env.SHOTS, `${name}-${scheme}.png`), await page.screenshot(scheme));
	}
}

// Each way to an address, and whether it gave anything.
const fetches = async (url, token) => {
	const tell = (promise) => promise.then((answer) => `got ${answer}`, () => 'nothing');
	const headers = token ? { Authorization: `Bearer ${token}` } : {};
	const load = (tag, attribute) => new Promise((resolve, reject) => {
		const element = document.createElement(tag);
		element.onload = () => resolve(tag);
		element.onerror = reject;
		element[attribute] = url;
		document.body.append(element);
		setTimeout(reject, 2000);
	});
	return {
		cors: await tell(fetch(url, { headers }).then((response) => response.status)),
		posted: await tell(fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' },
			body: '{}' }).then((response) => response.status)),
		opaque: await tell(fetch(url, { mode: 'no-cors' }).then((response) => response.type)),
		form: await tell(fetch(url, { mode: 'no-cors', method: 'POST', body: 'x' }).then((response) => response.type)),
		request: await tell(new Promise((resolve, reject) => {
			const request = new XMLHttpRequest();
			request.onload = () => resolve(request.responseText);
			request.onerror = reject;
			request.open('GET', url);
			request.send();
		})),
		image: await tell(load('img', 'src')),
		script: await tell(load('script', 'src')),
		style: await tell((() => {
			const link = document.createElement('link');
			return new Promise((resolve, reject) => {
				Object.assign(link, { rel: 'stylesheet', onload: resolve, onerror: reject, href: url });
				document.head.append(link);
			});
		})()),
	};
};
const NOTHING = { cors: 'nothing', posted: 'nothing', opaque: 'nothing', form: 'nothing', request: 'nothing',
	image: 'nothing', script: 'nothing', style: 'nothing' };

const WORDS = "This is for a frame of the service's page.";

const embed = (url) => {
	const frame = document.createElement('iframe');
	frame.setAttribute('allow', 'loopback-network; local-network-access');
	frame.src = url;
	document.body.append(frame);
};

test('a handle is good once, in a frame, and for nothing else', { timeout: 60000 }, async () => {
	const page = await visit(ada);
	const { value } = await ask(page, { ...RANK, precision: 'silent' });
	const url = `http://127.0.0.1:${ada.port}${value.answer.frame}`;
	// Its origin was let in and may read refusals: of these there is one, and no list.
	const refused = 'got ' + JSON.stringify({ error: 'site', words: WORDS });
	assert.deepEqual(await page.run(fetches, url),
		{ ...NOTHING, cors: 'got 403', form: 'got opaque', request: refused });
	const alone = await browser.open(url, page.person);
	assert.doesNotMatch(await alone.run(() => document.documentElement.outerHTML), /sku/, 'not in a window');
	await page.run(embed, url);
	const { frame, list } = await shown(page);
	assert.equal(list.length, CANDIDATES.length, 'none of this has used it up');
	assert.equal(await frame.run(() => origin), 'null', 'it has no origin where the page gives it no sandbox');
	await page.run(embed, url);
	await until('the second frame', () => page.frames.length === 2);
	await pause(500);
	const lists = await Promise.all(page.frames.map((frame) => rows(frame).catch(() => [])));
	assert.deepEqual(lists.map(({ length }) => length).sort(), [0, CANDIDATES.length], 'it shows nothing twice');
	assert.equal(await page.run(() => window.length), 2);
});

test('a page that was not let in gets nothing', { timeout: 60000 }, async () => {
	const shop = await visit(ada);
	assert.deepEqual(await shop.run(() => caught(tacit.pair())), {});
	const stolen = await shop.run(() => JSON.parse(localStorage.getItem('tacit.pairing.1')));
	const { value } = await ask(shop, { ...RANK, precision: 'silent' });
	const url = `http://127.0.0.1:${ada.port}`;
	const { asks } = ada.value(SHOP);

	const evil = await visit(ada, `${EVIL}/#tacit=${ada.port}.${'0'.repeat(64)}`);
	for (const path of ['/v1/ask', '/v1/pair', '/v1/outcomes', '/openapi.json', '/', value.answer.frame])
		for (const token of ['', stolen.token])
			assert.deepEqual(await evil.run(fetches, url + path, token), NOTHING, path);
	assert.equal((await evil.run(() => caught(tacit.pair()))).error.code, 'not-reachable');
	await evil.run((kept) => localStorage.setItem('tacit.pairing.1', JSON.stringify(kept)), stolen);
	assert.equal((await ask(evil, RANK)).error.code, 'not-reachable');
	assert.equal(ada.value(SHOP).asks, asks, 'no ask came through');

	// Nor can it show the shop's list in a frame of its own.
	await evil.run(embed, url + value.answer.frame);
	await until('the frame', () => evil.frames.length === 1);
	await pause(500);
	assert.deepEqual(await rows(evil.frames[0]).catch(() => []), []);
	assert.ok(await evil.run(() => document.querySelector('iframe').contentDocument === null));
});

test('a refusal says what would be answered', { timeout: 60000 }, async () => {
	const page = await visit(bo);
	bo.tacit('grant', SHOP, '--precision', 'silent', '--count', '20');
	bo.tacit('comfort', SHOP, 'silent');
	for (const more of [{}, { precision: 'subset', epsilon: '0.5' }, { precision: 'reasons', explain: true }]) {
		const details = { ...RANK, ...more, retention: 'P30D' };
		const { error } = await ask(page, details);
		assert.equal(error.code, 'less', JSON.stringify(error));
		assert.deepEqual(error.smallest, { precision: 'silent', retention: 'P0D' });
		assert.match(error.words, /\w+ \w+/);
		const { value, error: none } = await ask(page, { ...details, ...error.smallest });
		assert.equal(none, undefined);
		assert.equal(value.precision, 'silent');
	}
});
