// Small behaviours of every page. All pages and forms work without this file.

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

// A second click goes nowhere; a download never ends, so the mark is lifted again.
const BUSY_FOR = 8000;
const release = (form) => {
  delete form.dataset.busy;
  each("[aria-busy]", (button) => button.removeAttribute("aria-busy"), form);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return; // a field may be called method
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busy = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  delete form.dataset.changed;
  setTimeout(release, BUSY_FOR, form);
}, true);

// htmx 4 and 2 name their events differently.
for (const name of ["htmx:finally:request", "htmx:afterRequest"]) document.addEventListener(name, () => each("form[data-busy]", release));
addEventListener("pageshow", () => each("form[data-busy]", release));
// Unsaved changes: the browser asks in its own words.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.unsaved !== undefined) form.dataset.changed = "1";
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
});

// A contact chosen by name brings the telephone along where there is none.
document.addEventListener("change", ({ target }) => {
  const chosen = target.list?.querySelector(`[data-phone][value="${CSS.escape(target.value)}"]`);
  each("[list=contact-phones]", (phone) => { phone.value ||= chosen?.dataset.phone || ""; });
});

// Ctrl K goes to the search, ? to the keys, Escape closes what is open.
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const field = document.querySelector("[data-hotkey=k]");
    if (field) event.preventDefault();
    field?.focus();
    field?.select();
  }
  if (event.key === "?" && !event.target.closest("input, textarea, [contenteditable]")) [...document.querySelectorAll("[href$=shortcuts]")].at(-1)?.click();
  if (event.key === "Escape") each("details[data-close-outside][open]", (item) => {
    item.open = false;
    item.querySelector("summary").focus();
  });
});

document.addEventListener("click", (event) => {
  each("details[data-close-outside][open]", (item) => {
    if (!item.contains(event.target)) item.open = false;
  });
  const button = event.target.closest("[data-copy], [data-dialog], [data-close-dialog], [data-print]");
  if (!button) return;
  if (button.dataset.copy !== undefined) copy(button);
  else if (button.dataset.dialog !== undefined) {
    const dialog = document.getElementById(button.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  } else if (button.dataset.print !== undefined) print();
  else button.closest("dialog").close();
});

// Under plain HTTP there is no clipboard: the text is selected instead.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const said = button.querySelector("[aria-live]");
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
    said.textContent = button.dataset.done;
  } catch {
    said.textContent = button.dataset.selected;
  }
}

// Islands: an element names the script that makes it easier to use. The fingerprint is that of this file.
async function wake() {
  each("[data-copy], [data-print]", (button) => { button.hidden = false; });
  each("[data-saved]", (note) => { delete note.closest("form").dataset.changed; });
  for (const element of document.querySelectorAll("[data-island]:not([data-awake])")) {
    element.dataset.awake = "1";
    (await import(new URL(`islands/${element.dataset.island}.js${import.meta.url.replace(/^[^?]*/, "")}`, import.meta.url))).default(element);
  }
}
for (const name of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(name, wake);
wake();
