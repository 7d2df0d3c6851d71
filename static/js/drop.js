// A file can be dropped on [data-drop]; the name of the chosen file is shown in [data-chosen].
for (const area of document.querySelectorAll("[data-drop]")) {
  const input = area.querySelector("input[type=file]");
  const chosen = area.querySelector("[data-chosen]");
  if (!input) continue;
  const show = () => {
    const sized = (file) => `${file.name} (${(file.size / 1e6).toFixed(1)} MB)`;
    chosen.textContent = [...input.files].map(sized).join(", ");
  };
  const over = (event, on) => {
    event.preventDefault();
    area.classList.toggle("over", on);
  };
  input.addEventListener("change", show);
  area.addEventListener("dragover", (event) => over(event, true));
  area.addEventListener("dragleave", (event) => over(event, false));
  area.addEventListener("drop", (event) => {
    over(event, false);
    input.files = event.dataTransfer.files;
    show();
  });
}
