/**
 * tacit for services: asks the person's own tacit, on the person's own machine, and gets an answer
 * or a no. The protocol is in docs/doors.md, the asks are in docs/terms.md.
 *
 *	import { connect } from './tacit.js';
 *	const tacit = connect({ name: 'Shop', explain: () => showWhyAndWait() });
 *	try {
 *		const { answer, receipt } = await tacit.ask({ type: 'rank', domain: 'films',
 *			purpose: 'dpv:ProvideProductRecommendations', precision: 'order',
 *			candidates: [{ id: 'sku1', title: 'Amélie', year: 2001 }], limit: 10 });
 *	} catch (error) {
 *		if (error.code !== 'not-paired') console.log(error.words);
 *	}
 *
 * Nothing is sent before the page calls ask, frame, outcome or pair, and each sends one request:
 * to one port, without a retry. A page without a pairing sends nothing at all.
 */

const PROFILE = 'https://tacit.example/odrl/1';
const PORT = 7380;
const KEY = 'tacit.pairing.1';
const ANSWER_MS = 30000;	// how long an answer may take
const POLL_MS = 2000;		// between two looks at what the person has said
const WAIT_MS = 15 * 60000;	// no ask is open for longer
const FRAME_PX = 4096;		// a longer list scrolls in its frame

const WORDS = {
	'not-paired': 'This site is not connected to your tacit.',
	'not-reachable': 'Your tacit does not answer: it is not running, or not on this device.',
	'browser-refused': 'The browser does not let this site reach your tacit.',
	pending: 'Your tacit has asked you and waits for your word.',
	declined: 'You said no.',
	less: 'Your tacit answers a smaller question.',
	denied: 'Your tacit does not answer this.',
	busy: 'Your tacit has had too many questions; try again later.',
	locked: 'Your tacit is locked.',
	format: 'Your tacit does not understand this question.',
};

/**
 * Whatever went wrong. `code` is a key of WORDS; "not-reachable" is told for a tacit that is not
 * installed and for one that is not running, which a page has no business to tell apart. "format"
 * is a mistake of the page's.
 */
export class TacitError extends Error {
	/**
	 * @param {string} code
	 * @param {{words?: string, reason?: string, smallest?: object, uid?: string}} [more]
	 *	words: a sentence for the person; reason: of "less" and "denied"; smallest: of "less",
	 *	the members to change, so that ask({ ...details, ...error.smallest }) is answered;
	 *	uid: of "pending"
	 */
	constructor(code, more = {}) {
		super(more.words || WORDS[code]);
		this.name = 'TacitError';
		this.code = code;
		this.words = this.message;
		this.reason = more.reason;
		this.smallest = more.smallest;
		this.uid = more.uid;
	}
}

/** "PORT.CODE" or "CODE" in parts; null for anything else. */
function takeCode(text, port) {
	const found = /^(?:(\d{1,5})\.)?([A-Za-z0-9_-]{8,128})$/.exec(String(text).trim());
	if (!found)
		return null;
	const at = found[1] === undefined ? port : Number(found[1]);
	return validPort(at) ? { port: at, code: found[2] } : null;
}

/** Ports below are of other programs, and no link shall make a page talk to those. */
const validPort = (port) => Number.isInteger(port) && port >= 1024 && port <= 65535;

/** Takes `#tacit=PORT.CODE` out of the address, before anything else can read or keep it. */
function takeFragment(page, port) {
	const hash = page.location?.hash || '';
	if (!hash.startsWith('#tacit='))
		return null;
	page.history.replaceState(page.history.state, '', page.location.pathname + page.location.search);
	return takeCode(hash.slice('#tacit='.length), port);
}

