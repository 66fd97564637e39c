// Looks again, every few seconds, at a page that waits for long work. Without this module its link "Refresh" does so.

const PAUSE = 2000;
const LONGEST = 20000;

const box = document.getElementById("task");
let pause = PAUSE;

const ready = () => {
  const link = document.createElement("a");
  link.className = "button button-primary";
  link.href = location.href;
  link.textContent = box.dataset.ready;
  delete box.dataset.waits;
  box.replaceChildren(link);
};

const look = async () => {
  let answer = null;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    // Offline for a moment: the next look may find the way.
  }
  if (answer?.ok && !answer.headers.get("Content-Type")?.startsWith("text/html")) {
    answer.body?.cancel();
    ready();
    return;
  }
  if (answer?.ok && !answer.redirected) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("task");
    const form = box.querySelector("form");
    // Whoever is about to cancel is not interrupted.
    const busy = form?.contains(document.activeElement) || form?.closest("details")?.open;
    if (now && !(busy && "waits" in now.dataset)) {
      box.replaceChildren(...now.childNodes);
      if (!("waits" in now.dataset)) {
        delete box.dataset.waits;
        return;
      }
    }
  }
  pause = Math.min(pause * 1.2, LONGEST);
  setTimeout(look, pause);
};

if (box && "waits" in box.dataset) {
  setTimeout(look, pause);
}
