/* Every page can be read without this. What is added here comes back after any change of the page. */
(() => {
  const root = document.documentElement;
  const words = document.body.dataset;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const store = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem("octavo-" + key);
      localStorage.setItem("octavo-" + key, value);
    } catch {}
  };

  const say = (text) => {
    let box = document.querySelector("body > [role=status]");
    if (!box) {
      box = document.createElement("p");
      box.className = "vh";
      box.setAttribute("role", "status");
      document.body.append(box);
    }
    box.textContent = text;
  };

  /* What a reader types: no prompts, no output, no removed lines. */
  const typed = (pre) => {
    if (pre.dataset.copy) return pre.dataset.copy;
    const code = pre.querySelector("code") || pre;
    const prompts = all(".gp", code);
    if (prompts.length) {
      return prompts.map((prompt) => {
        const range = document.createRange();
        range.setStartAfter(prompt);
        range.setEndAfter(code.lastChild);
        const line = range.toString().split("\n")[0];
        return prompt.textContent.endsWith(" ") ? line : line.replace(/^ /, "");
      }).join("\n");
    }
    const text = code.textContent.replace(/\n$/, "");
    if (!code.querySelector("ins.line, del.line")) return text;
    return text.split("\n").filter((line) => !/^(-|\+\+\+ |@@|diff |index )/.test(line))
      .map((line) => line.replace(/^[+ ]/, "")).join("\n");
  };

  const copy = async (button) => {
    const pre = all("pre", button.closest(".code")).find((each) => each.offsetParent);
    try {
      await navigator.clipboard.writeText(typed(pre));
      button.textContent = words.copied;
      say(words.copied);
      setTimeout(() => { button.textContent = words.copy; }, 1600);
    } catch {
      getSelection().selectAllChildren(pre);
    }
  };

  const sizes = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
        const code = box.matches("pre");
        const number = all(code ? "article pre" : "article .tbl").indexOf(box) + 1;
        const file = box.parentElement.querySelector(".file");
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", `${words[code ? "code" : box.matches(".math") ? "formula" : "table"]} ${number}${file ? ", " + file.textContent : ""}`);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      }
    }
  });

  const enhance = () => {
    for (const box of all(".code")) {
      if (!box.querySelector(".copy")) {
        const button = document.createElement("button");
        const file = box.querySelector(".file");
        button.type = "button";
        button.className = "copy";
        button.textContent = words.copy;
        if (file) button.setAttribute("aria-label", `${words.copy} ${file.textContent}`);
        box.querySelector("pre").before(button);
      }
    }
    for (const box of all("article pre, article .tbl")) sizes.observe(box);
    for (const tabs of all(".tabs[data-sync]")) choose(tabs.dataset.sync, store("tab-" + tabs.dataset.sync));
  };

  const choose = (sync, title) => {
    for (const tabs of all(".tabs")) {
      if (tabs.dataset.sync !== sync) continue;
      const label = all(":scope > fieldset > label", tabs).find((each) => each.textContent.trim() === title);
      if (label) label.control.checked = true;
    }
  };

  const spy = () => {
    const links = all("#Toc a");
    let current = null;
    for (const link of links) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading && heading.getBoundingClientRect().top < innerHeight / 4) current = link;
    }
    if (scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 2) current = links.at(-1);
    for (const link of links) {
      if (link !== current) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) link.setAttribute("aria-current", "true");
    }
  };

  const show = () => {
    for (const input of all("#Display input")) {
      const chosen = root.dataset[input.name] || (input.name === "face" ? "serif" : "");
      input.checked = input.value === chosen;
    }
  };

  /* As theme.js did it, for whoever takes it away. */
  const restore = () => {
    if (!root.classList.contains("js")) root.classList.add("js");
    for (const name of ["theme", "face"]) {
      const value = store(name);
      if (value && root.dataset[name] !== value) root.dataset[name] = value;
    }
  };

  const set = (name, value) => {
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };

  /* Search is loaded when it is wanted, and where it led, to mark the words. */
  let finder;
  const find = (open) => {
    const link = document.querySelector("[data-find]");
    if (!link) return;
    finder ||= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = link.dataset.find;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    });
    finder.then(() => open && octavoFind(), () => { if (open) location.href = link.href; });
  };
  if (/[?&]highlight=/.test(location.search)) find();

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && document.querySelector("[data-find]")) {
      event.preventDefault();
      find(true);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-find]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      find(true);
    }
    const button = event.target.closest(".copy");
    if (button) copy(button);
    else if (event.target.closest("#Toc:popover-open a")) document.getElementById("Toc").hidePopover();
  });

  document.addEventListener("change", ({ target }) => {
    if (target.closest("#Display")) {
      store(target.name, target.value);
      set(target.name, target.value);
    }
    const tabs = target.closest(".tabs[data-sync]");
    if (tabs) {
      const before = target.getBoundingClientRect().top;
      const title = target.closest("label").textContent.trim();
      store("tab-" + tabs.dataset.sync, title);
      choose(tabs.dataset.sync, title);
      scrollBy({ top: target.getBoundingClientRect().top - before, behavior: "instant" });
    }
  });

  addEventListener("storage", ({ key, newValue }) => {
    const name = /^octavo-(theme|face)$/.exec(key || "");
    if (name) {
      set(name[1], newValue);
      show();
    }
  });

  /* For the search dialog, in this browser alone: the addresses that were read last. */
  const remember = () => {
    const here = location.pathname.replace(/index\.html$/, "");
    const kept = (store("recent") || "").split("\n").filter((path) => path !== here);
    if (document.querySelector("[data-pagefind-body]")) store("recent", [here, ...kept].slice(0, 20).join("\n"));
  };

  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; spy(); });
  }, { passive: true });

  const list = document.getElementById("Contents");
  const own = list && list.querySelector("[aria-current=page]");
  if (own) list.scrollTop += own.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
  enhance();
  show();
  spy();
  remember();
  new MutationObserver(() => requestAnimationFrame(enhance)).observe(document.body, { childList: true, subtree: true });
  new MutationObserver(restore).observe(root, { attributeFilter: ["class", "data-theme", "data-face"] });
})();
