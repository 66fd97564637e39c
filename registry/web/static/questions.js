// Leads to the next open question, shows what an answer opens, and puts the reader into the field that a link names.
// Without this module the links do the same over the server, and a save shows what was opened.

const box = document.getElementById("autosaved");
const next = document.getElementById("next-open");

if (box && next) {
  const questions = [...box.querySelectorAll("[data-question]")];
  let open = new Set(next.dataset.open.split(" ").filter(Boolean));
  let beyond = next.dataset.url ? { url: next.dataset.url, title: next.dataset.title } : null;

  const controlsOf = (question) => [...question.querySelectorAll("input, select, textarea")];

  const refused = (question) => question.querySelector('[aria-invalid="true"], .field-invalid') !== null;

  const answered = (question) => !refused(question) && controlsOf(question).some((control) =>
    ["checkbox", "radio"].includes(control.type) ? control.checked : control.value.trim() !== "");

  // The first open question of this page in the order in which it is read, else what is open on the others.
  const upcoming = () => {
    const question = questions.find((one) => !one.hidden && !answered(one) && (open.has(one.dataset.question) || refused(one)));
    return question ? { question } : beyond ?? {};
  };

  const enter = (question) => {
    const controls = controlsOf(question);
    (controls.find((control) => control.checked) ?? controls[0])?.focus();
  };

  const tell = () => {
    const found = upcoming();
    if (!found.question && !found.url) {
      next.textContent = next.dataset.none;
      return;
    }
    const link = document.createElement("a");
    link.href = found.url ?? `#input_${found.question.dataset.question}`;
    link.textContent = next.dataset.words;
    const title = document.createElement("span");
    title.className = "soft";
    title.textContent = found.title ?? found.question.dataset.title;
    next.title = title.textContent;
    next.replaceChildren(link, " ", title);
  };

  next.addEventListener("click", (event) => {
    const found = event.target.closest("a") ? upcoming() : {};
    if (found.question) {
      event.preventDefault();
      enter(found.question);
    }
  });

  box.addEventListener("input", tell);
  box.addEventListener("change", tell);

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
