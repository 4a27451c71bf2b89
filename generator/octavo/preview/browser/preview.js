// The browser's end of Octavo's preview: it listens to what changed, and brings the page up to date. No build
// writes this script into a page. What the page shows is noted on the script's own tag.
"use strict";

(() => {
  const tag = document.currentScript;
  const shown = tag.dataset; // octavoPage, -Etag, -Generation, -Run, -Problems, -Token
  document.head.prepend(tag); // a page without <head> has it at its end, where morphing would meet it

  // ## What others changed
  // Readers open details, scripts add buttons. What differs from the page as it was served, other than by us,
  // is theirs: it stays unless the author changes the very same thing.

  const added = new WeakSet(); // nodes that others put in
  const altered = new WeakMap(); // element -> attribute -> its value as it was served
  const edited = new WeakSet(); // contenteditable elements that the reader writes in
  const scrolled = new Set(); // elements that the reader, or a script, scrolled
  let isRebuilt = false; // others took away what was served: there is nothing left to morph

  function note(records) {
    for (const { type, target, attributeName, oldValue, addedNodes, removedNodes } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const field = element?.isContentEditable && element.closest("[contenteditable]");
      if (type === "attributes") {
        if (!altered.has(target)) altered.set(target, new Map());
        const served = altered.get(target);
        if (!served.has(attributeName)) served.set(attributeName, oldValue);
      } else if (field) {
        edited.add(field);
      } else {
        for (const node of addedNodes) added.add(node);
        isRebuilt ||= document.body.contains(target) && [...removedNodes].some((node) => !added.has(node));
      }
    }
  }

  const observer = new MutationObserver(note);
  const noteScroll = ({ target }) => target instanceof Element && scrolled.add(target);
  addEventListener("scroll", noteScroll, { capture: true, passive: true });
  const WATCHED = { subtree: true, childList: true, characterData: true, attributeOldValue: true };

  function quietly(change) {
    note(observer.takeRecords());
    observer.disconnect();
    try {
      change();
    } finally {
      observer.observe(document, WATCHED);
    }
  }

  // ## Files that changed under the same address
  // A query without meaning makes the browser load them anew. Pages that are fetched later get the same
  // queries, so that morphing finds nothing to undo.

  const versions = new Map(); // path -> version
  let version; // of every other path, once nobody can tell what changed
  const SHOWN = "img, source, video, image, use, link[rel~=icon], link[rel~=stylesheet]";
  const ADDRESS = /[^\s,]\S*[^\s,]/g; // in srcset; what stands between, as 2x, is the path of no file

  // Paths are compared decoded: browser and server leave different characters as they are.
  function plain(path) {
    try {
      return decodeURIComponent(path);
    } catch {
      return path;
    }
  }

  function renewed(address) {
    const url = URL.canParse(address, document.baseURI) && new URL(address, document.baseURI);
    const query = url.origin === location.origin && (versions.get(plain(url.pathname)) ?? version);
    if (!query) return address;
    url.searchParams.set("octavo", query);
    return url.pathname + url.search + url.hash;
  }

  function renew(root) {
    for (const element of root.querySelectorAll(SHOWN)) {
      for (const name of ["src", "srcset", "poster", "href"]) {
        const value = element.getAttribute(name);
        if (!value || leaving.has(element)) continue;
        const next = name === "srcset" ? value.replace(ADDRESS, renewed) : renewed(value);
        if (next === value) continue;
        if (root === document && isSheet(element)) renewSheet(element, next);
        else element.setAttribute(name, next);
      }
    }
  }

  const isSheet = (node) => node.matches("link[rel~=stylesheet]");
  const leaving = new WeakSet(); // sheets that go as soon as others are there
  const arriving = new WeakMap(); // sheet -> what to call when it is there, cannot be had, or is dropped

  function arrival(sheet) {
    return new Promise((done) => {
      arriving.set(sheet, done);
      sheet.addEventListener("load", done);
      sheet.addEventListener("error", done);
    });
  }

  function drop(sheet) {
    sheet.remove();
    arriving.get(sheet)?.();
  }

  function swapSheets(old, next) {
    for (const sheet of old) leaving.add(sheet);
    Promise.all(next.map(arrival)).then(() => quietly(() => old.forEach(drop)));
  }

  // One that cannot be had any more keeps its rules until the page says what is in its place.
  function renewSheet(sheet, address) {
    const copy = sheet.cloneNode();
    copy.setAttribute("href", address);
    sheet.after(copy);
    leaving.add(sheet);
    arrival(copy).then((event) => {
      const isMissing = event?.type === "error" && copy.isConnected;
      if (isMissing) leaving.delete(sheet);
      quietly(() => drop(isMissing ? copy : sheet));
    });
  }

  // ## Scripts that a page needs only when something changes

  const loaded = new Map(); // name of a script of ours -> promise of what it brings

  function load(name, take) {
    const loading = (done, fail) => {
      const script = document.createElement("script");
      script.src = `/-octavo/${name}`;
      script.onload = () => {
        done(take(script));
        quietly(() => script.remove());
      };
      script.onerror = () => {
        loaded.delete(name);
        fail();
      };
      quietly(() => document.head.append(script));
    };
    if (!loaded.has(name)) loaded.set(name, new Promise(loading));
    return loaded.get(name);
  }

  function morpher() {
    const theirs = window.Idiomorph; // a page may have its own
    const idiomorph = load("idiomorph.js", () => {
      const ours = window.Idiomorph;
      if (theirs) window.Idiomorph = theirs;
      return ours;
    });
    return Promise.all([load("morph.js", (script) => script.morph), idiomorph]);
  }

  // ## Pages

  function parse(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    // No scripts run there, so the parser made elements of what is text in the live page.
    for (const element of page.querySelectorAll("noscript")) element.textContent = element.innerHTML;
    return page;
  }

  // What only loading the page can bring about: where it differs, morphing cannot serve.
  const GROUND = "script, base, meta[http-equiv], template[shadowrootmode]";
  const RUNS = /^(|module|importmap|speculationrules|(text|application)\/(java|ecma)script)$/i;

  function groundOf(page) {
    const { name, publicId, systemId } = page.doctype ?? {};
    const counts = (node) => node !== tag && (node.localName !== "script" || RUNS.test(node.type.trim()));
    const parts = [...page.querySelectorAll(GROUND)].filter(counts).map((node) => node.outerHTML);
    return JSON.stringify([name, publicId, systemId, ...parts]);
  }

  const ground = groundOf(document);
  let showsStandIn = performance.getEntriesByType("navigation")[0]?.responseStatus >= 500;
  let heard; // what the last event said
  let isLost = false;
  let isUpdating = false;
  let isDue = false;

  // The latest wins: whatever comes during an update leads to one more.
  async function update() {
    isDue = true;
    if (isUpdating) return;
    isUpdating = true;
    while (isDue && !isLost) {
      isDue = false;
      await updateOnce().catch(() => setTimeout(update, 1000));
    }
    isUpdating = false;
  }

  async function updateOnce() {
    const { run: octavoRun, generation: octavoGeneration } = heard;
    const headers = { "If-None-Match": `W/"${shown.octavoEtag}"` };
    const asked = fetch(shown.octavoPage, { headers, cache: "no-store" });
    const scripts = await morpher().catch(() => null);
    const answer = await asked;
    const page = parse(await answer.text());
    const news = page.querySelector("script[data-octavo-page]")?.dataset;
    const isStandIn = answer.status >= 500; // it says why there is no page
    if (isStandIn && !news) throw new Error(`status ${answer.status}`);
    if (answer.status === 304 || (isStandIn && !showsStandIn)) {
      Object.assign(shown, { octavoRun, octavoGeneration }); // the last good page stays
    } else if (news?.octavoPage !== shown.octavoPage) {
      return reload(); // the page is gone
    } else {
      if (news.octavoEtag !== shown.octavoEtag && !show(page, scripts)) return reload();
      Object.assign(shown, news);
      showsStandIn = isStandIn;
    }
    quietly(() => {
      renew(document);
      markSteps();
    });
  }

  const theirs = { tag, added, altered, edited, scrolled, leaving, swapSheets };

  // False where morphing cannot serve.
  function show(page, scripts) {
    page.querySelector("script[data-octavo-page]").remove();
    renew(page);
    note(observer.takeRecords());
    if (isRebuilt || groundOf(page) !== ground) return false;
    try {
      const [morph, idiomorph] = scripts;
      quietly(() => morph(idiomorph, page, theirs));
    } catch (error) {
      console.error("the preview loads this page anew, since it could not morph it:", error);
      return false;
    }
    return true;
  }

  function reload() {
    isDue = false;
    location.reload();
  }

  function hear({ data }) {
    const wasLost = isLost;
    isLost = data.name === "lost";
    if (isLost !== wasLost) withPanel((panel) => panel.showConnection(!isLost));
    if (isLost) return;
    shown.octavoToken = data.token;
    if (data.check !== undefined) showCheck(data.check);
    if (data.name === "check") return;
    heard = data;
    const isOther = wasLost || data.run !== shown.octavoRun || data.generation > shown.octavoGeneration;
    if (data.name === "change") react(data);
    else if (isOther) react({ ...data, all: true, changed: [], allProblems: true, problems: [] });
  }

  // What a style sheet uses, or has run already, cannot be put in place of itself.
  const WOVEN = new Set(["css", "script", "embed", "object"]);

  function react({ run, generation, all, changed, allProblems, problems }) {
    const own = plain(shown.octavoPage);
    const here = plain(location.pathname);
    const paths = new Set(changed.map(plain));
    const isWoven = ({ initiatorType, name }) =>
      WOVEN.has(initiatorType) && paths.has(plain(new URL(name).pathname));

    document.dispatchEvent(new Event("octavo:change")); // what scripts of the page have loaded may be old now
    if (allProblems || problems.some((page) => plain(page) === own)) showProblems();
    // Where the 404 page stands in for a page, there may be one now.
    if (here !== own && (all || paths.has(here))) return reload();
    if (performance.getEntriesByType("resource").some(isWoven)) return reload();
    if (all) {
      versions.clear();
      version = `${run}.${generation}`;
    }
    for (const path of paths) versions.set(path, `${run}.${generation}`);
    if (all || paths.has(own)) return update();
    shown.octavoGeneration = generation;
    quietly(() => renew(document));
  }

  // ## Problems

  let tickets = 0;

  // The panel is a script of its own: it is not needed as long as all is well.
  function withPanel(use) {
    const take = () => {
      const panel = document.createElement("octavo-panel");
      document.documentElement.append(panel); // behind the body; as all that was added, it outlives morphing
      return panel;
    };
    load("panel.js", take).then(use, () => null);
  }

  async function showProblems() {
    const ticket = (tickets += 1);
    const query = new URLSearchParams({ token: shown.octavoToken, page: shown.octavoPage });
    const answer = await fetch(`/-octavo/problems?${query}`, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return; // another run tells its token, and is asked again then
    const text = await answer.text();
    if (ticket !== tickets) return;
    failed = JSON.parse(text).filter(({ step }) => step >= 0);
    quietly(markSteps);
    withPanel((panel) => ticket === tickets && panel.showProblems(text, blockOf));
  }

  // ## Blocks that failed when their chapter was run
  // No page is built with a mark: they get it here, and again after morphing, which takes it away.

  let failed = []; // problems that name a block

  function blockOf({ step, role }) {
    const block = document.querySelectorAll(".step[data-role]")[step];
    return block?.dataset.role === role ? block : undefined;
  }

  function markSteps() {
    const blocks = new Set(failed.map(blockOf));
    for (const block of document.querySelectorAll("[data-octavo-failed]")) {
      if (!blocks.has(block)) block.removeAttribute("data-octavo-failed");
    }
    for (const block of blocks) block?.setAttribute("data-octavo-failed", "");
  }

  let isChecking = false; // the panel says something of a run

  function showCheck(check) {
    const own = check !== null && plain(check.page) === plain(shown.octavoPage) ? check : null;
    if (own === null && !isChecking) return;
    isChecking = own !== null;
    withPanel((panel) => panel.showCheck(own));
  }

  // ## Listening

  const LISTENER = "/-octavo/listener.js";

  // The worker that tabs share always listens; one of a tab's own only while the tab can be seen.
  function connect(port, isShared) {
    const join = (isHere) =>
      port.postMessage({ join: isHere, token: shown.octavoToken, page: shown.octavoPage });
    const follow = () => join(isShared || !document.hidden);
    port.onmessage = hear;
    document.addEventListener("visibilitychange", follow);
    addEventListener("pagehide", () => join(false));
    addEventListener("pageshow", ({ persisted }) => persisted && follow());
    follow();
  }

  if (window.SharedWorker) {
    const worker = new SharedWorker(LISTENER, "octavo-preview");
    worker.onerror = () => connect(new Worker(LISTENER), false);
    connect(worker.port, true);
  } else {
    connect(new Worker(LISTENER), false);
  }
  observer.observe(document, WATCHED);
  if (shown.octavoProblems > 0) showProblems();
  // The first change shall not wait for them, and once the connection is lost they cannot be had.
  (window.requestIdleCallback ?? setTimeout)(() => {
    morpher().catch(() => null);
    withPanel(() => null);
  });
})();
