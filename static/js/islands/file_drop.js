// Files dropped on the frame go into its field; their names and sizes are said before they are sent.

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
  // A picture copied from a chat is pasted anywhere into the form.
  root.closest("form").addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) take(event.clipboardData.files);
  });
}
