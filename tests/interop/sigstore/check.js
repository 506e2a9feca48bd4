// Checks proof files that ledger_interop wrote with @sigstore/verify: the checkpoint's signature
// and the inclusion of the entry, as it checks those of a transparency log of Sigstore; and that it
// refuses every one of them that was changed.
//
//	node check.js FOLDER [RECEIPT]	where npm has installed package.json beside this file
//
// The package shows a verifier of whole Sigstore bundles only, whose entries are of Sigstore's own
// kinds. What it does to any entry of a log is in dist/tlog, which is imported by its path (the
// package has no "exports"): hence the pinned version.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { toTrustMaterial } = require('@sigstore/verify');
const { verifyTLogInclusion } = require('@sigstore/verify/dist/tlog/index.js');
const { PublicKeyDetails } = require('@sigstore/protobuf-specs');

const folder = process.argv[2];
const read = (path) => readFileSync(join(folder, path), 'utf8');

function fail(what) {
	console.error(`sigstore: ${what}`);
	process.exit(1);
}

// NAME+ID+BASE64 of 0x01 and the key, as the log of a root of trust.
function logs(vkey) {
	const [, name, id, base64] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
	const material = Buffer.from(base64, 'base64');
	if (material.length !== 33 || material[0] !== 1)
		fail('the key is not Ed25519');
	// SubjectPublicKeyInfo of Ed25519 (RFC 8410): 12 bytes before the key.
	const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), material.subarray(1)]);
	return toTrustMaterial({
		certificateAuthorities: [], timestampAuthorities: [], ctlogs: [],
		tlogs: [{
			baseUrl: `https://${name}`,
			logId: { keyId: Buffer.from(id, 'hex') },
			publicKey: { rawBytes: spki, keyDetails: PublicKeyDetails.PKIX_ED25519 },
		}],
	}).tlogs;
}

// A proof file as the entry of a Sigstore bundle.
function entry(file, body) {
	const split = file.indexOf('\n\n');
	const lines = file.slice(0, split).split('\n');
	const envelope = file.slice(split + 2);
	if (lines.shift() !== 'c2sp.org/tlog-proof@v1')
		fail('not a proof file');
	if (lines[0].startsWith('extra '))
		lines.shift();
	const index = lines.shift().match(/^index (\d+)$/)[1];
	const [, size, root] = envelope.split('\n');
	return {
		logIndex: index,
		canonicalizedBody: Buffer.from(body),
		inclusionProof: {
			logIndex: index, treeSize: size, rootHash: Buffer.from(root, 'base64'),
			hashes: lines.map((line) => Buffer.from(line, 'base64')),
			checkpoint: { envelope },
		},
	};
}

function holds(entry, tlogs) {
	try {
		verifyTLogInclusion(entry, tlogs);
		return true;
	} catch {
		return false;
	}
}

function flipped(text, at) {
	const bytes = Buffer.from(text);
	bytes[at] ^= 1;
	return bytes.toString();
}

// Every entry that differs from the right one in one thing.
function* changed(file, body) {
	const good = entry(file, body);
	const proof = good.inclusionProof;
	const envelope = proof.checkpoint.envelope;
	const text = envelope.indexOf('\n\n') + 1;
	const make = (what, change) => {
		const other = entry(file, body);
		change(other, other.inclusionProof);
		return [what, other];
	};
	for (let i = 0; i < body.length; i++)
		yield make(`byte ${i} of the entry`, (e) => { e.canonicalizedBody[i] ^= 1; });
	for (let h = 0; h < proof.hashes.length; h++)
		for (let i = 0; i < 32; i++)
			yield make(`byte ${i} of hash ${h}`, (e, p) => { p.hashes[h][i] ^= 1; });
	yield make('a hash less', (e, p) => { p.hashes.pop(); });
	yield make('a hash more', (e, p) => { p.hashes.push(Buffer.alloc(32)); });
	for (const index of [1n, -1n, 2n, 256n])
		yield make(`index ${index} further`, (e, p) => { p.logIndex = String(BigInt(p.logIndex) + index); });
	// The text: origin, size and root. The root beside it in the bundle is not what is believed.
	for (let i = 0; i < text; i++)
		yield make(`byte ${i} of the checkpoint`, (e, p) => { p.checkpoint.envelope = flipped(envelope, i); });
	const line = envelope.slice(text + 1).match(/^— (\S+) (\S+)\n$/);
	const signature = Buffer.from(line[2], 'base64');
	for (let i = 0; i < signature.length; i++) {
		const other = Buffer.from(signature);
		other[i] ^= 1;
		yield make(`byte ${i} of the signature`, (e, p) => {
			p.checkpoint.envelope = envelope.slice(0, text + 1) + `— ${line[1]} ${other.toString('base64')}\n`;
		});
	}
	yield make('another name', (e, p) => {
		p.checkpoint.envelope = envelope.replace(`— ${line[1]}`, '— example.com/other');
	});
}

const tlogs = logs(read('vkey'));
let good = 0, bad = 0;
for (const name of readdirSync(folder).filter((name) => name.startsWith('proof.')).sort()) {
	const file = read(name), body = `entry ${name.slice('proof.'.length)}`;
	if (!holds(entry(file, body), tlogs))
		fail(`${name} does not verify`);
	good++;
	for (const [what, other] of changed(file, body)) {
		if (holds(other, tlogs))
			fail(`${name}: ${what} was changed, and it verifies`);
		bad++;
	}
}
if (good === 0)
	fail('there are no proof files');
console.log(`@sigstore/verify: ${good} proof files verify, ${bad} changed ones do not`);

// A receipt of tacit, if one is given: the entry is the commitment of its canonical form.
function canonical(value) {
	if (Array.isArray(value))
		return `[${value.map(canonical).join(',')}]`;
	if (value === null || typeof value !== 'object')
		return JSON.stringify(value);
	return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

if (process.argv[3]) {
	const held = JSON.parse(readFileSync(process.argv[3], 'utf8'));
	const commit = (receipt) => createHash('sha256').update(Buffer.from(held.salt, 'base64'))
		.update(canonical(receipt)).digest();
	const keys = logs(held.vkey);
	if (!holds(entry(held.proof, commit(held.receipt)), keys))
		fail('the receipt does not verify');
	if (holds(entry(held.proof, commit({ ...held.receipt, 'tacit:usesLeft': 7 })), keys))
		fail('the receipt was changed, and it verifies');
	console.log('@sigstore/verify: the receipt holds, and does not when it is changed');
}
