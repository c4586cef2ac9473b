// Rows and columns of the table one writes in; without the caret in a table the buttons are not there.

export default function clauseTable(tools) {
  const box = tools.closest("[data-box]").querySelector("[role=textbox]");
  let cell = null;

  const fill = (made) => made.append(document.createElement("br"));
  // Beside merged cells it would be unclear what goes and where new cells stand: those come to the end.
  const isMerged = () => Boolean(cell.closest("table").querySelector("[colspan], [rowspan]"));

  document.addEventListener("selectionchange", () => {
    const at = getSelection().anchorNode;
    if (!tools.isConnected || !at || !box.contains(at)) return;
    cell = (at.closest ? at : at.parentElement).closest("td, th");
    tools.hidden = !cell;
    tools.querySelectorAll("[data-less]").forEach((button) => { button.disabled = Boolean(cell) && isMerged(); });
    tools.querySelector("[data-act=lessRow]").disabled ||= Boolean(cell?.parentElement.matches(":first-child:not(:last-child)"));
  });

  const acts = {
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

  tools.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act;
    if (!act || !cell?.isConnected) return;
    acts[act]([...cell.closest("table").rows], cell.parentElement, cell.cellIndex);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    tools.hidden = !cell.isConnected;
  });
}
