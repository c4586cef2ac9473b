// A clause is written as it is printed: the box takes the place of the marks, and the server makes the marks of it.

export default function clauseEditor(root) {
  const form = root.closest("form");
  form.querySelector("[name=written]").hidden = false;
  if (root.dataset.boxed === undefined) return;
  const part = root.querySelector("[data-box]");
  const box = part.querySelector("[role=textbox]");
  const field = part.querySelector("[name=html]");
  const marks = root.querySelector("textarea");
  const link = part.querySelector("#box-link");
  let range = null;
  part.hidden = false;
  marks.closest(".field").hidden = true;
  // Messages lead to the field by this name.
  marks.removeAttribute("id");
  box.id = "text";
  field.disabled = false;
  document.execCommand("defaultParagraphSeparator", false, "p");

  // The buttons act where one wrote last, wherever the focus is.
  const look = () => {
    const selected = getSelection();
    if (!root.isConnected || !selected.rangeCount || !box.contains(selected.anchorNode)) return;
    range = selected.getRangeAt(0).cloneRange();
    part.querySelectorAll("[aria-pressed]").forEach((button) => button.setAttribute("aria-pressed", String(document.queryCommandState(button.dataset.command))));
  };
  const back = () => {
    box.focus();
    if (!range) {
      getSelection().selectAllChildren(box);
      getSelection().collapseToEnd();
      look();
    }
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  // Browsers put a list into the paragraph it is made of.
  const tidy = () => {
    const { anchorNode, anchorOffset } = getSelection();
    box.querySelectorAll("p > ul, p > ol").forEach((list) => list.parentElement.replaceWith(...list.parentElement.childNodes));
    getSelection().collapse(anchorNode, anchorOffset);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const addLink = () => {
    const name = link.value.trim();
    if (!name) return;
    // Another rule is left out, as in print.
    const made = Object.assign(document.createElement("a"), { contentEditable: "false", textContent: name.replace(/^\S+-\d+ /, "") });
    made.dataset.link = name;
    range.deleteContents();
    // The caret needs a place before and behind what is not written in.
    for (const each of ["\u200b", made, "\u200b"]) {
      range.insertNode(each.nodeType ? each : document.createTextNode(each));
      range.collapse(false);
    }
    back();
    link.value = "";
    link.closest("details").open = false;
  };

  document.addEventListener("selectionchange", look);
  box.addEventListener("keyup", look);
  part.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  part.addEventListener("click", ({ target }) => {
    const command = target.closest("[data-command]")?.dataset.command;
    if (!command) return;
    back();
    if (command === "link") addLink();
    else document.execCommand(command);
    if (command !== "bold") tidy();
    look();
  });
  const press = (event, command) => { event.preventDefault(); part.querySelector(`[data-command=${command}]`).click(); };
  link.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) press(event, "link"); });
  // Until something is written the marks are sent as they are.
  box.addEventListener("input", () => {
    field.value = new XMLSerializer().serializeToString(box);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Firefox has no key for bold of its own: it would show the bookmarks.
  box.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "b" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) press(event, "bold");
  });
  // Nothing but bold is printed.
  box.addEventListener("beforeinput", (event) => { if (/^format(?!Bold|Remove)/.test(event.inputType)) event.preventDefault(); });
  box.addEventListener("paste", async (event) => {
    const body = event.clipboardData.getData("text/html");
    // A picture goes to its own field, plain text in as it is.
    if (body || event.clipboardData.files.length) event.preventDefault();
    if (!body) return;
    event.stopPropagation();
    const answer = await fetch(`${form.dataset.paste}?into=box`, { method: "post", body, headers: { "X-CSRFToken": form.csrf_token.value } });
    const text = await answer.text();
    part.querySelector("[data-said]").textContent = answer.ok ? "" : text;
    back();
    if (answer.ok) document.execCommand("insertHTML", false, text);
  });
}
