// A long list of choices is searched as one types. The select keeps the value.

const SHOWN = 50;

export default function searchableSelect(select) {
  const options = [...select.options].map((option) => ({ value: option.value, text: option.text.trim() }));
  const wrap = document.createElement("div");
  const input = document.createElement("input");
  const list = document.createElement("ul");
  wrap.className = "combo";
  Object.assign(input, { className: "input", type: "text", id: select.id, autocomplete: "off" });
  Object.assign(list, { className: "combo-list", id: `${select.id}-list`, hidden: true });
  for (const name of ["aria-describedby", "aria-invalid", "aria-required", "aria-label"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent || select.labels?.[0]?.textContent || "");
  select.removeAttribute("id");
  select.hidden = true;
  select.before(wrap);
  wrap.append(input, list);

  const chosen = () => options.find((option) => option.value === select.value);
  const show = () => { input.value = chosen()?.value ? chosen().text : ""; };
  input.placeholder = options[0]?.value === "" ? options[0].text : "";
  let found = [];
  let active = -1;

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = Math.max(0, Math.min(index, found.length - 1));
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    const item = list.children[active];
    if (!item) return;
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function open(query) {
    const words = query.normalize("NFKC").toLowerCase().split(/\s+/);
    found = options.filter((option) => words.every((word) => option.text.normalize("NFKC").toLowerCase().includes(word)));
    list.replaceChildren(...found.slice(0, SHOWN).map((option, index) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `${list.id}-${index}`, textContent: option.text });
      item.setAttribute("role", "option");
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return item;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
  }

  function choose(option) {
    select.value = option.value;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    show();
    close();
  }

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => open(""));
  input.addEventListener("blur", () => {
    if (!input.value && options[0]?.value === "") choose(options[0]);
    show();
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open("");
      else mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      choose(found[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show();
      close();
    }
  });
  show();
}
