// A release's page: verifies its reports with WebCrypto, against the site's key and log and what this browser saw.
const SITE = new URL(root, location.href).pathname;
const refuse = reason => { throw new Error(reason); };
const bytesOf = base64 => Uint8Array.from(atob(base64), character => character.charCodeAt(0));
const base64 = bytes => btoa(String.fromCharCode(...bytes));
const equal = (one, other) => hex(one) === hex(other);
const joined = (...parts) => new Uint8Array(parts.flatMap(part => [...part]));
const canonical = value => JSON.stringify(value, (_, each) => // RFC 8785
  each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.keys(each).sort().map(key => [key, each[key]])) : each);

async function isSigned(raw, signature, message) {
  let key;
  try { key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]); }
  catch { refuse("This browser cannot check Ed25519 signatures."); }
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

// --- DSSE: the signature is over the payload's very bytes
async function openReport(content, keys) {
  const envelope = JSON.parse(text(content)), payload = bytesOf(envelope.payload);
  if (envelope.payloadType !== "application/vnd.in-toto+json") refuse("The envelope holds no in-toto statement.");
  const head = `DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `;
  for (const {keyid, sig} of envelope.signatures)
    for (const key of keys.filter(each => each.keyid === keyid))
      if (await isSigned(bytesOf(key.raw), bytesOf(sig), joined(encode(head), payload))) return payload;
  return refuse("It is not signed by the site's published key.");
}

// --- RFC 6962 and RFC 9162: hashes, ranges and proofs, as in the log's own code
const leafHash = entry => sha256(joined([0], entry));
const nodeHash = (left, right) => sha256(joined([1], left, right));
const middle = (begin, end) => { let size = 1; while (size * 2 < end - begin) size *= 2; return begin + size; };

async function isIncluded(leaf, index, size, path, top) {
  if (!(index < size)) return false;
  let node = index, last = size - 1, result = leaf;
  for (const step of path) {
    if (last === 0) return false;
    if (node % 2 || node === last) {
      result = await nodeHash(step, result);
      while (node && node % 2 === 0) { node /= 2; last = Math.floor(last / 2); }
    } else result = await nodeHash(result, step);
    node = Math.floor(node / 2); last = Math.floor(last / 2);
  }
  return last === 0 && equal(result, top);
}

async function isConsistent(first, second, path, older, newer) {
  if (first === second) return path.length === 0 && equal(older, newer);
  if (first === 0) return path.length === 0;
  const steps = Number.isInteger(Math.log2(first)) ? [older, ...path] : path;
  if (!steps.length) return false;
  let node = first - 1, last = second - 1, old = steps[0], now = steps[0];
  while (node % 2) { node = Math.floor(node / 2); last = Math.floor(last / 2); }
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (node % 2 || node === last) {
      [old, now] = [await nodeHash(step, old), await nodeHash(step, now)];
      while (node && node % 2 === 0) { node /= 2; last = Math.floor(last / 2); }
    } else now = await nodeHash(now, step);
    node = Math.floor(node / 2); last = Math.floor(last / 2);
  }
  return last === 0 && equal(old, older) && equal(now, newer);
}

async function tile(level, index, size, log) { // the hashes in one file of the log
  const width = Math.min(256, Math.floor(size / 256 ** level) - 256 * index);
  let name = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) name = `x${String(rest % 1000).padStart(3, "0")}/${name}`;
  const full = `${log}tile/${level}/${name}`;
  const content = (width < 256 && await read(`${full}.p/${width}`)) || await read(full) || refuse(`The log has no file ${full}.`);
  return Array.from({length: width}, (_, place) => content.slice(32 * place, 32 * place + 32));
}

async function rangeHash(begin, end, size, log) { // of leaves, from the perfect subtrees that fill the range
  const parts = [];
  for (let at = begin; at < end;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++;
    const height = level % 8, place = at / 2 ** (level - height);
    const hashes = await tile((level - height) / 8, Math.floor(place / 256), size, log);
    let row = hashes.slice(place % 256, place % 256 + 2 ** height);
    while (row.length > 1) row = await Promise.all(row.filter((_, each) => each % 2 === 0).map((left, each) => nodeHash(left, row[2 * each + 1])));
    parts.push(row[0]);
    at += 2 ** level;
  }
  let result = parts.pop();
  while (parts.length) result = await nodeHash(parts.pop(), result);
  return result;
}

