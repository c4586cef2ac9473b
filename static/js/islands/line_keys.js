// Enter goes down a line, Alt ↑ ↓ moves it, Alt D copies it: they press its buttons.

export default function lineKeys(wrap) {
  const root = wrap.closest(".lines");
  if (root.dataset.fixed !== undefined) return;
  const rows = () => [...wrap.querySelectorAll("tr[data-line]")];
  const shown = (row) => [...row.querySelectorAll("input, select, textarea")].filter((field) => field.type !== "hidden");
  const alt = { ArrowUp: "up", ArrowDown: "down", KeyD: "copy" };

  wrap.addEventListener("keydown", (event) => {
    const field = event.target;
    const row = field.closest("tr[data-line]");
    if (!row || event.isComposing || event.defaultPrevented) return;
    if (event.altKey && alt[event.code]) {
      event.preventDefault();
      row.querySelector(`[data-line-act=${alt[event.code]}]`).click();
      if (alt[event.code] !== "copy") field.focus();
      return;
    }
    if (event.key !== "Enter" || field.tagName !== "INPUT") return;
    event.preventDefault();
    const column = shown(row).indexOf(field);
    if (row === rows().at(-1)) root.querySelector("[data-line-act=add]").click();
    shown(rows()[rows().indexOf(row) + 1])[column]?.focus();
  });
}
