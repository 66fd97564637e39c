// Small courtesies; every page works without them.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A reader who cannot see the red box hears it first.
document.querySelector(".errors")?.focus();