async function goesOn(older, newer, log) { // whether the newer tree begins with the older one
  const ranges = [];
  let begin = 0, end = newer.size;
  while (older.size !== 0 && older.size !== end) {
    const half = middle(begin, end);
    if (older.size <= half) { ranges.push([half, end]); end = half; }
    else { ranges.push([begin, half]); begin = half; }
  }
  if (begin) ranges.push([begin, end]);
  const path = await Promise.all(ranges.reverse().map(([from, to]) => rangeHash(from, to, newer.size, log)));
  return isConsistent(older.size, newer.size, path, older.root, newer.root);
}

// --- C2SP signed-note, tlog-cosignature, tlog-checkpoint, tlog-proof
async function openNote(note, vkey) { // its text, and when a witness signed; null where the key has not signed it
  const cut = note.lastIndexOf("\n\n"), [name, , material] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey).slice(1);
  const [kind, ...key] = bytesOf(material), body = note.slice(0, cut + 1);
  const id = (await sha256(joined(encode(`${name}\n`), [kind], key))).slice(0, 4);
  for (const line of note.slice(cut + 2).split("\n")) {
    const [, signer, signed] = /^— (\S+) (\S+)$/.exec(line) ?? [], content = signed && bytesOf(signed);
    if (cut < 0 || signer !== name || !equal(content.slice(0, 4), id)) continue;
    const moment = kind === 4 ? new DataView(content.buffer).getBigUint64(4) : null;
    const message = encode(kind === 4 ? `cosignature/v1\ntime ${moment}\n${body}` : body);
    if (await isSigned(new Uint8Array(key), content.slice(kind === 4 ? 12 : 4), message)) return {body, moment};
  }
  return null;
}

async function openCheckpoint(note, log) {
  if (!note.startsWith(`${log.origin}\n`)) refuse("The checkpoint is not of the log that the site names.");
  const {body} = await openNote(note, log.vkey) ?? refuse("The checkpoint is not signed by the log's key.");
  const [origin, size, top] = body.split("\n");
  return {note, origin, size: Number(size), root: bytesOf(top)};
}

async function cosigners(note, witnesses) { // those of the witnesses that the site names, with the day
  const said = [];
  for (const vkey of witnesses) {
    const found = await openNote(note, vkey), name = vkey.split("+")[0];
    said.push(found ? `cosigned by ${name} on ${new Date(1000 * Number(found.moment)).toISOString().slice(0, 10)}` : `not cosigned by ${name}`);
  }
  return said.map(each => `; ${each}`).join("");
}

async function isLogged(content, entry, log) { // by the proof beside a report; gives the checkpoint that it is of
  const cut = content.indexOf("\n\n"), [header, index, ...path] = content.slice(0, cut).split("\n");
  if (header !== "c2sp.org/tlog-proof@v1" || !/^index \d+$/.test(index)) refuse("There is no proof of inclusion beside it.");
  const checkpoint = await openCheckpoint(content.slice(cut + 2), log);
  const holds = await isIncluded(await leafHash(entry), Number(index.slice(6)), checkpoint.size, path.map(bytesOf), checkpoint.root);
  return holds ? checkpoint : refuse("The log does not have this report.");
}

async function followLog(log) { // the log's newest checkpoint, held against the one that this browser saw last
  const place = `provenance checkpoint of ${log.origin}`;
  const current = await openCheckpoint(text(await read(`${log.path}checkpoint`) ?? refuse("The log has no checkpoint.")), log);
  if (localStorage.getItem(place)) {
    const seen = await openCheckpoint(localStorage.getItem(place), log);
    if (current.size < seen.size) refuse(`The log was put back: it shows ${current.size} of the ${seen.size} entries that this browser saw.`);
    if (!await goesOn(seen, current, log.path)) refuse("The log was forked: it does not go on from what this browser saw. Its key signed two histories.");
  }
  localStorage.setItem(place, current.note);
  return current;
}

async function isInLog(path, entry, log, current) { // by the proof beside a file, and the log as it stands now
  const proof = text(await read(`${path}.tlog-proof`) ?? refuse("The proof that it is in the log is missing."));
  const proven = await isLogged(proof, encode(canonical(entry)), log);
  if (proven.size > current.size || !await goesOn(proven, current, log.path)) refuse("The log does not go on from the checkpoint that has this report.");
}

const nameOf = section => decodeURIComponent(section.dataset.filename);

