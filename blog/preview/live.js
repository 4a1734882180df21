// The browser's side of `blog serve`: it follows the server's events, puts what is new of the open page in its place,
// and shows what is wrong. It is added to answers only; no file of the site names it.
(() => {
  "use strict";
  if (window !== top) return; // a frame is a part of its page
  const script = document.currentScript;
  const page = JSON.parse(script.dataset.page);
  const isMissing = "missing" in script.dataset;
  let session = page.session, version = page.version, tag = page.tag, dismissed = "", hidden = "", bared = "", events = null, lost = 0;
  let source = document.documentElement.cloneNode(true); // what the page was made from, before anybody did anything

  // What the preview adds stands in a shadow tree, where the theme's styles do not reach.
  const host = document.createElement("blog-preview");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.innerHTML = `<style>
    :host { all: initial; color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif }
    @media print { :host { display: none } }
    [hidden] { display: none !important }
    .bar, .notice, .overlay { position: fixed; z-index: 2147483647; box-sizing: border-box; color: #1d1d1f; background: #fff;
      border: 1px solid #6b6b76; border-radius: 8px; box-shadow: 0 2px 14px #0003 }
    .bar { left: 12px; bottom: 12px; max-width: min(44rem, calc(100vw - 24px)); padding: 5px 44px 5px 10px; display: flex; flex-wrap: wrap;
      gap: 0 14px; align-items: baseline; border-left: 5px solid #6b6b76; font-size: 13px }
    .bar.held { border-left-color: #b45309 } .bar button { position: absolute; top: 3px; right: 5px; border: 0 }
    .bar p, .notice p { margin: 0 }
    .why { font-weight: 600 } .source { font-family: ui-monospace, monospace; font-size: 12px; overflow-wrap: anywhere }
    .notice { top: 12px; left: 50%; transform: translateX(-50%); padding: 10px 16px; max-width: calc(100vw - 24px); width: max-content; overflow-wrap: anywhere }
    .overlay { inset: 12px 12px auto; margin: 0 auto; max-width: 60rem; max-height: calc(100vh - 24px); overflow: auto; padding: 14px 18px;
      border-top: 6px solid #c1121f }
    .overlay h2 { font-size: 17px; margin: 0 2.5rem 4px 0 } .overlay .stays { margin: 0 0 10px }
    .overlay li { margin: 10px 0; list-style: none } .overlay ul { margin: 0; padding: 0 }
    .where { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere } .message { font-size: 16px; margin: 2px 0; overflow-wrap: anywhere }
    .hint { margin: 2px 0; overflow-wrap: anywhere }
    a { color: #0b57a4 } button { font: inherit; color: inherit; background: none; border: 1px solid #6b6b76; border-radius: 6px; cursor: pointer; min-width: 28px; min-height: 28px }
    .overlay button { position: sticky; top: 0; float: right; background: inherit }
    :focus-visible { outline: 3px solid #0b57a4; outline-offset: 2px }
    @media (prefers-color-scheme: dark) {
      .bar, .notice, .overlay { color: #ececf1; background: #1f1f26; border-color: #8a8a96 }
      .bar { border-left-color: #8a8a96 } .bar.held { border-left-color: #f0a84b } .overlay { border-top-color: #ff7b72 }
      a { color: #8ec5ff } :focus-visible { outline-color: #8ec5ff }
    }
  </style>
  <aside class="bar" aria-label="Preview" hidden></aside>
  <div class="notice" role="status" hidden></div>
  <section class="overlay" role="alert" aria-label="Problems" hidden></section>`;
  // What no reader gets is marked in any theme.
  const marks = new CSSStyleSheet();
  marks.replaceSync(`
    .private { --alarm: light-dark(#9c2a10, #ffb199); padding: .125rem 1rem; border-inline-start: 4px dashed var(--alarm);
      background: repeating-linear-gradient(-45deg, transparent 0 .5rem, color-mix(in srgb, var(--alarm) 7%, transparent) .5rem 1rem) }
    .private::before { content: "Private: no reader gets this"; display: block; color: var(--alarm); font: 700 .8125rem/1.5 ui-monospace, monospace }
    span.private { padding-inline: .25rem; border: 0; outline: 1px dashed var(--alarm); font: .875em ui-monospace, monospace }
    span.private::before { display: none }
    div.private:not([role]) { white-space: pre-wrap; font: .875em/1.5 ui-monospace, monospace }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, marks];
  const [bar, notice, overlay] = [".bar", ".notice", ".overlay"].map((name) => shadow.querySelector(name));

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function showBar({ source: path, entry, back, why = [], warnings = [] }) {
    const now = JSON.stringify([path, entry, back, why, warnings]);
    if (now === bared) return;
    bared = now;
    bar.replaceChildren(...why.map((text) => element("p", { className: "why", textContent: text })));
    bar.append(...warnings.map((text) => element("p", { textContent: text })));
    if (path) bar.append(element("span", { className: "source", textContent: path }));
    if (entry) bar.append(element("a", { href: entry, textContent: "As in a feed reader" }));
    if (back) bar.append(element("span", { textContent: "As a feed reader shows it." }), element("a", { href: back, textContent: "Back to the page" }));
    bar.append(element("button", { textContent: "×", ariaLabel: "Hide this bar", onclick: () => { hidden = JSON.stringify([why, warnings]); bar.hidden = true; } }));
    bar.classList.toggle("held", why.length > 0 || warnings.length > 0);
    bar.hidden = bar.childElementCount < 2 || hidden === JSON.stringify([why, warnings]);
  }

  function say(...children) {
    notice.replaceChildren(element("p", {}, ...children));
    notice.hidden = children.length === 0;
  }

  function showProblems(problems, isReady) {
    const now = JSON.stringify(problems);
    if (!problems.length) dismissed = "";
    overlay.hidden = !problems.length || now === dismissed;
    if (overlay.hidden) { overlay.replaceChildren(); return; }
    const hide = () => { dismissed = now; overlay.hidden = true; };
    const count = problems.filter((problem) => problem.severity === "error").length;
    overlay.replaceChildren(
      element("button", { textContent: "×", ariaLabel: "Hide the problems", onclick: hide }),
      element("h2", { textContent: count === 1 ? "1 error" : `${count} errors` }),
      element("p", { className: "stays", textContent: isReady ? "Below stands the last good version." : "There is nothing to show yet." }),
      element("ul", {}, ...[...problems].sort((one, other) => (one.severity > other.severity) - (one.severity < other.severity)).map((problem) => element("li", {},
        element("div", { className: "where", textContent: `${problem.where}: ${problem.severity}` }),
        element("div", { className: "message", textContent: problem.message }),
        ...(problem.hint ? [element("div", { className: "hint", textContent: `hint: ${problem.hint}` })] : []),
      ))),
    );
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape" && !overlay.hidden) overlay.querySelector("button").click(); });

  // Scripts of the page itself may have changed the page as they like: then only a reload gives the right one. And what
  // reads otherwise where scripts run, or stands in a tree of its own, a parser of texts does not make as a browser does.
  const isProgram = (node) => !("page" in node.dataset) && (!node.type || /^(module|(text|application)\/(java|ecma)script)$/i.test(node.type));
  const needsReload = (tree) => [...tree.querySelectorAll("script")].some(isProgram) || tree.querySelector("noscript, template[shadowrootmode]");
  const isSheet = (node) => node.nodeName === "LINK" && node.rel === "stylesheet";

  const leaving = new WeakSet(); // style sheets that stay until the next one is there

  function swapSheet(old, url) {
    leaving.add(old);
    const next = old.cloneNode();
    next.setAttribute("href", url);
    next.onload = next.onerror = () => old.remove();
    old.after(next);
  }

  // What a node is made from; two nodes with the same words are the same.
  const words = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.outerHTML : `${node.nodeType} ${node.nodeValue}`);

  // Pairs of places in two lists that hold the same, as many as possible, in order.
  function common(before, after) {
    const pairs = [], least = Math.min(before.length, after.length);
    let start = 0, end = 0;
    while (start < least && before[start] === after[start]) start++;
    while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
    for (let at = 0; at < start; at++) pairs.push([at, at]);
    const left = before.slice(start, before.length - end), right = after.slice(start, after.length - end);
    if (left.length * right.length < 250000) {
      const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
      for (let i = left.length - 1; i >= 0; i--) {
        for (let j = right.length - 1; j >= 0; j--) {
          lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
        }
      }
      for (let i = 0, j = 0; i < left.length && j < right.length;) {
        if (left[i] === right[j]) pairs.push([start + i++, start + j++]);
        else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
        else j++;
      }
    }
    for (let at = end; at > 0; at--) pairs.push([before.length - at, after.length - at]);
    return pairs;
  }

  // Bring into `live` what differs between `old`, from which it was made, and `fresh`. What the reader changed stays.
  function patch(live, old, fresh) {
    if (words(old) === words(fresh)) return;
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || fresh.nodeName === "TEMPLATE") {
      live.replaceWith(document.importNode(fresh, true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) { live.nodeValue = fresh.nodeValue; return; }
    if (isSheet(old) && isSheet(fresh) && old.getAttribute("href") !== fresh.getAttribute("href")) { swapSheet(live, fresh.getAttribute("href")); return; }
    for (const { name } of old.attributes) if (!fresh.hasAttribute(name)) live.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) live.setAttribute(name, value);
    const nodes = [...live.childNodes].filter((node) => node !== host && !leaving.has(node)), before = [...old.childNodes], after = [...fresh.childNodes];
    if (nodes.length !== before.length) { live.replaceChildren(...after.map((node) => document.importNode(node, true))); return; }
    let left = 0, right = 0;
    for (const [i, j] of [...common(before.map(words), after.map(words)), [before.length, after.length]]) {
      for (; left < i && right < j && before[left].nodeName === after[right].nodeName; left++, right++) patch(nodes[left], before[left], after[right]);
      for (; left < i; left++) nodes[left].remove();
      for (; right < j; right++) live.insertBefore(document.importNode(after[right], true), nodes[i] || null);
      left = i + 1;
      right = j + 1;
    }
  }

  // Some of what the reader sees, from the top: the first of it that is still there afterwards stays where it is.
  function anchors() {
    if (scrollY === 0) return [];
    const found = new Set();
    for (let y = 0; y < innerHeight; y += 24) for (const x of [innerWidth / 2, innerWidth / 4]) {
      const node = document.elementFromPoint(x, y);
      if (node && node !== document.body && node !== document.documentElement && node !== host && node.getBoundingClientRect().height < innerHeight) found.add(node);
    }
    return [...found].map((node) => [node, node.getBoundingClientRect().top]);
  }

  function refresh(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const facts = fresh.querySelector("script[data-page]");
    if (!facts || needsReload(document) || needsReload(fresh)) { location.reload(); return; }
    const seen = anchors(), root = document.documentElement;
    root.style.overflowAnchor = "none";
    patch(root, source, fresh.documentElement);
    const kept = seen.find(([node]) => node.isConnected);
    if (kept) scrollBy({ top: kept[0].getBoundingClientRect().top - kept[1], behavior: "instant" });
    root.style.overflowAnchor = "";
    if (!root.getAttribute("style")) root.removeAttribute("style");
    source = fresh.documentElement;
    showBar(JSON.parse(facts.dataset.page));
  }

  // Files that the page shows under an unchanged name: style sheets of the site's own, pictures. `files` null: all of them.
  function renew(files) {
    const parsed = (url) => { try { return new URL(url, document.baseURI); } catch { return null; } };
    const plain = (path) => { try { return decodeURIComponent(path); } catch { return path; } };
    const left = files && new Set(files.map(plain));
    // What a script of the page has asked for is in no element: the search page with its index.
    const asked = performance.getEntriesByType("resource").filter((entry) => ["fetch", "xmlhttprequest"].includes(entry.initiatorType));
    if (left && asked.some((entry) => left.has(plain(parsed(entry.name).pathname)))) { location.reload(); return; }
    const named = (url) => {
      const found = parsed(url);
      if (!found || found.origin !== location.origin) return false;
      return !files || (left.delete(plain(found.pathname)) || files.map(plain).includes(plain(found.pathname)));
    };
    const again = (url) => { const made = parsed(url); made.searchParams.set("_blog", `${session}-${version}`); return made.href; };
    const show = (node, name, url) => (isSheet(node) ? swapSheet(node, again(url)) : node.setAttribute(name, again(url)));
    for (const node of document.querySelectorAll("link[rel=stylesheet], img, source, video, audio, iframe, embed, object, input[type=image], image")) {
      for (const name of ["href", "src", "poster", "data"]) {
        const url = node.getAttribute(name);
        if (url && named(url)) show(node, name, url);
      }
      const set = node.getAttribute("srcset");
      if (set) node.setAttribute("srcset", set.replace(/[^\s,]\S*[^\s,]/g, (url) => (/^\d+(\.\d+)?[wx]$/.test(url) || !named(url) ? url : again(url))));
    }
    // What no element names may be named by a style sheet.
    if (left && [...left].some((path) => /\.(css|woff2?|ttf|otf|svg|png|jpe?g|gif|webp|avif)$/i.test(path))) {
      for (const node of document.querySelectorAll("link[rel=stylesheet]")) swapSheet(node, again(node.href));
    }
  }

  function follow(state) {
    const isSame = state.session === session;
    ({ session, version } = state);
    showProblems(state.problems, state.ready);
    if (state.building) { say(`Building the site: ${state.building}.`); return; }
    if (!state.tag) {
      if (isMissing) { say(); return; }
      if (state.moved) say("This page is gone. It is now at ", element("a", { href: state.moved, textContent: state.moved }), ".");
      else if (page.back) say("This post is in no feed now.");
      else say(state.gone ? `This page is gone: ${state.gone} was deleted or moved away. It comes back when the file does.` : "This page is gone.");
      tag = "";
      return;
    }
    say();
    if (isMissing) {
      if (state.version !== page.version || !isSame) location.reload();
      return;
    }
    if (state.html !== undefined) { tag = state.tag; refresh(state.html); }
    if (!isSame) renew(null);
    else if (state.files.length) renew(state.files);
  }

  function connect() {
    if (events || document.hidden) return;
    const query = new URLSearchParams({ page: location.pathname, tag, version: `${session}-${version}` });
    events = new EventSource(`/_blog/events?${query}`);
    events.onmessage = (event) => { lost = 0; follow(JSON.parse(event.data)); };
    events.onerror = () => {
      disconnect();
      lost++;
      if (lost > 1) say("The preview has lost its server: is “blog serve” running?");
      setTimeout(connect, Math.min(250 * lost, 2000));
    };
  }

  function disconnect() {
    if (events) events.close();
    events = null;
  }

  // Browsers keep six connections to a host: a tab that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  document.documentElement.append(host);
  showBar(page);
  connect();
})();
