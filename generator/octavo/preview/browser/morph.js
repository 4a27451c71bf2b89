// Makes the live page what a newer one is, in place: scroll positions, focus, selection and all that readers
// and scripts did to the page stay. Idiomorph does it for nodes; this says which nodes, and what must stay.
"use strict";

(() => {
  // The state of a field, which idiomorph would set under these names, is left to the browser: what was typed
  // stays, and a field that nobody touched follows what it goes back to.
  const DEFAULTS = { value: "defaultValue", checked: "defaultChecked", selected: "defaultSelected" };

  // Idiomorph compares every child with every other. Beyond so many comparisons it gets only what differs.
  const MANY = 10_000;

  // What `theirs` holds is said in preview.js.
  document.currentScript.morph = (idiomorph, page, theirs) => {
    const { added, altered, edited, scrolled } = theirs;
    const restore = [scrollKeeper(scrolled), focusKeeper(), selectionKeeper()];
    morphHead(page, theirs);
    morphNode(document.documentElement, page.documentElement);
    for (const keep of restore) keep();

    function morphNode(old, next) {
      let fresh;
      idiomorph.morph(old, next, {
        head: { style: "none" },
        callbacks: {
          beforeNodeMorphed(node, other) {
            fresh = other;
            added.delete(node); // it is the page's now
            if (edited.has(node) || node.isEqualNode(other)) return false;
            if (node.childNodes.length * other.childNodes.length < MANY) return true;
            morphAttributes(node, other);
            morphChildren(node, other);
            return false;
          },
          beforeAttributeUpdated: (name, element) => mayChange(name, element, fresh),
          beforeNodeRemoved: (node) => !added.has(node),
          afterNodeMorphed(node, other) {
            for (const initial of Object.values(DEFAULTS)) {
              if (initial in node && node[initial] !== other[initial]) node[initial] = other[initial];
            }
          },
        },
      });
    }

    // What others changed stays, unless the author changed the same.
    function mayChange(name, element, fresh) {
      const served = altered.get(element);
      if (served?.has(name)) {
        if (served.get(name) === fresh.getAttribute(name)) return false;
        served.delete(name);
      }
      return !(name in DEFAULTS && DEFAULTS[name] in element);
    }

    function morphAttributes(node, other) {
      for (const name of new Set([...node.getAttributeNames(), ...other.getAttributeNames()])) {
        const value = other.getAttribute(name);
        if (node.getAttribute(name) === value || !mayChange(name, node, other)) continue;
        if (value === null) node.removeAttribute(name);
        else node.setAttribute(name, value);
      }
    }

    // Nodes that are equal on both sides stay; between them, nodes of the same kind are morphed in pairs.
    function morphChildren(node, other) {
      const old = [...node.childNodes].filter((child) => !added.has(child));
      const next = [...other.childNodes];
      let start = 0;
      let [end, until] = [old.length, next.length];
      while (start < end && start < until && old[start].isEqualNode(next[start])) start += 1;
      while (start < end && start < until && old[end - 1].isEqualNode(next[until - 1])) {
        end -= 1;
        until -= 1;
      }
      const places = new Map(); // text of a node -> where it stands; nowhere if there are several
      for (let at = start; at < end; at += 1) {
        const text = textOf(old[at]);
        places.set(text, places.has(text) ? -1 : at);
      }
      let pending = [];
      for (const fresh of next.slice(start, until)) {
        const at = places.get(textOf(fresh)) ?? -1;
        if (at < start) {
          pending.push(fresh);
        } else {
          morphBetween(node, old.slice(start, at), pending, old[at]);
          start = at + 1;
          pending = [];
        }
      }
      morphBetween(node, old.slice(start, end), pending, old[end] ?? null);
    }

    function morphBetween(parent, old, next, behind) {
      for (const [at, fresh] of next.entries()) {
        while (old.length > next.length - at && !isPair(old[0], fresh)) old.shift().remove();
        if (old.length > 0 && isPair(old[0], fresh)) morphNode(old.shift(), fresh);
        else parent.insertBefore(document.importNode(fresh, true), old[0] ?? behind);
      }
      for (const child of old) child.remove();
    }
  };

  const textOf = (node) => node.outerHTML ?? node.nodeValue;
  const isPair = (node, other) => node.nodeName === other.nodeName && (!node.id || node.id === other.id);

  // Not by idiomorph, which appends what is new: the order of style sheets decides which rule holds.
  function morphHead(page, { tag, added, leaving, swapSheets }) {
    const isServed = (node) => node !== tag && !added.has(node) && !leaving.has(node);
    const isSheet = (node) => node.matches("link[rel~=stylesheet]");
    const old = [...document.head.children].filter(isServed);
    const gone = [];
    const sheets = [];
    for (const node of page.head.children) {
      const same = old.findIndex((other) => other.isEqualNode(node));
      if (same >= 0) {
        gone.push(...old.splice(0, same));
        old.shift();
      } else {
        const copy = document.importNode(node, true);
        document.head.insertBefore(copy, old[0] ?? null);
        if (isSheet(copy)) sheets.push(copy);
      }
    }
    gone.push(...old);
    swapSheets(gone.filter(isSheet), sheets);
    for (const node of gone) if (!isSheet(node)) node.remove();
  }

  function scrollKeeper(scrolled) {
    const positions = [...scrolled].map((element) => [element, element.scrollTop, element.scrollLeft]);
    return () => {
      for (const [element, top, left] of positions) {
        if (!element.isConnected) scrolled.delete(element);
        else if (element.scrollTop !== top || element.scrollLeft !== left) {
          element.scrollTo({ top, left, behavior: "instant" });
        }
      }
    };
  }

  function focusKeeper() {
    const focused = document.activeElement;
    return () => {
      const again = focused?.isConnected ? focused : document.getElementById(focused?.id);
      if (again !== document.activeElement) again?.focus({ preventScroll: true });
    };
  }

  function selectionKeeper() {
    const selection = document.getSelection();
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const isText = selection.type === "Range" && !document.activeElement?.matches("input, textarea");
    const within = (node, offset) => Math.min(offset, node.length ?? node.childNodes.length);
    return () => {
      if (!isText || !anchorNode.isConnected || !focusNode.isConnected) return;
      const anchor = within(anchorNode, anchorOffset);
      selection.setBaseAndExtent(anchorNode, anchor, focusNode, within(focusNode, focusOffset));
    };
  }
})();