async function checkReport(section, keys, log, current) {
  const {report, verdict, sha256: digest} = section.dataset, filename = nameOf(section);
  const path = new URL(report, location.href).pathname.slice(SITE.length);
  const content = await read(path) ?? refuse("The report is missing.");
  const payload = text(await openReport(content, keys)), statement = JSON.parse(payload), [subject] = statement.subject;
  if (canonical(statement) !== payload) refuse("The report is not written in canonical form.");
  if (subject.name !== filename || subject.digest.sha256 !== digest || statement.predicate.verdict !== verdict)
    refuse("The signed report does not say what this page says.");
  if (!log || !("logged" in section.dataset)) return "signed, and says what this page says; it is in no log";
  await isInLog(path, {
    type: "https://pypi-provenance.example/log/v1", purl: statement.predicate.purl, artifact: {filename, sha256: digest}, verdict,
    predicate: hex(await sha256(encode(canonical(statement.predicate)))), envelope: hex(await sha256(content))}, log, current);
  return "signed, says what this page says, and is in the log";
}

async function checkNote(section, maintainers, log, current) {
  const {note: href, signer} = section.dataset, path = new URL(href, location.href).pathname.slice(SITE.length);
  const content = await read(path) ?? refuse("The note is missing."), note = text(content);
  const vkey = maintainers.find(each => each.startsWith(`${signer}+`)) ?? refuse("The site publishes no key of this name.");
  const {body} = await openNote(note, vkey) ?? refuse("It is not signed by the maintainer's published key.");
  const [purl, ...words] = body.trimEnd().split("\n");
  if (words.join("\n") !== section.querySelector(".words").textContent) refuse("The signed note does not say what this page says.");
  if (purl !== document.querySelector("article").dataset.purl) refuse("The note is about another release.");
  if (!log || !("logged" in section.dataset)) return "signed, and says what this page says; it is in no log";
  await isInLog(path, {type: "https://pypi-provenance.example/log/note/v1", purl, note: hex(await sha256(content))}, log, current);
  return "signed, says what this page says, and is in the log";
}

async function selfCheck(results) {
  const said = async (what, work) => {
    try { const words = await work(); results.append(element("li", `${what}: ${words}.`, "holds")); return true; }
    catch (error) { results.append(element("li", `${what}: ${error.message}`, "fails")); return false; }
  };
  let keys, log, current, witnesses, maintainers;
  results.replaceChildren();
  const begun = await said("The site's key", async () => {
    ({keys, log, witnesses = [], maintainers = []} = JSON.parse(text(await read(document.body.dataset.keys) ?? refuse("The site publishes none."))));
    const place = `provenance keys of ${SITE}`, known = canonical([keys, log?.vkey ?? null]), seen = localStorage.getItem(place);
    localStorage.setItem(place, seen ?? known);
    if (seen && seen !== known) refuse("It is not the one that this browser saw first.");
    return keys.map(key => key.keyid.slice(0, 12)).join(", ");
  });
  let holds = begun;
  if (keys && log) holds = await said("The log", async () => {
    current = await followLog(log);
    return `${current.size} entries, which go on from what this browser saw${await cosigners(current.note, witnesses)}`;
  }) && holds;
  for (const section of document.querySelectorAll("section[data-report]"))
    holds = await said(nameOf(section), () => log && !current ? refuse("The log does not hold.") : checkReport(section, keys ?? [], log, current)) && holds;
  for (const section of document.querySelectorAll("section[data-note]"))
    holds = await said(`The note by ${section.dataset.signer}`, () => log && !current ? refuse("The log does not hold.") : checkNote(section, maintainers ?? [], log, current)) && holds;
  results.append(element("li", holds ? "Everything holds." : "Something does not hold: do not rely on this page.", holds ? "holds" : "fails"));
}

const button = document.getElementById("run");
button.hidden = false;
button.addEventListener("click", async () => {
  const results = document.getElementById("results");
  results.ariaBusy = "true"; // read out when all is said
  button.disabled = true;
  await selfCheck(results);
  button.disabled = false;
  button.focus();
  results.ariaBusy = "false";
});

onFile(async (name, digest) => {
  const found = [...document.querySelectorAll("section[data-report]")].find(each => each.dataset.sha256 === digest);
  return [found ? element("span", `${name} is ${nameOf(found)}, byte for byte: sha256 ${digest}.`, "holds")
    : element("span", `${name} is none of the files on this page: sha256 ${digest}.`, "fails")];
});
