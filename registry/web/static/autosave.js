// Saves what was changed as it is typed. Without this module the button "Save" does the same.
// A save names the revision it rests on; where somebody else saved first, the server refuses and nothing is overwritten.

const PAUSE = 1200;
const AGAIN = 10000;

const box = document.getElementById("autosaved");
const form = box?.querySelector("form");

if (form) {
  const said = document.getElementById("saved");
  const conflict = document.getElementById("conflict");
  const revision = form.elements.namedItem("revision");
  const changed = new Set();
  let timer = 0;
  let sending = null;
  let stopped = false;
  let leaving = false;
  let later = false;
  // What was refused and is not mended yet.
  const refused = new Set();

  // The name under which a control's value is kept, or "" for one that is not autosaved.
  const keyOf = (control) => control.dataset.claim
    ? `claim:${control.dataset.claim}`
    : control.closest("[data-question]")?.dataset.question ?? "";

  // A fieldset counts among the elements of a form, but holds no value and has no name.
  const controlsOf = (key) => [...form.elements].filter((control) => control.name && keyOf(control) === key);

  const valueOf = (key) => {
    const controls = controlsOf(key);
    const first = controls[0];
    if (first.type === "checkbox") {
      return controls.filter((control) => control.checked).map((control) => control.value);
    }
    if (first.type === "radio") {
      return controls.find((control) => control.checked)?.value ?? null;
    }
    if ("row" in first.dataset) {
      return Object.fromEntries(controls.map((control) => [control.dataset.row, control.value]));
    }
    return first.value;
  };

  const collected = (keys) => {
    const sent = { revision: Number(revision.value), values: {}, not_applicable: {}, refused: [...refused] };
    for (const key of keys) {
      if (key.startsWith("claim:")) {
        sent.not_applicable[key.slice(6)] = valueOf(key);
      } else {
        sent.values[key] = valueOf(key);
      }
    }
    return sent;
  };

  // A page that moves between the press and the release of a button takes the click from it: what is to be shown waits
  // until no button is pressed. A pointer that was lifted elsewhere is not waited for longer than a moment.
  const PRESSED = 2000;
  const RELEASED = 80;
  let under = null;
  let release = null;
  let pressed = Promise.resolve();
  const lift = () => { setTimeout(() => release?.(), RELEASED); };
  document.addEventListener("pointerdown", (event) => {
    under = event.target;
    pressed = new Promise((resolve) => {
      release = resolve;
      setTimeout(resolve, PRESSED);
    });
  }, true);
  document.addEventListener("pointerup", lift, true);
  document.addEventListener("pointercancel", lift, true);

  // Changes the page without moving what the reader is at: the field that is being filled in, or what was clicked last.
  const steadily = (change) => {
    const place = [document.activeElement, under].find((one) => one && box.contains(one) && one.getClientRects().length > 0);
    const before = place?.getBoundingClientRect().top;
    change();
    if (place?.getClientRects().length > 0) {
      window.scrollBy({ top: place.getBoundingClientRect().top - before, behavior: "instant" });
    }
  };

  const say = (text) => { said.textContent = text; };

  // That something was saved, and with links to them what was not.
  const saySaved = (time) => {
    if (refused.size === 0) {
      say(`${box.dataset.saved} ${time}`);
      return;
    }
    const links = [...refused].map((key) => {
      const control = controlsOf(key)[0];
      const link = document.createElement("a");
      link.href = `#${control.id}`;
      link.textContent = control.closest("[data-question]")?.dataset.title ?? control.labels[0]?.textContent ?? key;
      return link;
    });
    const text = box.dataset.partly.replace("{time}", time).replace("{count}", String(refused.size));
    said.replaceChildren(text, ...links.flatMap((link) => [" ", link]));
  };

  // What the page was sent with is mended: its sentence goes, in its place and above the form.
  const clear = (key) => {
    for (const control of controlsOf(key)) {
      control.closest(".field-invalid")?.classList.remove("field-invalid");
      document.getElementById(`${control.id}-error`)?.remove();
      document.querySelector(`.errors a[href="#${control.id}"]`)?.closest("li").remove();
    }
    document.getElementById(`input_${key}-error`)?.remove();
    const summary = document.querySelector(".errors");
    if (summary && !summary.querySelector("li")) {
      summary.remove();
    }
  };

  // A refused value is marked as one, and its reason is read with it.
  const describe = (control, id, faulty) => {
    const about = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (faulty) {
      control.setAttribute("aria-invalid", "true");
      about.add(id);
    } else {
      control.removeAttribute("aria-invalid");
      about.delete(id);
    }
    control.setAttribute("aria-describedby", [...about].join(" "));
  };

  const showRead = (read, faults) => {
    for (const place of box.querySelectorAll("[data-read]")) {
      const key = place.dataset.read;
      if (key in read || key in faults) {
        place.textContent = read[key] ? `${place.dataset.words} ${read[key]}` : "";
      }
    }
  };

  // The parts beside the form: those that changed take the place of what stood there.
  const showParts = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".sections > li");
    const shown = document.querySelectorAll(".long-form-nav .sections > li");
    fresh.forEach((line, place) => {
      if (fresh.length === shown.length && line.outerHTML !== shown[place].outerHTML) {
        shown[place].replaceWith(document.importNode(line, true));
      }
    });
  };

  const showProgress = (answer) => {
    document.getElementById("answered").textContent = `${answer.answered} / ${answer.asked}`;
    const meter = document.getElementById("answered-meter");
    meter.max = answer.asked || 1;
    meter.value = answer.answered;
    showParts(answer.parts);
  };

  const showFaults = (keys, faults) => {
    for (const place of box.querySelectorAll("[data-fault]")) {
      const key = place.dataset.fault;
      if (keys.includes(key)) {
        place.textContent = faults[key] ?? "";
        place.hidden = !(key in faults);
        for (const control of controlsOf(key)) {
          describe(control, place.id, key in faults);
        }
        clear(key);
      }
    }
  };

  const noticeOf = (text, kind) => {
    const line = document.createElement("p");
    line.className = "notice-text";
    line.textContent = text;
    const notice = document.createElement("div");
    notice.className = `notice notice-${kind}`;
    notice.append(line);
    return notice;
  };

  // What was said of the value before says nothing of one that is refused.
  const showWarnings = ({ warnings, contradictions, unmet }) => {
    for (const place of box.querySelectorAll("[data-warnings]")) {
      const key = place.dataset.warnings;
      place.replaceChildren(
        ...(unmet[key] ?? []).map((text) => noticeOf(text, "danger")),
        ...(refused.has(key) ? [] : contradictions[key] ?? []).map((text) => noticeOf(text, "danger")),
        ...(refused.has(key) ? [] : warnings[key] ?? []).map((text) => noticeOf(text, "attention")),
      );
    }
  };

  // How many requirements are not met: beside the points, and gone once all are.
  const showFailed = (count) => {
    const place = document.getElementById("failed");
    place.hidden = count === 0;
    place.querySelector("a").textContent = place.dataset.words.replace("{count}", String(count));
  };

  // That the line of the lowest grade is out of reach, while it is.
  const showShort = (text) => {
    const place = document.getElementById("short");
    place.hidden = text === "";
    place.querySelector("a").textContent = text;
  };

  const showConflict = (answer) => {
    stopped = true;
    const lines = (answer.changed ?? []).map((change) => {
      const line = document.createElement("li");
      line.textContent = `${change.title}: ${change.value} (${change.by}, ${change.at})`;
      return line;
    });
    const list = document.createElement("ul");
    list.append(...lines);
    const head = document.createElement("p");
    head.className = "notice-title";
    head.textContent = answer.refused ?? box.dataset.conflict;
    const tail = document.createElement("p");
    tail.textContent = box.dataset.reload;
    const inside = document.createElement("div");
    inside.append(head, ...(lines.length ? [list] : []), tail);
    conflict.replaceChildren(inside);
    conflict.hidden = false;
    say("");
  };

  const showSaved = (keys, answer) => {
    revision.value = answer.revision;
    showFaults(keys, answer.faults);
    for (const key of keys) {
      refused[key in answer.faults ? "add" : "delete"](key);
    }
    showWarnings(answer);
    showFailed(answer.failed);
    showShort(answer.short);
    document.getElementById("own-points").textContent = `${answer.score.points} / ${answer.score.max}`;
    showRead(answer.read, answer.faults);
    showProgress(answer);
    saySaved(answer.saved_at);
    box.dispatchEvent(new CustomEvent("kept", { detail: answer }));
  };

  const send = () => {
    if (!sending && !stopped && !leaving && changed.size > 0) {
      sending = transmit().finally(() => { sending = null; });
    }
    return sending;
  };

  const keepForLater = (keys) => {
    keys.forEach((key) => changed.add(key));
    later = true;
    clearTimeout(timer);
    timer = setTimeout(send, AGAIN);
  };

  const showSignedOut = () => {
    if (said.querySelector("a")) {
      return;
    }
    const link = document.createElement("a");
    link.href = box.dataset.signInUrl;
    link.target = "_blank";
    link.textContent = box.dataset.signIn;
    said.replaceChildren(`${box.dataset.signedOut} `, link);
  };

  const transmit = async () => {
    const keys = [...changed];
    later = false;
    changed.clear();
    if (!said.querySelector("a")) {
      say(box.dataset.saving);
    }
    try {
      const response = await fetch(box.dataset.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": form.elements.namedItem("csrf_token").value,
        },
        body: JSON.stringify(collected(keys)),
      });
      const readable = response.headers.get("Content-Type")?.startsWith("application/json");
      if (response.ok && readable) {
        const answer = await response.json();
        await pressed;
        steadily(() => showSaved(keys, answer));
      } else if (response.status === 401) {
        keepForLater(keys);
        showSignedOut();
      } else if (response.status === 503 || !readable) {
        throw new Error(String(response.status));
      } else {
        keys.forEach((key) => changed.add(key));
        const answer = await response.json();
        await pressed;
        steadily(() => showConflict(answer));
      }
    } catch {
      keepForLater(keys);
      say(box.dataset.unsaved);
      return;
    }
    if (changed.size > 0 && !later) {
      clearTimeout(timer);
      timer = setTimeout(send, PAUSE);
    }
  };

  const note = (event) => {
    const key = keyOf(event.target);
    if (key) {
      changed.add(key);
      clearTimeout(timer);
      // A choice may open or close other questions: nobody waits for that.
      timer = setTimeout(send, event.type === "change" && event.target.matches("select, [type=radio]") ? 0 : PAUSE);
    }
  };

  for (const control of form.querySelectorAll('[aria-invalid="true"], .field-invalid input')) {
    refused.add(keyOf(control));
  }
  refused.delete("");

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("focusout", () => { clearTimeout(timer); send(); });
  // A save that is under way changes the revision, so the form waits for its answer before it is sent.
  form.addEventListener("submit", async (event) => {
    leaving = true;
    clearTimeout(timer);
    if (sending) {
      event.preventDefault();
      await sending;
      form.requestSubmit(event.submitter);
    }
  });
  // Whoever comes back from the tab of the sign-in waits no longer.
  window.addEventListener("focus", () => { if (later) { send(); } });
  window.addEventListener("beforeunload", (event) => {
    if (changed.size > 0 && !leaving) {
      event.preventDefault();
    }
  });
}
