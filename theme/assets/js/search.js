/* The search dialog, loaded by site.js. */
(() => {
  const PAGES = 8; // at a time
  const SECTIONS = 4; // of one page
  const PAUSE = 150; // ms without a key before the whole text is searched
  // Each of these is a word of the index, as octavo.outputs.searchpages says.
  const C = "[\\u3000-\\u303f\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff9d\\u{20000}-\\u{323af}]";
  const CONTINUOUS = new RegExp(C, "u");
  const APART = new RegExp(`(?<=${C})(?=\\S)|(?<=\\S)(?=${C})`, "gu");
  const JOINED = new RegExp(`(?<=${C})(</mark>)? (<mark>)?(?=${C})`, "gu");

  const titles = new URL(document.querySelector("[data-find]").dataset.titles, document.baseURI).href;
  const root = new URL("../", titles).href;
  const isDisk = location.protocol === "file:";
  let site = { language: "", words: { search_failed: "Search cannot be loaded." }, pages: [] };
  let dialog, input, list, status, more;
  let turn = 0; // what comes for an older query is dropped
  let timer, engine, listing;

  const make = (name, text, settings) => {
    const element = document.createElement(name);
    if (text) element.append(text);
    for (const key in settings) element.setAttribute(key, settings[key]);
    return element;
  };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => text.trim().split(/\s+/).filter(Boolean).slice(0, 12);
  const say = (...notes) => {
    status.textContent = notes.filter(Boolean).join(" ");
  };

  window.octavoTitles = (data) => {
    site = data;
  };

  /* Without titles the whole text may still be had. */
  const loadTitles = () => new Promise((done) => {
    const script = make("script", "", { src: titles });
    script.onload = script.onerror = done;
    document.head.append(script);
  });

  /* Of a lost piece of its index Pagefind tells the console alone. */
  let isLost = false;
  const complain = console.error;
  console.error = (...words) => {
    isLost ||= /index chunk/.test(words[0]);
    complain.apply(console, words);
  };

  const loadEngine = () => engine ||= import(`${root}search/pagefind.js`).then(async ({ createInstance }) => {
    const pagefind = createInstance({ baseUrl: "/", excerptLength: 20, noWorker: true });
    await pagefind.init();
    return pagefind;
  });

  /* The site may be published again, with another index. */
  const forget = async () => {
    const old = engine;
    engine = null;
    await old?.then((pagefind) => pagefind.destroy(), () => null);
  };
  document.addEventListener("octavo:change", () => {
    forget();
    listing = null;
  });

  const inTitles = (query) => {
    const wanted = wordsOf(plain(query));
    const hits = (text) => wanted.every((word) => plain(text).includes(word));
    const found = [];
    for (const [url, title, ...rest] of site.pages) {
      const sections = [];
      for (let at = 0; at < rest.length && sections.length < SECTIONS; at += 2) {
        if (hits(rest[at + 1])) sections.push({ id: rest[at], title: rest[at + 1] });
      }
      const rank = plain(title).startsWith(wanted[0]) ? 0 : hits(title) ? 1 : 2;
      if (hits(title) || sections.length) found.push({ url, title, sections, rank, marks: wordsOf(query) });
    }
    return found.sort((one, other) => one.rank - other.rank);
  };

  /* Kept by site.js. */
  const inMemory = () => {
    const base = new URL(root).pathname;
    try {
      return localStorage.getItem("octavo-recent").split("\n").filter((path) => path.startsWith(base))
        .map((path) => decodeURI(path.slice(base.length)))
        .map((url) => site.pages.find((page) => page[0] === url)).filter(Boolean)
        .map(([url, title]) => ({ url, title, sections: [], marks: [] }))
        .filter((page) => new URL(addressOf(page)).pathname !== location.pathname).slice(0, 5);
    } catch {
      return [];
    }
  };

  /* Excerpts never become HTML here. */
  const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: "\"" };
  const joined = (text) => text.replace(JOINED, (_, end = "", start = "") => end && start ? "" : end + start);
  const partsOf = (excerpt) => joined(excerpt).split(/<\/?mark>/)
    .map((part) => part.replace(/&(lt|gt|amp|quot);/g, (_, name) => ENTITIES[name]));

  const pageOf = (data) => {
    const url = decodeURI(data.raw_url ?? data.url).replace(/^\//, "");
    const weight = (section) => section.weighted_locations.reduce((sum, place) => sum + place.balanced_score, 0);
    // The heading stands above its text, and goes there unless words of it are marked.
    const textOf = ({ title, excerpt }) => partsOf(excerpt.replace(`${title}. `, ""));
    const isPage = ({ anchor }) => !anchor || anchor.element === "h1";
    const own = data.sub_results.find(isPage);
    const best = data.sub_results.filter((section) => !isPage(section))
      .sort((one, other) => weight(other) - weight(one)).slice(0, SECTIONS);
    const sections = data.sub_results.filter((section) => best.includes(section))
      .map((section) => ({ id: section.anchor.id, title: joined(section.title), excerpt: textOf(section) }));
    const known = site.pages.find((page) => page[0] === url);
    const excerpt = own ? textOf(own) : sections.length ? null : partsOf(data.excerpt);
    const marks = [excerpt, ...sections.map((section) => section.excerpt)]
      .flatMap((parts) => parts?.filter((_, at) => at % 2) ?? []);
    return { url, title: known?.[1] ?? joined(data.meta.title ?? url), excerpt, sections, marks };
  };

  const addressOf = (page, section) => {
    const url = new URL(page.url.split("/").map(encodeURIComponent).join("/"), root);
    if (isDisk && url.pathname.endsWith("/")) url.pathname += "index.html";
    const marks = new Map(page.marks.map((word) => [plain(word), word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")]));
    for (const word of [...marks.values()].filter(Boolean).slice(0, 8)) url.searchParams.append("highlight", word);
    if (section) url.hash = section.id;
    return url.href;
  };

  const options = () => [...list.querySelectorAll("[role=option]")];

  const select = (chosen) => {
    for (const option of options()) option.ariaSelected = option === chosen;
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const optionOf = (page, section) => {
    const option = make("a", "", { role: "option", href: addressOf(page, section), tabindex: -1 });
    const { title, excerpt } = section ?? page;
    option.append(make("strong", title));
    if (excerpt) {
      const small = make("small");
      small.append(...excerpt.map((part, at) => at % 2 ? make("mark", part) : part));
      option.append(" ", small);
    }
    return option;
  };

  const show = (pages, isMore) => {
    const before = options().find((option) => option.ariaSelected === "true")?.href;
    if (!isMore) list.replaceChildren();
    for (const page of pages) {
      const group = make("div", "", { role: "group", "aria-label": page.title });
      group.append(optionOf(page), ...page.sections.map((section) => optionOf(page, section)));
      list.append(group);
    }
    const all = options();
    for (const [at, option] of all.entries()) option.id = `Find-${at}`;
    list.hidden = !all.length;
    input.ariaExpanded = all.length > 0;
    select(all.find((option) => option.href === before) ?? all[0]);
  };

  /* Words are looked for together, a term of Chinese or Japanese as a phrase. */
  const searchText = async (query) => {
    const pagefind = await loadEngine();
    const phrases = wordsOf(query).filter((word) => CONTINUOUS.test(word));
    const rest = phrases.length ? wordsOf(query).filter((word) => !CONTINUOUS.test(word)).join(" ") : query;
    const asked = [...phrases.map((word) => `"${word.replace(APART, " ")}"`), ...(rest ? [rest] : [])];
    isLost = false;
    const [first, ...others] = await Promise.all(asked.map((text) => pagefind.search(text)));
    if (isLost) throw new Error("a piece of the index is lost");
    const ids = others.map((found) => new Set(found.results.map((result) => result.id)));
    const results = first.results.filter((result) => ids.every((set) => set.has(result.id)));
    return { results, pages: await load(results, 0) };
  };
  const load = async (results, from) =>
    (await Promise.all(results.slice(from, from + PAGES).map((result) => result.data()))).map(pageOf);

  const look = async () => {
    const mine = ++turn;
    const query = input.value.trim();
    const words = site.words;
    const fill = (text, name, value) => (text ?? "").replace(`{${name}}`, () => value);
    const none = () => fill(words.search_none, "query", query);
    const count = (number) => number ? fill(words.search_found, "number", number) : none();
    clearTimeout(timer);
    more.hidden = true;
    if (!query) {
      const recent = inMemory();
      show(recent);
      return say(words.search_hint, recent.length ? words.search_recent : "");
    }
    const titled = inTitles(query);
    if (titled.length || isDisk) show(titled.slice(0, PAGES));
    if (isDisk) return say(count(titled.length), words.search_disk);
    say(words.search_busy);
    await new Promise((done) => { timer = setTimeout(done, PAUSE); });
    if (mine !== turn) return;
    let found;
    try {
      found = await searchText(query).catch(async () => {
        await forget();
        return searchText(query);
      });
    } catch {
      await forget();
      if (mine !== turn) return;
      show(titled.slice(0, PAGES));
      return say(titled.length ? "" : none(), words.search_failed);
    }
    if (mine !== turn) return;
    const { results, pages } = found;
    if (!results.length) {
      show(titled.slice(0, PAGES));
      return say(count(titled.length));
    }
    show(pages);
    say(count(results.length));
    let shown = pages.length;
    more.hidden = shown >= results.length;
    more.onclick = async () => {
      const next = await load(results, shown).catch(() => []);
      if (mine !== turn) return;
      shown += next.length;
      more.hidden = !next.length || shown >= results.length;
      show(next, true);
      input.focus();
    };
  };

  const onKey = (event) => {
    const all = options();
    if (event.isComposing || !all.length) return;
    const at = all.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "ArrowDown") select(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") select(all.at(at > 0 ? at - 1 : -1));
    else if (event.key === "Enter" && at >= 0) all[at].click();
    else return;
    event.preventDefault();
  };

  const build = () => {
    const { words } = site;
    const name = words.search || "Search";
    dialog = make("dialog", "", { id: "Find", class: "find search-panel", "aria-label": name });
    input = make("input", "", {
      role: "combobox", "aria-label": name, placeholder: name, "aria-expanded": false, "aria-controls": "Find-list",
      "aria-autocomplete": "list", autocomplete: "off", autocapitalize: "none", spellcheck: false, enterkeyhint: "go",
    });
    const close = make("button", words.close || "Close", { type: "button", class: "btn" });
    const head = make("div", "", { class: "find-head" });
    head.append(input, close);
    status = make("p", "", { role: "status" });
    list = make("div", "", { role: "listbox", id: "Find-list", "aria-label": name });
    list.hidden = true;
    more = make("button", words.search_more || "More", { type: "button", class: "btn box" });
    more.hidden = true;
    dialog.append(head, status, list, more);
    input.addEventListener("input", look);
    input.addEventListener("keydown", onKey);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || target.closest("[role=option]")) dialog.close();
    });
  };

  window.octavoFind = async () => {
    await (listing ||= loadTitles());
    if (!dialog) build();
    if (!dialog.isConnected) document.body.append(dialog);
    if (!dialog.open) dialog.showModal();
    input.select();
    look();
  };

  /* The words that led here are marked without a change to the page. */
  const mark = () => {
    const wanted = new URLSearchParams(location.search).getAll("highlight").map((word) => word.trim())
      .filter((word) => CONTINUOUS.test(word) || word.length > 1).slice(0, 8);
    const article = document.querySelector("article");
    if (!wanted.length || !article || !window.Highlight) return;
    const patterns = wanted.map((word) => {
      const text = word.slice(0, 100).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      return CONTINUOUS.test(word) ? text : `(?<![\\p{L}\\p{N}])${text}`;
    });
    const pattern = new RegExp(patterns.join("|"), "giu");
    const ranges = [];
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (texts.nextNode() && ranges.length < 500) {
      for (const { index, 0: text } of texts.currentNode.data.matchAll(pattern)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, index);
        range.setEnd(texts.currentNode, index + text.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
    const first = ranges.find((range) => range.getClientRects().length);
    if (first && !location.hash) first.startContainer.parentElement.scrollIntoView({ block: "center" });
  };
  mark();
})();
