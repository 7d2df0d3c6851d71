// j and k walk the rows of a table[data-row-keys], Enter opens the row's first link, and the single
// keys named by [data-key] press their button or link. "?" lists what there is.
const rows = () => [...document.querySelectorAll("table[data-row-keys] tbody tr")];
const typing = (node) => node.closest("input, textarea, select, dialog, [contenteditable]");

const walk = (step) => {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(document.activeElement.closest("tr"));
  const next = all[now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + step))];
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};

const known = () => {
  const list = [];
  if (rows().length) list.push(["j", "Next row"], ["k", "Previous row"], ["Enter", "Open the row"]);
  if (document.querySelector(".chart .pick")) list.push(["← →", "Walk the points of a chart"]);
  for (const one of document.querySelectorAll("[data-key]")) {
    list.push([one.dataset.key, one.dataset.keyLabel ?? one.textContent.trim()]);
  }
  return [...list, ["?", "This list"]];
};

const help = () => {
  const dialog = document.createElement("dialog");
  const title = document.createElement("h2");
  title.textContent = "Keyboard shortcuts";
  const table = document.createElement("table");
  for (const [key, words] of known()) {
    const row = table.insertRow();
    const sign = document.createElement("kbd");
    sign.textContent = key;
    row.insertCell().append(sign);
    row.insertCell().textContent = words;
  }
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "btn btn-secondary mt-3";
  close.textContent = "Close";
  form.append(close);
  dialog.setAttribute("aria-label", title.textContent);
  dialog.append(title, table, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "?") help();
  else if (event.key === "Enter" && event.target.matches("tr")) {
    event.target.querySelector("a")?.click();
  } else {
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});

for (const button of document.querySelectorAll("[data-shortcuts]")) {
  button.addEventListener("click", help);
}
