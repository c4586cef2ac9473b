// The line table: adds, removes and moves rows, Enter goes down a row. Without it "add 10 rows" posts the form.

export default function lineEditor(root) {
  if (root.dataset.fixed !== undefined) return;
  const body = root.querySelector("tbody");
  const prefix = root.dataset.prefix;
  const rows = () => [...body.querySelectorAll("tr[data-line]")];
  const fieldsOf = (row) => row.querySelectorAll("input, select, textarea");

  root.querySelectorAll("[hidden]").forEach((element) => { element.hidden = false; });
  root.querySelector("[name=add_rows]").hidden = true;

  // Names, ids and what refers to them carry the number of the row.
  function renumber() {
    const pattern = new RegExp(`^${prefix}-\\d+-`);
    rows().forEach((row, index) => {
      const number = row.querySelector(".line-number");
      number.firstChild.textContent = `${index + 1} `;
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

  function add() {
    const row = rows().at(-1).cloneNode(true);
    clear(row);
    body.append(row);
    renumber();
    fieldsOf(row)[0].focus();
  }

  function remove(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    if (rows().length === 1) clear(row);
    else row.remove();
    renumber();
    (fieldsOf(next || row)[0] || root).focus();
  }

  function move(row, button) {
    const up = button.dataset.lineAct === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (up) other.before(row);
    else other.after(row);
    renumber();
    button.focus();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line-act]");
    if (!button) return;
    const row = button.closest("tr");
    if (button.dataset.lineAct === "add") add();
    else if (button.dataset.lineAct === "remove") remove(row);
    else move(row, button);
  });

  root.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || field.tagName !== "INPUT" || event.isComposing) return;
    event.preventDefault();
    const row = field.closest("tr");
    const column = [...fieldsOf(row)].filter((each) => each.type !== "hidden").indexOf(field);
    if (row === rows().at(-1)) add();
    const next = rows()[rows().indexOf(row) + 1];
    [...fieldsOf(next)].filter((each) => each.type !== "hidden")[column]?.focus();
  });
}