function base64url(bytes) {
	return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** Details of a page as an ask of docs/terms.md. */
function makeAsk(page, name, details, seconds) {
	const { type, domain, retention = 'P0D', recipient, offer, epsilon, ...rest } = details;
	const origin = page.location.origin;
	const now = Date.now();
	const time = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
	return {
		'@type': 'Request',
		uid: `urn:uuid:${page.crypto.randomUUID()}`,
		profile: PROFILE,
		issued: time(now),
		expires: time(now + seconds * 1000),
		nonce: base64url(page.crypto.getRandomValues(new Uint8Array(16))),
		client: { id: origin, name },
		authorization_details: [{
			type: `https://tacit.example/ask/${type}/1`,
			actions: [type],
			datatypes: ['dpv:ObservedPersonalData', 'dpv:InferredPersonalData'],
			locations: [`tacit:domain/${domain}`],
			...rest,
			// A smaller question may have no use for it: only a drawn list costs epsilon.
			...(rest.precision === 'subset' && epsilon !== undefined && { epsilon }),
		}],
		retention: typeof retention === 'string' ? { 'dpv:hasStorageCondition': retention } : retention,
		recipient: recipient || [origin],
		...(offer && { offer }),
	};
}

/** What the browser says of reaching this machine: granted, prompt, denied; granted where it has no
 *  such permission. */
async function permission(page) {
	for (const name of ['loopback-network', 'local-network-access']) {
		try {
			return (await page.navigator.permissions.query({ name })).state;
		} catch {
			// another name, or none
		}
	}
	return 'granted';
}

/** The error of an answer that is not a yes. */
function refusal(status, body) {
	const more = { words: body.words, reason: body.reason, smallest: body.smallest, uid: body.uid };
	const code = {
		202: 'pending', 400: 'format', 401: 'not-paired', 409: 'less', 429: 'busy',
		403: body.decision === 'deny' ? 'denied' : 'not-paired',
		503: body.error === 'locked' ? 'locked' : 'busy',
	}[status];
	return new TacitError(code || 'not-reachable', more);	// else: something else listens there
}

/**
 * A connection of this page. Sends nothing.
 *
 * @param {object} [options]
 * @param {string} [options.name] what the person is told the service is called
 * @param {number} [options.port] where tacit listens; the pairing's own port goes before it
 * @param {Storage} [options.storage] keeps the pairing; default localStorage
 * @param {function} [options.fetch]
 * @param {function(): (boolean|Promise<boolean>)} [options.explain] called before the browser asks
 *	the person whether this site may reach programs on this device: say why. False stops.
 * @param {object} [options.page] the window; for tests
 */
export function connect(options = {}) {
	const page = options.page || globalThis;
	const storage = options.storage || page.localStorage;
	const send = options.fetch || page.fetch.bind(page);
	const name = options.name || page.location.hostname;
	const port = validPort(options.port) ? options.port : PORT;
	let code = takeFragment(page, port);
	let underWay = null;		// a pairing that was begun
	let prompted = false;
	let last = Promise.resolve();

	function pairing() {
		try {
			const kept = JSON.parse(storage.getItem(KEY));
			return validPort(kept.port) && /^[0-9a-f]{64}$/.test(kept.token) ? kept : null;
		} catch {
			return null;
		}
	}

	/** Asks for the browser's permission once in the life of the page, and says why before. */
	async function permitted() {
		const state = await permission(page);
		if (state === 'denied' || (state === 'prompt' && prompted))
			throw new TacitError('browser-refused');
		if (state === 'prompt') {
			prompted = true;
			if (options.explain && await options.explain() === false)
				throw new TacitError('browser-refused');
		}
		return state;
	}

	/** One request after the other, so that the browser's question is met by the first alone. */
	function call(...request) {
		const answer = last.then(() => callNow(...request));
		last = answer.catch(() => {});
		return answer;
	}

	/** Resolves with status and body; rejects where nobody answered. */
	async function callNow(to, secret, method, path, body) {
		const state = await permitted();
		try {
			const response = await send(`http://127.0.0.1:${to}${path}`, {
				method,
				headers: {
					Authorization: `Bearer ${secret}`,
					...(body && { 'Content-Type': 'application/json' }),
				},
				body: body && JSON.stringify(body),
				mode: 'cors', credentials: 'omit', cache: 'no-store', redirect: 'error',
				referrerPolicy: 'no-referrer',
				// A person who reads the browser's question is not hurried.
				signal: state === 'prompt' ? undefined : AbortSignal.timeout(ANSWER_MS),
			});
			const text = await response.text();
			let parsed = {};
			try {
				parsed = JSON.parse(text) || {};
			} catch {
				// no JSON: the status says enough
			}
			return { status: response.status, body: parsed };
		} catch {
			const after = await permission(page);
			throw new TacitError(after === 'granted' ? 'not-reachable' : 'browser-refused');
		}
	}

	/** A request under the pairing. */
	async function authorized(method, path, body) {
		if (code)
			underWay = connection.pair().finally(() => { underWay = null; });
		await underWay;
		const paired = pairing();
		if (!paired)
			throw new TacitError('not-paired');
		const answer = await call(paired.port, paired.token, method, path, body);
		if (answer.status === 401)
			connection.forget();
		return { ...answer, port: paired.port };
	}

	async function askOnce(details, seconds) {
		const answer = await authorized('POST', '/v1/ask', makeAsk(page, name, details, seconds));
		if (answer.status !== 200 || answer.body.decision !== 'permit')
			throw refusal(answer.status, answer.body);
		const { precision, answer: said, receipt } = answer.body;
		return { precision, answer: said, receipt, port: answer.port };
	}

	/** Until the person has answered or `ms` have passed. */
	async function waitFor(error, ms) {
		const end = Date.now() + Math.min(ms, WAIT_MS);
		while (Date.now() < end) {
			await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS, end - Date.now())));
			const state = await connection.asked(error.uid);
			if (state === 'granted')
				return;
			if (state !== 'pending')
				throw new TacitError(state === 'declined' ? 'declined' : 'pending', { uid: error.uid });
		}
		throw error;
	}

	async function ask(details, { wait = 0, seconds = 60 } = {}) {
		try {
			return await askOnce(details, seconds);
		} catch (error) {
			if (error.code !== 'pending' || !wait)
				throw error;
			await waitFor(error, wait);
		}
		return askOnce(details, seconds);
	}

	const connection = {
		/** "paired"; "code" where one has come and was not used yet; "not-paired". */
		get state() {
			return code ? 'code' : pairing() ? 'paired' : 'not-paired';
		},

		/**
		 * Trades the code that `tacit grant ORIGIN --ask` shows for a lasting token.
		 * @param {string} [text] as the person pasted it; without it the one of the address
		 */
		async pair(text) {
			const found = text === undefined ? code : takeCode(text, port);
			code = null;			// it is good for one attempt
			if (!found)
				throw new TacitError('not-paired');
			const { status, body } = await call(found.port, found.code, 'POST', '/v1/pair');
			if (status !== 200 || !/^[0-9a-f]{64}$/.test(body.token))
				throw status === 200 ? new TacitError('not-reachable') : refusal(status, body);
			storage.setItem(KEY, JSON.stringify({ port: found.port, token: body.token }));
		},

		/** Drops the pairing on this side. */
		forget() {
			storage.removeItem(KEY);
		},

		/**
		 * @param {object} details type, domain, purpose, precision and what else the ask has in
		 *	docs/terms.md: candidates, limit, epsilon, explain, question, facts, datatypes,
		 *	identifier; retention ("P0D"), recipient, offer
		 * @param {{wait?: number, seconds?: number}} [options] wait: milliseconds to wait for
		 *	the person where the ask is new to them; seconds: how long the ask is good
		 * @returns {Promise<{precision: string, answer: object, receipt: object}>}
		 */
		async ask(details, options) {
			const { precision, answer, receipt } = await ask(details, options);
			return { precision, answer, receipt };
		},

		/** What the person has said to a pending ask: pending, granted, declined, expired. */
		async asked(uid) {
			const { status, body } = await authorized('GET', `/v1/asks/${encodeURIComponent(uid)}`);
			if (status !== 200)
				throw refusal(status, body);
			return body.state;
		},

		/**
		 * Shows the person an order that the page does not see, and tells what was clicked.
		 * @param {Element} element where the frame goes
		 * @param {object} details as of ask, of type rank; precision is "silent"
		 * @param {{onchoose?: function(string), signal?: AbortSignal, wait?: number}} [options]
		 *	onchoose: for each click; signal: takes the frame away again
		 * @returns {Promise<string>} the id that is clicked first
		 */
		async frame(element, details, { onchoose, signal, ...options } = {}) {
			const { answer, port: at } = await ask({ ...details, precision: 'silent' }, options);
			if (!/^\/frame\/[A-Za-z0-9_-]+$/.test(answer?.frame))
				throw new TacitError('not-reachable');
			const frame = page.document.createElement('iframe');
			// Scripts and nothing else: not even the origin that it came from.
			frame.setAttribute('sandbox', 'allow-scripts');
			frame.setAttribute('allow', 'loopback-network; local-network-access');
			frame.setAttribute('referrerpolicy', 'no-referrer');
			frame.setAttribute('src', `http://127.0.0.1:${at}${answer.frame}`);
			frame.style.cssText = 'border:0;width:100%';
			const known = new Set(details.candidates.map((candidate) => candidate.id));
			return new Promise((resolve, reject) => {
				function hear(event) {
					// The window is what counts; a sandboxed page has no origin but "null".
					if (event.source !== frame.contentWindow || event.origin !== 'null')
						return;
					const { tacit, id, px } = event.data || {};
					if (tacit === 'height' && Number.isInteger(px) && px > 0)
						frame.style.height = `${Math.min(px, FRAME_PX)}px`;
					if (tacit === 'chosen' && known.has(id)) {
						onchoose?.(id);
						resolve(id);
					}
				}
				function close() {
					page.removeEventListener('message', hear);
					frame.remove();
					reject(new TacitError('declined', { words: 'The frame was closed.' }));
				}
				if (signal?.aborted)
					return close();
				page.addEventListener('message', hear);
				signal?.addEventListener('abort', close);
				element.append(frame);
			});
		},

		/**
		 * Tells tacit what became of an answer, so that the next is better.
		 * @param {string|object} receipt of the answer, or its identifier
		 * @param {{item?: string, outcome: string}} what outcome: used, kept, ignored, dismissed, creepy
		 */
		async outcome(receipt, { item, outcome }) {
			const uid = typeof receipt === 'string' ? receipt : receipt.uid;
			const { status, body } = await authorized('POST', '/v1/outcomes', { receipt: uid, item, outcome });
			if (status !== 204)
				throw refusal(status, body);
		},
	};
	return connection;
}
