// What a machine finds wrong on a page that is open: called with the language of the page and the words that are no language.
({ language, known }) => {
  const width = document.documentElement.clientWidth;
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const name = (element) => {
    const classes = [...element.classList].slice(0, 2).map((word) => "." + word).join("");
    return element.localName + (element.id ? "#" + element.id : "") + classes;
  };
  const where = (element) => [element.parentElement?.parentElement, element.parentElement, element].filter(Boolean).map(name).join(" > ");
  const hides = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      if (getComputedStyle(above).overflowX !== "visible" || above.localName === "svg") return true;
    }
    return false;
  };
  const aside = (element) => element.closest(".visually-hidden, .skip, script, style, noscript, template");

  const wide = document.documentElement.scrollWidth - width;
  const sticking = [], cut = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (aside(element) || !shown(element) || element.closest("svg")) continue;
    const box = element.getBoundingClientRect();
    if ((box.right > width + 1 || box.left < -1) && !hides(element)) sticking.push(where(element));
    const style = getComputedStyle(element);
    const clips = ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const clipsBelow = ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 2;
    if ((clips || clipsBelow) && element.clientWidth > 1 && element.textContent.trim()) cut.push(where(element));
  }
  for (const label of document.querySelectorAll("svg text")) {
    const drawing = label.ownerSVGElement.getBoundingClientRect();
    const box = label.getBoundingClientRect();
    if (box.width && (box.left < drawing.left - 2 || box.right > drawing.right + 2)) {
      if (getComputedStyle(label.ownerSVGElement).overflow !== "visible") cut.push("text of a drawing: " + label.textContent.trim().slice(0, 40));
    }
  }

  // Words in another language than the element that holds them.
  const foreign = new Set();
  // No language: numbers, addresses, names of files, placeholders in braces, abbreviations.
  const words = (text) => text.replace(/\{\w+\}/g, " ").replace(/[^\s\u3000-\uffef]*[\d@_/\\.=#-][^\s\u3000-\uffef]*/g, " ").match(/[A-Za-z]{3,}/g) || [];
  const unknown = (text) => words(text).filter((word) => !known.includes(word) && !/[A-Z].*[A-Z]/.test(word));
  const judge = (text, element) => {
    const said = (element.closest("[lang]")?.lang || "").slice(0, 2);
    if (said === "zh" && language === "zh") {
      if (unknown(text).length) foreign.add(text.trim().slice(0, 90));
    } else if (said === "en" && /[\u4e00-\u9fff]/.test(text)) {
      foreign.add(text.trim().slice(0, 90));
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, code, kbd, samp, pre, textarea, template")) continue;
    judge(node.data, element);
  }
  for (const attribute of ["aria-label", "title", "alt", "placeholder"]) {
    for (const element of document.body.querySelectorAll("[" + attribute + "]")) judge(element.getAttribute(attribute), element);
  }
  if (document.title) judge(document.title, document.documentElement);

  const expected = language === "zh" ? "zh-CN" : "en";
  return {
    height: document.documentElement.scrollHeight,
    wide: wide > 0 ? wide : 0,
    sticking: [...new Set(sticking)].slice(0, 12),
    cut: [...new Set(cut)].slice(0, 12),
    foreign: [...foreign].slice(0, 60),
    lang: document.documentElement.lang === expected ? "" : document.documentElement.lang || "none",
    headings: [...document.querySelectorAll("h1")].filter(shown).length,
    forms: [...document.querySelectorAll("main form")].filter((form) => form.method === "post").map((form) => new URL(form.action).pathname),
  };
}
