// Tables in a clause: a new one, rows and columns of that one writes in; outside of a table those buttons are not there.

export default function clauseTable(tools) {
  const part = tools.closest("[data-box]");
  const box = part.querySelector("[role=textbox]");
  let cell = null;
  let block = null;

  const fill = (made) => made.append(document.createElement("br"));
  // Beside merged cells it would be unclear what goes and where new cells stand: those come to the end.
  const isMerged = () => Boolean(cell.closest("table").querySelector("[colspan], [rowspan]"));

  document.addEventListener("selectionchange", () => {
    const at = getSelection().anchorNode;
    if (!tools.isConnected || !at || !box.contains(at)) return;
    block = at === box ? null : at;
    while (block && block.parentElement !== box) block = block.parentElement;
    cell = (at.closest ? at : at.parentElement).closest("td, th");
    tools.hidden = !cell;
    tools.querySelectorAll("[data-less]").forEach((button) => { button.disabled = Boolean(cell) && isMerged(); });
    tools.querySelector("[data-act=lessRow]").disabled ||= Boolean(cell?.parentElement.matches(":first-child:not(:last-child)"));
  });

  const acts = {
    table() {
      const made = part.querySelector("template").content.cloneNode(true);
      const first = made.querySelector("th");
      if (block?.isConnected) block.after(made);
      else box.append(made);
      if (block?.nodeName === "P" && !block.textContent) block.remove();
      box.focus();
      getSelection().collapse(first, 0);
    },
    row(rows, row) {
      const made = document.createElement("tr");
      const width = [...rows[0].cells].reduce((sum, each) => sum + each.colSpan, 0);
      for (let count = 0; count < width; count += 1) fill(made.insertCell());
      (isMerged() ? rows.at(-1) : row).after(made);
    },
    column(rows, _row, at) {
      for (const each of rows) {
        const made = document.createElement(each.cells[0]?.tagName || "td");
        fill(made);
        if (isMerged()) each.append(made);
        else each.cells[at].after(made);
      }
    },
    lessRow(rows, row) { (rows.length > 1 ? row : row.closest("table")).remove(); },
    lessColumn(rows, row, at) {
      if (row.cells.length === 1) row.closest("table").remove();
      else rows.forEach((each) => each.cells[at].remove());
    },
  };

  part.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    if (act === "table") acts.table();
    else if (cell?.isConnected) {
      const [table, row, at] = [cell.closest("table"), cell.parentElement, cell.cellIndex];
      const rows = [...table.rows];
      acts[act](rows, row, at);
      // One goes on beside what is gone.
      const next = (row.isConnected ? row : rows.find((each) => each.isConnected))?.cells;
      if (!cell.isConnected && next) getSelection().collapse(next[Math.min(at, next.length - 1)], 0);
    }
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
