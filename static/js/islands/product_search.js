// Products are suggested as one types; a chosen one fills its row. The server makes the list.

const FILLED = ["name", "brand", "model", "spec", "unit", "unit_price", "tax_rate", "lead_time_days"];

export default function productSearch(table) {
  const list = document.createElement("div");
  list.className = "combo";
  let timer = 0;
  let field = null;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => { list.remove(); field?.removeAttribute("aria-activedescendant"); field?.setAttribute("aria-expanded", "false"); };
  const active = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  const cell = (name) => document.getElementById(field.id.replace(/[a-z_]+$/, name));

  function mark(at) {
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    options()[at]?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options()[at]?.id || "");
  }

  async function show() {
    const asked = field.value.trim();
    if (asked.length < 2) return close();
    const answer = await fetch(`${table.dataset.suggest}?q=${encodeURIComponent(asked)}`);
    if (!answer.ok || field.value.trim() !== asked || document.activeElement !== field) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...page.querySelectorAll("[role=listbox]"));
    if (!options().length) return close();
    field.after(list);
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", list.querySelector("[role=listbox]").id);
  }

  function choose(option) {
    for (const name of FILLED) {
      const target = cell(name);
      if (target) target.value = option.dataset[name.replace(/_(.)/g, (all, letter) => letter.toUpperCase())] || "";
    }
    const name = field.name.replace(/[a-z_]+$/, "product_id");
    const row = field.closest("tr");
    const kept = row.querySelector(`[name="${name}"]`) || Object.assign(document.createElement("input"), { type: "hidden", name });
    kept.value = option.dataset.id;
    row.querySelector(".line-number").append(kept);
    close();
    cell("quantity")?.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  table.addEventListener("input", (event) => {
    if (!event.isTrusted || !/-(name|model)$/.test(event.target.name)) return;
    field = event.target;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  table.addEventListener("focusout", close);
  table.addEventListener("keydown", (event) => {
    if (!list.isConnected || event.isComposing || event.altKey) return;
    const at = active();
    if (event.key === "ArrowDown") mark(Math.min(at + 1, options().length - 1));
    else if (event.key === "ArrowUp") mark(Math.max(at - 1, 0));
    else if (event.key === "Enter" && at >= 0) choose(options()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
