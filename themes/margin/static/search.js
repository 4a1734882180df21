// The search page: which posts have the words that are typed. It loads those files of the index that have them, and
// nothing before somebody types. blog/render/search_index.py documents the files; words are split as in blog/content/search_terms.py.

const [form, input, found] = [":search", ":query", ":found"].map((id) => document.getElementById(id));
const results = document.getElementById("results");
const { index, ...sizes } = form.dataset;
const [files, posts, sheet] = [sizes.files, sizes.posts, sizes.sheet].map(Number);
const LANG = document.documentElement.lang;
const messages = JSON.parse(form.dataset.words);
const START = 4, SHOWN = 20, LONGEST = 240;
const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const INDIC = "\\u0900-\\u0963\\u0966-\\u0df3";
const RUN = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[${INDIC}\\p{L}\\p{N}])+`, "gu");
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200d\u2060\ufeff]+/g;
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const IS_HANGUL = /^[\uac00-\ud7a3]+$/;

// A word of the interface with its values; `n` chooses the plural form.
function say(key, values = {}) {
  const phrase = messages[key];
  const pattern = typeof phrase === "string" ? phrase : (phrase[new Intl.PluralRules(LANG).select(values.n)] ?? phrase.other);
  const shown = (value) => (typeof value === "number" ? value.toLocaleString(LANG, { numberingSystem: "latn" }) : value);
  return pattern.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

const fold = (text) =>
  text.normalize("NFKD").replace(MARKS, "").toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").normalize("NFC");

function pairsOf(run) {
  const letters = [...run];
  return letters.slice(1).map((letter, at) => letters[at] + letter);
}

function split(text, pairs = pairsOf) {
  const words = (fold(text).match(RUN) ?? []).flatMap((run) => (IS_UNSPACED.test(run) && [...run].length > 1 ? pairs(run) : [run]));
  return [...new Set(words)];
}

// The words that somebody looks for. Korean ones are stems of two syllables, without the syllable of a particle.
const asked = (text) => split(text, (run) => (IS_HANGUL.test(run) ? run.match(/../gu) : pairsOf(run)));

const loaded = new Map();
function load(name) {
  if (!loaded.has(name)) {
    const file = fetch(index + name).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`${answer.status}`))));
    file.catch(() => loaded.delete(name));
    loaded.set(name, file);
  }
  return loaded.get(name);
}

function fileOf(word) {
  let number = 0;
  for (const letter of [...word].slice(0, START)) number = (Math.imul(number, 31) + letter.codePointAt(0)) >>> 0;
  return `${number % files}.json`;
}

// The posts that have `word`, or a word that begins so: by number, how well each fits. `near`: none has, but these have
// one that begins nearly so.
async function look(word) {
  const file = await load(fileOf(word));
  const letters = [...word];
  let known = Object.hasOwn(file, word) ? [word] : [];
  let near = false;
  if (letters.length >= START && !IS_UNSPACED.test(word)) {
    const beginning = (start) => Object.keys(file).filter((other) => other.startsWith(start));
    known = beginning(word);
    for (let end = letters.length - 1; !known.length && end >= Math.max(START, letters.length * 0.7); end--) {
      known = beginning(letters.slice(0, end).join(""));
      near = true;
    }
    if (!known.length && letters.length === START) return { ...(await look(letters.slice(0, -1).join(""))), near: true }; // GPUs
  }
  const scores = new Map();
  for (const other of known) {
    const steps = file[other].split(" ");
    const rare = Math.log(1 + posts / steps.length) * (other === word ? 2 : 1);
    let value = 0;
    for (const step of steps) {
      value += parseInt(step, 36);
      const post = value >> 2;
      scores.set(post, Math.max(scores.get(post) ?? 0, rare * 2 ** (value & 3)));
    }
  }
  return { scores, near };
}

// Posts, the best first; those that have all words, or else those that have some.
function rank(looks) {
  const all = new Map();
  for (const { scores } of looks)
    for (const [post, score] of scores) {
      const sum = all.get(post) ?? { post, words: 0, score: 0 };
      all.set(post, { post, words: sum.words + 1, score: sum.score + score });
    }
  const most = Math.max(0, ...[...all.values()].map((sum) => sum.words));
  const best = [...all.values()].filter((sum) => sum.words === most);
  best.sort((a, b) => b.score - a.score || b.post - a.post);
  return { order: best.map((sum) => sum.post), partial: most < looks.length };
}

function element(name, more, ...children) {
  const made = Object.assign(document.createElement(name), more);
  made.append(...children);
  return made;
}

const WORDS = /([\p{L}\p{N}\p{M}]+)/u;
const isHit = (piece, word) => split(piece).some((part) => (word.length < START ? part === word : part.startsWith(word)));

// `text` with the words that were looked for marked.
function marked(text, words) {
  return text.split(WORDS).map((piece, at) => (at % 2 && words.some((word) => isHit(piece, word)) ? element("mark", {}, piece) : piece));
}

// The sentences of a published page, without what is no text in them.
function* sentences(page, lang) {
  for (const extra of page.querySelectorAll(".anchor, .footnote-ref, .footnote-back, script, style")) extra.remove();
  for (const formula of page.querySelectorAll("math")) formula.replaceWith("…");
  const cut = new Intl.Segmenter(lang || page.documentElement.lang || "en", { granularity: "sentence" });
  for (const block of page.querySelectorAll(".prose :is(p, li, dt, dd, th, td, figcaption, h2, h3, h4, h5, h6, pre)")) {
    if (block.querySelector("p, li")) continue;
    const lines = block.matches("pre") ? block.textContent.split("\n") : [block.textContent];
    for (const line of lines) for (const { segment } of cut.segment(line.replace(/\s+/g, " ").trim())) yield segment;
  }
}

// The part of a sentence around the first word that was looked for.
function shortened(sentence, words) {
  if (sentence.length <= LONGEST) return sentence;
  let start = 0;
  for (const piece of sentence.split(WORDS)) {
    if (words.some((word) => isHit(piece, word))) break;
    start += piece.length;
  }
  if (start < LONGEST / 2) return `${sentence.slice(0, LONGEST).replace(/\s\S*$/, "")} …`;
  const part = sentence.slice(start - LONGEST / 3, start + (2 * LONGEST) / 3);
  return `… ${part.replace(/^\S*\s/, "").replace(/\s\S*$/, "")} …`;
}

// The sentence of a post that has most of the words; empty if none has one.
async function passage(url, words, lang) {
  const answer = await fetch(url);
  if (!answer.ok) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let best = "";
  let most = 0;
  for (const sentence of sentences(page, lang)) {
    const pieces = sentence.split(WORDS);
    const hits = words.filter((word) => pieces.some((piece) => isHit(piece, word))).length;
    if (hits > most) [best, most] = [sentence, hits];
  }
  return shortened(best, words);
}

// A result that comes into sight says where the words are, if its summary does not.
const seen = new IntersectionObserver((results) => {
  for (const { target, isIntersecting } of results) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.quote().catch(console.error);
  }
}, { rootMargin: "200px" });

function entry([title, url, date, summary, lang, badge], words) {
  const facts = element("div", { className: "facts beside" }, date);
  if (badge) facts.prepend(element("strong", { className: "badge" }, badge), " ");
  const made = element("li", { className: "entry sheet" }, element("h2", { dir: "auto" }, element("a", { href: url }, ...marked(title, words))), facts);
  const text = element("p", { dir: "auto" }, ...marked(summary, words));
  if (summary) made.append(text);
  if (lang) made.lang = lang;
  made.quote = async () => {
    const sentence = await passage(url, words, lang);
    if (sentence) text.replaceChildren(...marked(sentence, words));
    if (sentence && !summary) made.append(text);
  };
  if (!text.querySelector("mark")) seen.observe(made);
  return made;
}

let latest = 0;
async function show(order, words, turn) {
  const part = order.slice(0, SHOWN);
  const entries = await Promise.all(part.map(async (post) => (await load(`posts-${Math.floor(post / sheet)}.json`))[post % sheet]));
  if (turn !== latest) return;
  results.append(...entries.map((one) => entry(one, words)));
  const rest = order.slice(SHOWN);
  if (!rest.length) return;
  const more = element("button", { type: "button" }, say("search.more", { n: rest.length }));
  const line = element("li", { className: "sheet" }, element("p", {}, more));
  more.onclick = async () => {
    more.disabled = true;
    try {
      await show(rest, words, turn);
      const next = line.nextElementSibling;
      line.remove();
      next?.querySelector("a").focus();
    } catch (error) {
      more.disabled = false;
      fail(error);
    }
  };
  results.append(line);
}

function fail(error) {
  console.error(error);
  found.textContent = say("search.failed");
}

function quoted(words) {
  const some = words.slice(0, 3).map((word) => say("search.quoted", { word: word.slice(0, 40) }));
  const last = some.pop();
  const listed = some.length ? say("list.and", { first: some.join(say("list.separator")), last }) : last;
  return words.length > 3 ? say("search.and_more", { words: listed }) : listed;
}

async function search() {
  const turn = ++latest;
  const words = asked(input.value);
  const address = new URL(location);
  address.searchParams.set("q", input.value);
  if (!input.value) address.searchParams.delete("q");
  history.replaceState(null, "", address);
  delete results.dataset.done;
  try {
    const looks = await Promise.all(words.map(look));
    if (turn !== latest) return;
    const { order, partial } = rank(looks);
    const missed = words.filter((_, at) => looks[at].near || !looks[at].scores.size);
    results.replaceChildren();
    const n = order.length;
    if (!words.length) found.textContent = input.value.trim() ? say("search.no_word") : "";
    else if (!n) found.textContent = say("search.none", { words: quoted(words) });
    else if (missed.length) found.textContent = say("search.similar", { n, words: quoted(missed) });
    else found.textContent = say(partial ? "search.partial" : "count.posts", { n });
    await show(order, words, turn);
  } catch (error) {
    if (turn === latest) {
      results.replaceChildren();
      fail(error);
    }
  }
  if (turn === latest) results.dataset.done = "";
}

let waiting = 0;
input.oninput = () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
};
form.onsubmit = (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  search();
};
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || document.activeElement === input) return;
  event.preventDefault();
  input.focus();
});
form.hidden = false;
input.value = new URLSearchParams(location.search).get("q") ?? "";
if (input.value) search();
if (matchMedia("(pointer: fine)").matches) input.focus();
