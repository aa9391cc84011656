// The overview: finds a project by name, or an artifact by digest, in the shards of the index.
const GROUPS = {identical: "identical", normalized: "converted", reproduced: "generated", rebuilt: "generated",
  consistent: "generated", recognized: "unproven", relocated: "moved", modified: "changed", added: "added"};
const encoded = address => address.split("/").map(encodeURIComponent).join("/");
const json = async path => { const found = await read(path); return found && JSON.parse(text(found)); };

async function byDigest(digest) {
  const shard = await json(`by/sha256/${digest.slice(0, 3)}.json`);
  return shard?.[digest] ? shard[digest][0] : null;
}

async function byName(asked) { // the asked version, else the newest one
  const [, name, version] = /^(?:pkg:pypi\/)?([^\s=@]+)(?:(?:\s+|===?|@)(.+))?$/.exec(asked) ?? [];
  if (!name) return null;
  const project = name.toLowerCase().replace(/[-_.]+/g, "-");
  const shard = await json(`by/project/${hex(await sha256(encode(project))).slice(0, 3)}.json`);
  if (!shard || !Object.hasOwn(shard, project)) return null;
  const known = (await json(`pypi/${encodeURIComponent(encodeURIComponent(project))}/index.json`)).releases;
  const found = version ? known.find(each => each.version === version.trim()) : known[0];
  return found ? decodeURIComponent(found.page) : null;
}

function bar(counts) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  let start = 0;
  svg.setAttribute("class", "bar");
  svg.setAttribute("aria-hidden", "true");
  for (const [level, group] of Object.entries(GROUPS)) {
    if (!counts[level]) continue;
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const width = 100 * counts[level] / total;
    for (const [name, value] of [["class", group], ["x", `${start}%`], ["width", `${width}%`], ["height", "100%"]])
      part.setAttribute(name, value);
    svg.append(part);
    start += width;
  }
  return svg;
}

async function shown(address) {
  const release = await json(`${encoded(address)}index.json`);
  const answer = element("article", "", release.answer.replace(" ", "-"));
  const link = element("a", release.sentence);
  link.href = `${root}${encoded(address)}index.html`;
  const heading = element("h2");
  heading.append(link);
  answer.append(heading);
  for (const artifact of release.artifacts)
    answer.append(element("p", `${artifact.filename}: ${artifact.evidence}`), bar(artifact.counts));
  const keys = release.signers.map(key => key.slice(0, 12)).join(", ");
  answer.append(element("p", `Checked ${release.checked?.slice(0, 10) ?? "at an unknown time"}, signed by ${keys}.`));
  return answer;
}

document.getElementById("search").addEventListener("submit", async event => {
  event.preventDefault();
  const asked = document.getElementById("asked").value.trim(), place = document.getElementById("answer");
  place.textContent = "Searching …";
  try {
    const digest = asked.toLowerCase().replace(/^sha256[:=]/, "");
    const address = /^[0-9a-f]{64}$/.test(digest) ? await byDigest(digest) : await byName(asked);
    place.replaceChildren(address ? await shown(address) : element("p", `There is no report about ${asked} here.`));
  } catch (error) { place.replaceChildren(element("p", error.message)); }
});

onFile(async (name, digest) => {
  const address = await byDigest(digest);
  return [address ? await shown(address) : element("p", `There is no report about this ${name} here: sha256 ${digest}.`)];
});
