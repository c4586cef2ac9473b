// Files dropped on the frame go into its field; their names and sizes are said before they are sent.

const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

export default function fileDrop(root) {
  const input = root.querySelector("input[type=file]");
  const names = root.querySelector(".drop-names");
  const tell = () => {
    names.textContent = [...input.files].map((file) => `${file.name}（${size(file.size)}）`).join("、");
  };
  const over = (event, on) => {
    event.preventDefault();
    root.classList.toggle("drop-over", on);
  };
  root.addEventListener("dragover", (event) => over(event, true));
  root.addEventListener("dragleave", (event) => over(event, false));
  root.addEventListener("drop", (event) => {
    over(event, false);
    const files = new DataTransfer();
    const given = [...event.dataTransfer.files];
    for (const file of input.multiple ? given : given.slice(0, 1)) files.items.add(file);
    input.files = files.files;
    tell();
  });
  input.addEventListener("change", tell);
}
