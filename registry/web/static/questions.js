// Leads to the next open question, shows what an answer opens, and puts the reader into the field that a link names.
// Without this module the links do the same over the server, and a save shows what was opened.

const box = document.getElementById("autosaved");
const next = document.getElementById("next-open");

if (box && next) {
  const questions = [...box.querySelectorAll("[data-question]")];
  let open = new Set(next.dataset.open.split(" ").filter(Boolean));
  let beyond = next.dataset.url ? { url: next.dataset.url, title: next.dataset.title } : null;
  let here = null;

  const controlsOf = (question) => [...question.querySelectorAll("input, select, textarea")];

  const answered = (question) => controlsOf(question).some((control) =>
    ["checkbox", "radio"].includes(control.type) ? control.checked : control.value.trim() !== "");

  // The open questions of this page in the order in which they are read from where the reader is; nothing twice.
  const ahead = () => {
    const waiting = questions.filter((question) =>
      open.has(question.dataset.question) && !question.hidden && question !== here && !answered(question));
    const behind = waiting.filter((question) =>
      here && here.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_PRECEDING);
    return { later: waiting.filter((question) => !behind.includes(question)), behind };
  };

  const upcoming = () => {
    const { later, behind } = ahead();
    if (later.length > 0) {
      return { question: later[0] };
    }
    return beyond ? { url: beyond.url, title: beyond.title } : { question: behind[0] };
  };

  const enter = (question) => {
    const controls = controlsOf(question);
    (controls.find((control) => control.checked) ?? controls[0])?.focus();
  };

  const tell = () => {
    const found = upcoming();
    if (!found.question && !found.url) {
      next.textContent = here && open.has(here.dataset.question) && !answered(here) ? next.textContent : next.dataset.none;
      return;
    }
    const link = document.createElement("a");
    link.href = found.url ?? `#input_${found.question.dataset.question}`;
    link.textContent = next.dataset.words;
    const title = document.createElement("span");
    title.className = "soft";
    title.textContent = found.title ?? found.question.dataset.title;
    next.replaceChildren(link, " ", title);
  };

  next.addEventListener("click", (event) => {
    const found = event.target.closest("a") ? upcoming() : {};
    if (found.question) {
      event.preventDefault();
      enter(found.question);
    }
  });

  box.addEventListener("focusin", (event) => {
    const question = event.target.closest("[data-question]");
    if (question && question !== here) {
      here = question;
      tell();
    }
  });

  // What the server says after a save: what is asked now, and what is still open.
  box.addEventListener("kept", ({ detail }) => {
    if (detail.here) {
      for (const question of questions.filter((one) => "conditional" in one.dataset)) {
        question.hidden = !detail.shown.includes(question.dataset.question);
      }
      open = new Set(detail.open);
    }
    beyond = detail.beyond;
    tell();
  });

  // A link to a field leads into it, also to the first of several buttons.
  const follow = () => {
    const place = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const question = place?.closest("[data-question]");
    if (place?.matches("input, select, textarea")) {
      place.focus();
    } else if (question) {
      enter(question);
    }
  };
  // On a telephone the parts stand in one line that is scrolled: the one that is open is brought into it.
  const parts = document.querySelector(".long-form-nav .sections");
  const current = parts?.querySelector("[aria-current]");
  if (current) {
    parts.scrollLeft = current.offsetLeft - parts.offsetLeft;
  }
  window.addEventListener("hashchange", follow);
  follow();
}
