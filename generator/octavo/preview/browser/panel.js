// What the preview says on a page: the problems that the page has, and that nobody answers.
//
// Everything in it is text: no message, excerpt or name of a file is ever read as HTML. Its style sheet is
// a constructed one, which the strictest policy of a site lets pass.
"use strict";

(() => {
  const STYLE = `
    :host { all: initial !important; position: fixed !important; inset: auto 0 0 !important;
      z-index: 2147483647 !important; color-scheme: inherit !important; pointer-events: none !important;
      --paper: light-dark(#fdfcf9, #1e1c1a); --shade: light-dark(#f4f0e8, #2a2724);
      --line: light-dark(#ddd6c9, #45403a); --accent: light-dark(#02585f, #7ed4de);
      --ink: light-dark(#1f1c19, #e3ded5); --soft: light-dark(#544e47, #b8b1a6);
      --error: light-dark(#a02c22, #ff9d8f);
      --warning: light-dark(#704a02, #f0c374); --good: light-dark(#1c6b34, #8fd6a3);
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
    @media print { :host { display: none !important } }
    * { box-sizing: border-box; margin: 0; padding: 0; font: inherit; color: inherit }
    [hidden] { display: none !important }
    .corner, .panel { color: var(--ink);
      font: .9375em/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif }
    .error { --tone: var(--error) }
    .warning { --tone: var(--warning) }
    button { border: 1px solid var(--line); background: none; cursor: pointer }
    button:hover { background: var(--shade) }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }

    .corner { display: flex; flex-wrap: wrap; justify-content: end; gap: .5rem; padding: .75rem }
    .pill { padding: .375rem .875rem; border: 1px solid var(--line); border-radius: 2rem;
      background: var(--paper); box-shadow: 0 2px 10px #0003; font-size: .875rem; pointer-events: auto }
    .pill::before { content: ""; display: inline-block; inline-size: .5rem; block-size: .5rem;
      margin-inline-end: .5rem; border-radius: 50%; background: var(--tone, var(--soft)) }
    .verified { --tone: var(--good) }
    .said { position: absolute; clip-path: inset(50%) }

    .panel { display: flex; flex-direction: column; max-block-size: min(60vh, 34rem); max-inline-size: 52rem;
      margin: auto; overflow: hidden;
      border: 1px solid var(--line); border-block-start: 3px solid var(--tone); border-block-end: 0;
      background: var(--paper); box-shadow: 0 0 2rem #0003; pointer-events: auto }
    .top { display: flex; align-items: center; justify-content: space-between;
      padding: .5rem .75rem .5rem 1.125rem }
    h2, .kind, b { font-weight: 650 }
    .fold { padding: .25rem .75rem; border-radius: .375rem; font-size: .875rem }
    ol { overflow: auto; overscroll-behavior: contain; list-style: none }
    li { padding: .75rem 1.125rem 1rem; border-block-start: 1px solid var(--line); overflow-wrap: anywhere;
      box-shadow: inset 3px 0 var(--tone) }
    .message { font-size: 1rem }
    .head { display: flex; flex-wrap: wrap; gap: 0 .75rem; margin-block-start: .125rem; font-size: .8125rem }
    .head, code, pre { font-family: var(--mono) }
    .place { user-select: all; -webkit-user-select: all }
    .code, .line, .hint, kbd { color: var(--soft) }
    .kind, .at { color: var(--tone) }
    code { padding: .05em .25em; border-radius: .2em; background: var(--shade); font-size: .9em }
    pre { margin-block-start: .5rem; padding: .5rem .75rem; overflow-x: auto; border-radius: .25rem;
      background: var(--shade); font-size: .8125rem }
    .line { padding-inline-end: .75rem; user-select: none; -webkit-user-select: none }
    .at { position: relative; font-weight: 700 }
    .at::after { content: "^"; position: absolute; inset: 1.1em auto auto 0 }
    .pointed { padding-block-end: 1.25rem }
    .changes .minus { color: var(--error) }
    .changes .plus { color: var(--good) }
    button.place { border: 0; text-decoration: underline }
    .hint { margin-block-start: .5rem; font-size: .875rem }
    @media (min-width: 53rem) { .panel { border-radius: .5rem .5rem 0 0 } }
    @media (prefers-reduced-motion: no-preference) { .panel { animation: .16s ease-out rise } }
    @keyframes rise { from { opacity: 0; transform: translateY(1rem) } }`;
  // For the page itself: its blocks get this mark when they fail.
  const MARKS = `[data-octavo-failed] { outline: 2px solid light-dark(#a02c22, #ff9d8f); outline-offset: 3px;
    scroll-margin-block-start: 5rem }`;
  const MOST = 100; // problems that are shown
  const BRIEFLY = 4000; // ms that the end of a run is shown
  const WIDTH = 120; // characters of a long line that are shown

  function sheetOf(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  }

  function make(name, className, ...children) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...children);
    return element;
  }

  // Messages put literals between backticks.
  function prose(className, label, text) {
    const parts = text.split("`");
    const isPaired = parts.length % 2 === 1;
    const pieces = parts.map((part, index) => (index % 2 ? make("code", "", part) : part));
    return make("p", className, make("b", "", label), ...(isPaired ? pieces : [text]));
  }

  function excerptOf(line, column, excerpt) {
    const text = [...excerpt.replace(/[\0-\x1f\x7f]/g, " ").trimEnd()]; // columns count code points
    const at = column - 1;
    const from = text.length > WIDTH ? Math.max(0, at - WIDTH / 2) : 0;
    const to = Math.min(text.length, from + WIDTH);
    const part = (start, end) => text.slice(start, end).join("");
    const isPointed = column > 0 && at <= text.length;
    const parts = [part(from, isPointed ? at : to)];
    if (isPointed) parts.push(make("span", "at", text[at] ?? " "), part(at + 1, to));
    if (from > 0) parts.unshift("…");
    if (to < text.length) parts.push("…");
    return make("pre", isPointed ? "pointed" : "", make("span", "line", line ? String(line) : ""), ...parts);
  }

  // What was expected and what came, and what was printed before.
  function comparisonOf({ changes = [], log = [] }) {
    const kinds = { "-": "minus", "+": "plus" };
    const lines = changes.map(([sign, text]) => make("span", kinds[sign] ?? "", `${sign} ${text}\n`));
    const parts = [];
    if (lines.length) parts.push(make("p", "hint", "Expected -, got +"), make("pre", "changes", ...lines));
    if (log.length) parts.push(make("p", "hint", "Printed"), make("pre", "", log.join("\n")));
    return parts;
  }

  function itemOf(problem, show) {
    const { code, severity, message, file, line, column, excerpt, hint } = problem;
    const where = [file, line, column].filter(Boolean).join(":");
    const place = make(show ? "button" : "span", "place", where);
    if (show) place.onclick = show;
    const head = make("p", "head", make("span", "kind", severity), place, make("span", "code", code));
    const item = make("li", severity === "error" ? "error" : "warning", prose("message", "", message), head);
    if (excerpt.trim()) item.append(excerptOf(line, column, excerpt));
    item.append(...comparisonOf(problem));
    if (hint) item.append(prose("hint", "Hint: ", hint));
    return item;
  }

  class Panel extends HTMLElement {
    #said = make("p", "said");
    #lost = make("span", "pill", "Lost the connection to the preview");
    #check = make("span", "pill");
    #badge = make("button", "");
    #title = make("h2", "");
    #fold = make("button", "fold", "Fold ", make("kbd", "", "Esc"));
    #list = make("ol", "");
    #panel = make("section", "panel", make("div", "top", this.#title, this.#fold), this.#list);
    #problems = "[]"; // as they came
    #isOpen = false;
    #timer = 0;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheetOf(STYLE)];
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheetOf(MARKS)];
      root.append(make("div", "corner", this.#said, this.#lost, this.#check, this.#badge), this.#panel);
      this.#said.role = "status";
      this.#panel.ariaLabel = "Problems of this page";
      this.#badge.ariaExpanded = "false";
      this.#fold.ariaExpanded = "true";
      this.#badge.onclick = () => this.#turn(true);
      this.#fold.onclick = () => this.#turn(false);
      this.#lost.hidden = this.#check.hidden = true;
      this.#draw();
    }

    connectedCallback() {
      this.lang = "en";
      this.dir = "ltr";
      addEventListener("keydown", ({ key, defaultPrevented }) => {
        if (key === "Escape" && this.#isOpen && !defaultPrevented) this.#turn(false);
      });
    }

    // Takes the JSON list as the server wrote it, and what finds the block of the page that a problem names.
    showProblems(text, blockOf = () => undefined) {
      if (text === this.#problems) return;
      const problems = JSON.parse(text);
      const errors = problems.filter(({ severity }) => severity === "error").length;
      const counts = [[errors, "error"], [problems.length - errors, "warning"]].filter(([count]) => count);
      const summary = counts.map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`).join(", ");
      const wasCalm = this.#badge.className === "pill warning";
      this.#problems = text;
      this.#title.textContent = this.#badge.textContent = this.#said.textContent = summary;
      this.#badge.className = `pill ${errors ? "error" : "warning"}`;
      this.#panel.className = `panel ${errors ? "error" : "warning"}`;
      const item = (problem) => itemOf(problem, blockOf(problem) && (() => this.#show(blockOf(problem))));
      this.#list.replaceChildren(...problems.slice(0, MOST).map(item));
      const rest = problems.length - MOST;
      if (rest > 0) this.#list.append(make("li", "", `The terminal lists ${rest} more.`));
      // Errors open the panel; warnings leave it as the reader has it.
      this.#isOpen = errors > 0 || (problems.length > 0 && this.#isOpen && wasCalm);
      if (this.#folded() === text) this.#isOpen = false;
      this.#draw();
    }

    showConnection(isFound) {
      this.#lost.hidden = isFound;
      this.#said.textContent = (isFound ? this.#title : this.#lost).textContent;
    }

    // The panel gives way where the page cannot be scrolled far enough.
    #show(block) {
      block?.scrollIntoView({ block: "start", behavior: "instant" });
      const { bottom } = block?.getBoundingClientRect() ?? {};
      if (bottom > this.#panel.getBoundingClientRect().top) this.#turn(false);
    }

    // How far the run of this page's chapter is; null where there is nothing to say.
    showCheck(check) {
      const { state, done, total, label } = check ?? {};
      const running = done ? `Checking ${done} of ${total}: ${label}` : "Checking";
      const text = { running, verified: "Verified", failed: "Failed" }[state];
      this.#check.hidden = !text;
      this.#check.className = `pill ${{ verified: "verified", failed: "error" }[state] ?? ""}`;
      this.#check.textContent = text ?? "";
      clearTimeout(this.#timer);
      if (!text || state === "running") return;
      this.#said.textContent = text;
      this.#timer = setTimeout(() => this.showCheck(null), BRIEFLY);
    }

    #draw() {
      this.#panel.hidden = !this.#isOpen;
      this.#badge.hidden = this.#isOpen || this.#problems === "[]";
      for (const excerpt of this.#isOpen ? this.#list.querySelectorAll("pre") : []) {
        const at = excerpt.querySelector(".at");
        excerpt.scrollLeft = at ? at.offsetLeft - excerpt.clientWidth / 2 : 0;
        if (excerpt.scrollWidth > excerpt.clientWidth) excerpt.tabIndex = 0;
      }
    }

    #turn(isOpen) {
      const hadFocus = this.#panel.contains(this.shadowRoot.activeElement);
      this.#isOpen = isOpen;
      this.#folded(isOpen ? "" : this.#problems);
      this.#draw();
      if (isOpen) this.#fold.focus();
      else if (hadFocus) this.#badge.focus();
    }

    // What was folded stays folded on other pages with the same problems, and when the page is loaded anew.
    #folded(text) {
      try {
        if (text !== undefined) sessionStorage.octavoFolded = text;
        return sessionStorage.octavoFolded;
      } catch {
        return undefined; // storage may be forbidden
      }
    }
  }

  customElements.define("octavo-panel", Panel);
})();
