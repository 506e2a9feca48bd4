// The two sides of the table: a person with the real program, and a service with pages of its own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url);
const TACIT = process.env.TACIT || new URL('build/tacit', root).pathname;
const client = readFileSync(new URL('web/client/tacit.js', root));

// A person: a temporary home with a vault, a history of films, and open doors.
export class Person {
	static async make(films) {
		const person = new Person();
		person.folder = mkdtempSync(join(tmpdir(), 'tacit-person-'));
		writeFileSync(join(person.folder, 'key'), randomBytes(32), { mode: 0o600 });
		writeFileSync(join(person.folder, 'films.tsv'), 'time\tverb\titem\n' + films.map((film, i) =>
			`2025-0${1 + Math.floor(i / 9)}-0${1 + i % 9}T20:15:00Z\twatch\t${film}\n`).join(''));
		person.tacit('init');
		person.tacit('add', join(person.folder, 'films.tsv'));
		await person.#serve();
		return person;
	}

	get #environment() {
		return { ...process.env, TACIT_HOME: join(this.folder, 'home'), TACIT_KEY_FILE: join(this.folder, 'key') };
	}

	// What the command says; JSON, parsed, where that is asked for.
	tacit(...words) {
		const { status, stdout, stderr } = spawnSync(TACIT, words, { encoding: 'utf8', env: this.#environment });
		assert.equal(status, 0, `tacit ${words.join(' ')}: ${stderr}`);
		return words.includes('--json') ? JSON.parse(stdout) : stdout;
	}

	#serve() {
		this.server = spawn(TACIT, ['serve', '--port', '0', '--json'],
			{ env: this.#environment, stdio: ['ignore', 'pipe', 'inherit'] });
		return new Promise((resolve, reject) => {
			this.server.once('exit', () => reject(new Error('tacit serve ended')));
			this.server.stdout.once('data', (text) => {
				this.port = Number(new URL(JSON.parse(text).url).port);
				resolve();
			});
		});
	}

	// The address that `tacit grant --ask` shows. It names the usual port, and this one is another.
	let(origin) {
		const shown = /^ +(https:\S+\/#tacit=)7380\.([0-9a-f]{64})$/m.exec(this.tacit('grant', origin, '--ask'));
		assert.ok(shown, 'the address with the code stands in a line of its own');
		return `${shown[1]}${this.port}.${shown[2]}`;
	}

	// Identifiers of candidates in this person's order, which is nobody's but theirs.
	order(candidates) {
		const file = join(this.folder, 'list');
		writeFileSync(file, candidates.map(({ title }) => title + '\n').join(''));
		return this.tacit('rank', 'films', '-f', file, '--json').map(({ item }) =>
			candidates.find(({ title }) => title === item).id);
	}

	value(service) {
		return this.tacit('value', '--json').find((row) => row.service === service);
	}

	async close() {
		const { server } = this;
		this.server = null;
		if (!server)
			return;
		const ended = new Promise((resolve) => server.once('exit', resolve));
		server.kill('SIGTERM');
		await ended;
	}

	async end() {
		await this.close();
		rmSync(this.folder, { recursive: true });
	}
}

// Whether somebody who has the file and nothing else finds that it holds.
export function receiptHolds(receipt) {
	const folder = mkdtempSync(join(tmpdir(), 'tacit-receipt-'));
	writeFileSync(join(folder, 'receipt.json'), JSON.stringify(receipt));
	const { status } = spawnSync(TACIT, ['receipt', 'check', join(folder, 'receipt.json')],
		{ env: { ...process.env, TACIT_HOME: join(folder, 'nobody') } });
	rmSync(folder, { recursive: true });
	assert.ok(status === 0 || status === 1, `tacit receipt check ends with ${status}`);
	return status === 0;
}

const PAGE = `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Shop</title>
<h1>Tonight</h1><div id="list"></div><script type="module" src="/shop.js"></script>`;

// All that the page does by itself; the tests drive it from there.
const SCRIPT = `import { connect } from '/tacit.js';
window.before = location.href;
window.tacit = connect({ name: 'Shop' });
window.connect = connect;
window.after = location.href;
window.caught = (promise) => promise.then((value) => ({ value }), (error) => ({ error: {
	name: error.name, code: error.code, words: error.words, reason: error.reason,
	smallest: error.smallest, uid: error.uid } }));`;

// https for whatever names the browser is told to find here. `seen`: each request, as a line.
export class Service {
	seen = [];

	static async make() {
		const service = new Service();
		const folder = mkdtempSync(join(tmpdir(), 'tacit-service-'));
		const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
		const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
			'-nodes', '-days', '2', '-subj', '/CN=shop.example', '-keyout', key, '-out', cert]);
		assert.equal(made.status, 0, 'openssl makes a certificate');
		service.server = createServer({ key: readFileSync(key), cert: readFileSync(cert) },
			(request, response) => service.#answer(request, response));
		rmSync(folder, { recursive: true });
		await new Promise((resolve) => service.server.listen(0, '127.0.0.1', resolve));
		service.port = service.server.address().port;
		return service;
	}

	#answer(request, response) {
		const [type, body] = {
			'/tacit.js': ['text/javascript', client], '/shop.js': ['text/javascript', SCRIPT],
		}[request.url] || ['text/html', PAGE];
		this.seen.push([request.headers.host, request.url, request.headers.referer].join(' '));
		response.writeHead(200, {
			'Content-Type': type,
			'Content-Security-Policy': "default-src 'self'; style-src 'unsafe-inline'; " +
				'connect-src http://127.0.0.1:*; frame-src http://127.0.0.1:*',
		});
		response.end(body);
	}

	// For Chromium: these hosts are here and nothing else is anywhere, and here is the public web.
	flags(...hosts) {
		return ['--ignore-certificate-errors', `--ip-address-space-overrides=127.0.0.1:${this.port}=public`,
			'--host-resolver-rules=' + [...hosts.map((host) => `MAP ${host} 127.0.0.1:${this.port}`),
				'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(',')];
	}

	end() {
		this.server.closeAllConnections();
		this.server.close();
	}
}
