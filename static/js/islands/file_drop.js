// Files dropped on the frame go into its field; their names are said.

const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

export default function fileDrop(root) {
  const input = root.querySelector("input[type=file]");
  const names = root.querySelector(".drop-names");
  const tell = () => {
    names.textContent = [...input.files].map((file) => `${file.name}（${size(file.size)}）`).join("、");
  };
  const take = (given) => {
    const files = new DataTransfer();
    for (const file of input.multiple ? [...input.files, ...given] : [...given].slice(0, 1)) files.items.add(file);
    input.files = files.files;
    tell();
  };
  const over = (event, on) => {
    event.preventDefault();
    root.classList.toggle("drop-over", on);
  };
  root.addEventListener("dragover", (event) => over(event, true));
  root.addEventListener("dragleave", (event) => over(event, false));
  root.addEventListener("drop", (event) => {
    over(event, false);
    take(event.dataTransfer.files);
  });
  input.addEventListener("change", tell);
  // A pasted picture goes into the field; rich text comes back from the server as marks of ours.
  const form = root.closest("form");
  form.addEventListener("paste", async (event) => {
    const data = event.clipboardData;
    const body = data.getData("text/html");
    if (body && data.getData("text") && event.target.rows && form.dataset.paste) {
      event.preventDefault();
      const answer = await fetch(form.dataset.paste, { method: "post", body, headers: { "X-CSRFToken": form.csrf_token.value } });
      const text = await answer.text();
      if (answer.ok) document.execCommand("insertText", false, text);
      else names.textContent = text;
    } else if (data.files.length) take(data.files);
  });
}
