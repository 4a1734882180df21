// The client of `blog serve`: it receives the server's events, updates the changed parts of the open page, and shows
// problems. The server adds it to responses; no file of the site refers to it.
(() => {
  "use strict";
  if (window !== top) return; // a frame belongs to its page
  const script = document.currentScript;
  const page = JSON.parse(script.dataset.page);
  const isMissing = "missing" in script.dataset;
  let session = page.session, version = page.version, tag = page.tag;
  let dismissedProblems = "", hiddenBar = "", shownBar = ""; // as JSON
  let events = null, failures = 0;
  let source = document.documentElement.cloneNode(true); // the page as the server sent it, before scripts or readers change it

  // The elements of the preview are in a shadow tree, to which the theme's styles do not apply.
  const host = document.createElement("blog-preview");
  const shadow = host.attachShadow({ mode: "open" });
  // Their style sheet is made by script: a content security policy of the site may forbid style elements.
  const styles = new CSSStyleSheet();
  styles.replaceSync(`
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
    }`);
  shadow.adoptedStyleSheets = [styles];
  shadow.innerHTML = `<aside class="bar" aria-label="Preview" hidden></aside>
  <div class="notice" role="status" hidden></div>
  <section class="overlay" role="alert" aria-label="Problems" hidden></section>`;
  // Private passages are marked in any theme.
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
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  function showBar({ source: path, entry, back, why = [], warnings = [] }) {
    const content = JSON.stringify([path, entry, back, why, warnings]);
    if (content === shownBar) return;
    shownBar = content;
    const notes = JSON.stringify([why, warnings]);
    bar.replaceChildren(...why.map((text) => element("p", { className: "why", textContent: text })));
    bar.append(...warnings.map((text) => element("p", { textContent: text })));
    if (path) bar.append(element("span", { className: "source", textContent: path }));
    if (entry) bar.append(element("a", { href: entry, textContent: "As in a feed reader" }));
    if (back) bar.append(element("span", { textContent: "As a feed reader shows it." }), element("a", { href: back, textContent: "Back to the page" }));
    bar.append(element("button", { textContent: "×", ariaLabel: "Hide this bar", onclick: () => { hiddenBar = notes; bar.hidden = true; } }));
    bar.classList.toggle("held", why.length > 0 || warnings.length > 0);
    bar.hidden = bar.childElementCount < 2 || hiddenBar === notes;
  }

  function showNotice(...children) {
    notice.replaceChildren(element("p", {}, ...children));
    notice.hidden = children.length === 0;
  }

  function showProblems(problems, isReady) {
    const content = JSON.stringify(problems);
    if (!problems.length) dismissedProblems = "";
    overlay.hidden = !problems.length || content === dismissedProblems;
    if (overlay.hidden) { overlay.replaceChildren(); return; }
    const hide = () => { dismissedProblems = content; overlay.hidden = true; };
    const errorsFirst = [...problems].sort((one, other) => (one.severity > other.severity) - (one.severity < other.severity));
    const count = problems.filter((problem) => problem.severity === "error").length;
    overlay.replaceChildren(
      element("button", { textContent: "×", ariaLabel: "Hide the problems", onclick: hide }),
      element("h2", { textContent: count === 1 ? "1 error" : `${count} errors` }),
      element("p", { className: "stays", textContent: isReady ? "Below stands the last good version." : "There is nothing to show yet." }),
      element("ul", {}, ...errorsFirst.map((problem) => element("li", {},
        element("div", { className: "where", textContent: `${problem.where}: ${problem.severity}` }),
        element("div", { className: "message", textContent: problem.message }),
        ...(problem.hint ? [element("div", { className: "hint", textContent: `hint: ${problem.hint}` })] : []),
      ))),
    );
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape" && !overlay.hidden) overlay.querySelector("button").click(); });

  // Scripts of the page may have changed it in any way: then only a reload gives the right page. The same is true of
  // `noscript` and shadow trees, which DOMParser parses differently from a browser. A script with `data-live` takes back
  // its changes at the event `blog:before`, and makes them again at `blog:after`.
  const isProgram = (node) => !("page" in node.dataset || "live" in node.dataset) && (!node.type || /^(module|(text|application)\/(java|ecma)script)$/i.test(node.type));
  const needsReload = (tree) => [...tree.querySelectorAll("script")].some(isProgram) || tree.querySelector("noscript, template[shadowrootmode]");
  const livePrograms = (tree) => [...tree.querySelectorAll("script[data-live]")].map((node) => node.getAttribute("src")).join(" ");
  const isSheet = (node) => node.nodeName === "LINK" && node.rel === "stylesheet";

  const leaving = new WeakSet(); // style sheets that stay until their replacement has loaded

  function swapSheet(old, url) {
    leaving.add(old);
    const next = old.cloneNode();
    next.setAttribute("href", url);
    next.onload = next.onerror = () => old.remove();
    old.after(next);
  }

  // The source text of a node; nodes with the same text are the same.
  const sourceText = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.outerHTML : `${node.nodeType} ${node.nodeValue}`);

  // The longest common subsequence of two lists, as pairs of indices.
  function commonPairs(before, after) {
    const pairs = [], least = Math.min(before.length, after.length);
    let start = 0, end = 0;
    while (start < least && before[start] === after[start]) start++;
    while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
    for (let i = 0; i < start; i++) pairs.push([i, i]);
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
    for (let i = end; i > 0; i--) pairs.push([before.length - i, after.length - i]);
    return pairs;
  }

  // Apply the difference between `old` and `fresh` to `live`, which was made from `old`. Changes by the reader stay.
  function patch(live, old, fresh) {
    if (sourceText(old) === sourceText(fresh)) return;
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
    let oldIndex = 0, newIndex = 0;
    for (const [i, j] of [...commonPairs(before.map(sourceText), after.map(sourceText)), [before.length, after.length]]) {
      for (; oldIndex < i && newIndex < j && before[oldIndex].nodeName === after[newIndex].nodeName; oldIndex++, newIndex++) {
        patch(nodes[oldIndex], before[oldIndex], after[newIndex]);
      }
      for (; oldIndex < i; oldIndex++) nodes[oldIndex].remove();
      for (; newIndex < j; newIndex++) live.insertBefore(document.importNode(after[newIndex], true), nodes[i] || null);
      oldIndex = i + 1;
      newIndex = j + 1;
    }
  }

  // Elements in the viewport with their positions, from the top. After an update, the first of them that is still in the
  // document keeps its position.
  function findAnchors() {
    if (scrollY === 0) return [];
    const nodes = new Set();
    const isAnchor = (node) => node && node !== document.body && node !== document.documentElement && node !== host && node.getBoundingClientRect().height < innerHeight;
    for (let y = 0; y < innerHeight; y += 24) {
      for (const x of [innerWidth / 2, innerWidth / 4]) {
        const node = document.elementFromPoint(x, y);
        if (isAnchor(node)) nodes.add(node);
      }
    }
    return [...nodes].map((node) => [node, node.getBoundingClientRect().top]);
  }

  function refresh(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const liveScript = fresh.querySelector("script[data-page]");
    if (!liveScript || needsReload(document) || needsReload(fresh) || livePrograms(document) !== livePrograms(fresh)) { location.reload(); return; }
    const anchors = findAnchors(), root = document.documentElement;
    root.style.overflowAnchor = "none";
    document.dispatchEvent(new Event("blog:before"));
    patch(root, source, fresh.documentElement);
    document.dispatchEvent(new Event("blog:after"));
    const anchor = anchors.find(([node]) => node.isConnected);
    if (anchor) {
      const [node, top] = anchor;
      scrollBy({ top: node.getBoundingClientRect().top - top, behavior: "instant" });
    }
    root.style.overflowAnchor = "";
    if (!root.getAttribute("style")) root.removeAttribute("style");
    source = fresh.documentElement;
    showBar(JSON.parse(liveScript.dataset.page));
  }

  // Load files of the page again that have changed and keep their name: style sheets, pictures. `files` null: all of them.
  function reloadFiles(files) {
    const parse = (url) => { try { return new URL(url, document.baseURI); } catch { return null; } };
    const decode = (path) => { try { return decodeURIComponent(path); } catch { return path; } };
    const changed = new Set((files || []).map(decode));
    const unused = new Set(changed); // without those that an element refers to
    // No element refers to a file that a script has loaded, such as the search index.
    const fetches = performance.getEntriesByType("resource").filter((entry) => ["fetch", "xmlhttprequest"].includes(entry.initiatorType));
    if (fetches.some((entry) => changed.has(decode(parse(entry.name).pathname)))) { location.reload(); return; }
    const isChanged = (url) => {
      const target = parse(url);
      if (!target || target.origin !== location.origin) return false;
      const path = decode(target.pathname);
      unused.delete(path);
      return !files || changed.has(path);
    };
    const newAddress = (url) => { const target = parse(url); target.searchParams.set("_blog", `${session}-${version}`); return target.href; };
    const replace = (node, name, url) => (isSheet(node) ? swapSheet(node, newAddress(url)) : node.setAttribute(name, newAddress(url)));
    for (const node of document.querySelectorAll("link[rel=stylesheet], img, source, video, audio, iframe, embed, object, input[type=image], image")) {
      for (const name of ["href", "src", "poster", "data"]) {
        const url = node.getAttribute(name);
        if (url && isChanged(url)) replace(node, name, url);
      }
      const set = node.getAttribute("srcset");
      if (set) node.setAttribute("srcset", set.replace(/[^\s,]\S*[^\s,]/g, (url) => (/^\d+(\.\d+)?[wx]$/.test(url) || !isChanged(url) ? url : newAddress(url))));
    }
    // A style sheet may refer to the others.
    if ([...unused].some((path) => /\.(css|woff2?|ttf|otf|svg|png|jpe?g|gif|webp|avif)$/i.test(path))) {
      for (const node of document.querySelectorAll("link[rel=stylesheet]")) swapSheet(node, newAddress(node.href));
    }
  }

  function showState(state) {
    const isSame = state.session === session;
    ({ session, version } = state);
    showProblems(state.problems, state.ready);
    if (state.building) { showNotice(`Building the site: ${state.building}.`); return; }
    if (!state.tag) {
      if (isMissing) { showNotice(); return; }
      if (state.moved) showNotice("This page is gone. It is now at ", element("a", { href: state.moved, textContent: state.moved }), ".");
      else if (page.back) showNotice("This post is in no feed now.");
      else showNotice(state.gone ? `This page is gone: ${state.gone} was deleted or moved away. It comes back when the file does.` : "This page is gone.");
      tag = "";
      return;
    }
    showNotice();
    if (isMissing) {
      if (state.version !== page.version || !isSame) location.reload();
      return;
    }
    if (state.html !== undefined) { tag = state.tag; refresh(state.html); }
    if (!isSame) reloadFiles(null);
    else if (state.files.length) reloadFiles(state.files);
  }

  function connect() {
    if (events || document.hidden) return;
    const query = new URLSearchParams({ page: location.pathname, tag, version: `${session}-${version}` });
    events = new EventSource(`/_blog/events?${query}`);
    events.onmessage = (event) => { failures = 0; showState(JSON.parse(event.data)); };
    events.onerror = () => {
      disconnect();
      failures++;
      if (failures > 1) showNotice("The preview has lost its server: is “blog serve” running?");
      setTimeout(connect, Math.min(250 * failures, 2000));
    };
  }

  function disconnect() {
    if (events) events.close();
    events = null;
  }

  // Browsers allow six connections to a host: a tab in the background closes its own.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  document.documentElement.append(host);
  showBar(page);
  connect();
})();
