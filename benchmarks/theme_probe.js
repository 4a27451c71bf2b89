/* What a reader meets on a page, measured in the page itself. Gives one object of plain values. */
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, at) => value * a / 255 + under[at] * (1 - a / 255));
  const ground = (each) => {
    const layers = [];
    for (let box = each; box; box = box.parentElement) {
      const colour = rgba(getComputedStyle(box).backgroundColor);
      if (colour[3]) layers.push(colour);
      if (colour[3] === 255) break;
    }
    const canvasColour = rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") &&
      matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#ffffff");
    return layers.reverse().reduce((under, layer) => over(layer, under), canvasColour.slice(0, 3));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (each) => {
    const under = ground(each), text = over(rgba(getComputedStyle(each).color), under);
    const [low, high] = [light(under), light(text)].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = (each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && each.getBoundingClientRect().width > 1;
  const hue = (colour) => {
    const [r, g, b] = rgba(colour).map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    const x = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
    return Math.round((Math.atan2(y, x) * 180 / Math.PI + 360) % 360);
  };
  /* The text is what holds most of the paragraphs. */
  const paragraphs = [...document.querySelectorAll("p")].filter(seen);
  const weights = new Map();
  for (const each of paragraphs) weights.set(each.parentElement, (weights.get(each.parentElement) || 0) + each.textContent.length);
  const text = [...weights].sort((one, other) => other[1] - one[1])[0][0];
  const long = [...text.querySelectorAll(":scope > p")].filter((each) => each.textContent.length > 120);
  const lines = [];
  for (const each of long) {
    const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT), range = document.createRange();
    let own = [], bottom = -1;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let at = 0; at < node.length; at += 1) {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = range.getBoundingClientRect();
        if (box.width && box.top >= bottom - 2) { own.push(0); bottom = box.bottom; }
        if (own.length) own[own.length - 1] += 1;
      }
    }
    lines.push(...own.slice(0, -1));
  }
  lines.sort((one, other) => one - other);
  const style = (selector) => { const found = text.querySelector(selector) || document.querySelector(selector); return found && getComputedStyle(found); };
  const size = (selector) => { const found = style(selector); return found ? Math.round(parseFloat(found.fontSize) * 10) / 10 : 0; };
  const body = getComputedStyle(long[0] || paragraphs[0]);
  const link = [...text.querySelectorAll("p a[href], li a[href]")].find(seen);
  const block = [...text.querySelectorAll("pre code")].find(seen) || text.querySelector("pre");
  let columns = 0;
  if (block) {
    const pre = block.closest("pre"), ruler = document.createElement("span");
    ruler.textContent = "0".repeat(100);
    block.prepend(ruler);
    const letter = ruler.getBoundingClientRect().width / 100;
    const inset = (box) => parseFloat(getComputedStyle(box).paddingInlineStart) + parseFloat(getComputedStyle(box).paddingInlineEnd);
    columns = Math.floor((pre.clientWidth - inset(pre) - (block === pre ? 0 : inset(block))) / letter);
    ruler.remove();
  }
  const tokens = [...text.querySelectorAll("pre span")].filter((each) => seen(each) && each.textContent.trim() && !each.children.length);
  const texts = [...document.querySelectorAll("body *")].filter((each) => seen(each) && !each.closest("svg, [aria-hidden=true]") &&
    [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const controls = [...document.querySelectorAll("a[href], button, input, select, summary")].filter((each) => seen(each) && !(text.contains(each) && each.closest("p, li, td")));
  const small = controls.filter((each) => { const box = each.getBoundingClientRect(); return box.width < 24 || box.height < 24; });
  const weakest = (list) => list.length ? Math.min(...list.map(contrast)) : 0;
  const before = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter((each) =>
    each.tabIndex >= 0 && each.checkVisibility() && !text.contains(each) && text.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING);
  const first = [...document.querySelectorAll("a[href], button, input, select")].find((each) => each.tabIndex >= 0 && each.checkVisibility());
  return {
    face: body.fontFamily.split(",")[0].replaceAll('"', ""), body: Math.round(parseFloat(body.fontSize) * 10) / 10,
    leading: Math.round(parseFloat(body.lineHeight) / parseFloat(body.fontSize) * 100) / 100,
    column: Math.round((long[0] || text).getBoundingClientRect().width),
    median: lines[Math.floor(lines.length / 2)] || 0, most: lines.at(-1) || 0,
    headings: ["h1", "h2", "h3"].map(size).join("/"), code: block ? size("pre code") || size("pre") : 0, columns,
    hue: link ? hue(getComputedStyle(link).color) : 0, contrast: contrast(long[0] || paragraphs[0]), link: link ? contrast(link) : 0,
    underlined: Boolean(link) && getComputedStyle(link).textDecorationLine.includes("underline"),
    token: weakest(tokens), weakest: weakest(texts), small: small.length, controls: controls.length,
    stops: before.length, skip: Boolean(first) && (first.getAttribute("href") || "").includes("#"), elements: document.querySelectorAll("*").length,
    dark: light(ground(long[0] || text)) < 0.2,
  };
}
