// Chromium with DevTools on a pipe: messages of JSON, each ended by a NUL.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHROMIUM = process.env.CHROMIUM || 'chromium';

// Why there is none to test with, or false.
export const absent = spawnSync(CHROMIUM, ['--version']).status !== 0 && `there is no ${CHROMIUM} here`;

export class Browser {
	#waiting = new Map();
	#listeners = new Map();		// of each session
	#last = 0;
	#rest = '';

	constructor(...flags) {
		this.profile = mkdtempSync(join(tmpdir(), 'tacit-chromium-'));
		this.process = spawn(CHROMIUM, ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
			'--remote-debugging-pipe', `--user-data-dir=${this.profile}`, ...flags],
			{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
		this.process.stdio[4].setEncoding('utf8').on('data', (text) => {
			const messages = (this.#rest + text).split('\0');
			this.#rest = messages.pop();
			for (const message of messages)
				this.#take(JSON.parse(message));
		});
	}

	#take({ id, result, error, method, params, sessionId }) {
		if (id === undefined)
			return this.#listeners.get(sessionId)?.(method, params);
		this.#waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
		this.#waiting.delete(id);
	}

	send(method, params, sessionId) {
		this.process.stdio[3].write(JSON.stringify({ id: ++this.#last, method, params, sessionId }) + '\0');
		return new Promise((resolve) => this.#waiting.set(this.#last, resolve));
	}

	// Lets pages of `origin` reach programs on this machine, or not.
	async permit(origin, setting, browserContextId) {
		for (const name of ['loopback-network', 'local-network-access'])
			await this.send('Browser.setPermission',
				{ permission: { name }, setting, origin, browserContextId });
	}

	// A page with a session; a person of its own where `person` is a browser context.
	async open(url, person) {
		const { targetId } = await this.send('Target.createTarget',
			{ url: 'about:blank', browserContextId: person });
		const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
		const page = new Page(this, sessionId, targetId);
		this.#listeners.set(sessionId, (method, params) => page.hear(method, params));
		await page.send('Page.enable');
		await page.send('Target.setAutoAttach',
			{ autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
		const loaded = page.loaded();
		await page.send('Page.navigate', { url });
		await loaded;
		return page;
	}

	async close() {
		const ended = new Promise((resolve) => this.process.once('exit', resolve));
		this.send('Browser.close');
		await ended;
		// Its children may still write for a moment.
		await rm(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
	}
}

export class Page {
	frames = [];		// pages in frames that have a process of their own
	#load = null;

	constructor(browser, session, target) {
		this.browser = browser;
		this.session = session;
		this.target = target;
	}

	hear(method, params) {
		if (method === 'Page.loadEventFired')
			this.#load?.();
		if (method === 'Target.attachedToTarget' && params.targetInfo.type === 'iframe')
			this.frames.push(new Page(this.browser, params.sessionId, params.targetInfo.targetId));
		if (method === 'Target.detachedFromTarget')
			this.frames = this.frames.filter((frame) => frame.session !== params.sessionId);
	}

	loaded() {
		return new Promise((resolve) => { this.#load = resolve; });
	}

	send(method, params) {
		return this.browser.send(method, params, this.session);
	}

	// Runs a function in the page; arguments and result are JSON.
	async run(body, ...values) {
		const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
			expression: `(${body})(...${JSON.stringify(values)})`, awaitPromise: true, returnByValue: true,
		});
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
		return result.value;
	}

	// A click as of a mouse, at these pixels of the window.
	async click(x, y) {
		for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'])
			await this.send('Input.dispatchMouseEvent',
				{ type, x, y, button: type === 'mouseMoved' ? 'none' : 'left', clickCount: 1 });
	}

	async screenshot(scheme) {
		await this.send('Emulation.setEmulatedMedia',
			{ features: [{ name: 'prefers-color-scheme', value: scheme }] });
		const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
		return Buffer.from(data, 'base64');
	}
}
