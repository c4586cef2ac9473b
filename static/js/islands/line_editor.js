// The buttons of the line table work here, undo included; without it each of them posts the form.

export default function lineEditor(root) {
  if (root.dataset.fixed !== undefined) return;
  const body = root.querySelector("tbody");
  const prefix = root.dataset.prefix;
  const undo = root.querySelector("[data-line-undo]");
  const rows = () => [...body.querySelectorAll("tr[data-line]")];
  const fieldsOf = (row) => row.querySelectorAll("input, select, textarea");
  let removed = null;

  root.querySelector("[data-line-act=add]").hidden = false;

  // Names, ids and what refers to them carry the number of the row.
  function renumber() {
    const pattern = new RegExp(`^${prefix}-\\d+-`);
    rows().forEach((row, index) => {
      row.querySelector(".line-number").firstChild.textContent = `${index + 1} `;
      row.querySelectorAll("[data-line-act]").forEach((button) => { button.value = `${button.dataset.lineAct}-${index}`; });
      row.querySelectorAll("[name], [id], [aria-describedby]").forEach((element) => {
        for (const name of ["name", "id", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${index}-`));
        }
        const label = element.getAttribute("aria-label");
        if (label) element.setAttribute("aria-label", label.replace(/\d+/, index + 1));
      });
    });
    root.dispatchEvent(new Event("input", { bubbles: true }));
    const form = root.closest("form");
    if (form?.dataset.unsaved !== undefined) form.dataset.changed = "1";
  }

  function clear(row) {
    row.querySelectorAll("input[type=hidden], .error").forEach((element) => element.remove());
    fieldsOf(row).forEach((field) => {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      if (field.type === "checkbox") field.checked = false;
      else if (field.tagName === "SELECT") field.selectedIndex = 0;
      else field.value = "";
    });
    row.querySelectorAll(".static").forEach((cell) => { cell.textContent = ""; });
  }

  function copyOf(row) {
    const copy = row.cloneNode(true);
    copy.querySelectorAll(`input[type=hidden][name$="-id"]`).forEach((field) => field.remove());
    fieldsOf(row).forEach((field, at) => { if (field.tagName === "SELECT") fieldsOf(copy)[at].selectedIndex = field.selectedIndex; });
    return copy;
  }

  const acts = {
    add() {
      const row = rows().at(-1).cloneNode(true);
      clear(row);
      body.append(row);
      return fieldsOf(row)[0];
    },
    copy(row) {
      const copy = copyOf(row);
      row.after(copy);
      return fieldsOf(copy)[0];
    },
    remove(row) {
      const next = row.nextElementSibling || row.previousElementSibling;
      removed = { row: row.cloneNode(true), at: rows().indexOf(row) };
      fieldsOf(row).forEach((field, at) => { fieldsOf(removed.row)[at].value = field.value; });
      undo.hidden = false;
      if (!next) clear(row);
      else row.remove();
      return undo.querySelector("button");
    },
    undo() {
      if (!removed) return null;
      body.insertBefore(removed.row, rows()[removed.at] || null);
      undo.hidden = true;
      return fieldsOf(removed.row)[0];
    },
    up(row, button) { row.previousElementSibling?.before(row); return button; },
    down(row, button) { row.nextElementSibling?.after(row); return button; },
  };

  root.addEventListener("lines:moved", renumber);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line-act]");
    const act = button?.dataset.lineAct;
    if (!button || (act === "undo" && !removed)) return;
    event.preventDefault();
    const focus = acts[act](button.closest("tr"), button);
    renumber();
    focus?.focus();
  });
}
