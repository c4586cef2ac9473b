// Rows are dragged by their number; their buttons do the same.

export default function lineDrag(body) {
  let dragged = null;
  body.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (row) row.draggable = Boolean(event.target.closest(".line-number"));
  });
  body.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr[data-line]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  body.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr[data-line]");
    if (!dragged || !over) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });
  body.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  body.addEventListener("dragend", () => {
    if (dragged) dragged.draggable = false;
    dragged = null;
    body.dispatchEvent(new Event("lines:moved", { bubbles: true }));
  });
}
