// A calendar beside a date field that also takes what people type (11-27).

export default function datePicker(root) {
  const input = root.querySelector("input");
  const icon = root.querySelector(".affix");
  const native = document.createElement("input");
  if (!native.showPicker || input.readOnly) return;
  Object.assign(native, { type: "date", className: "native-date", tabIndex: -1 });
  native.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "affix" });
  button.setAttribute("aria-label", input.labels[0].textContent.trim());
  button.append(...icon.childNodes);
  icon.replaceWith(button);
  root.append(native);
  button.addEventListener("click", () => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(input.value)) native.value = input.value;
    native.showPicker();
  });
  native.addEventListener("change", () => {
    input.value = native.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}
